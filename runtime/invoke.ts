import { missingPermission, permissionLine } from "@asya/program/missing_permission";
import { createFailure, type Failure, toFailure } from "@asya/protocol/failure";
import type { CallContext } from "./call_context.ts";
import { fits } from "./encode_outcome.ts";
import type { HandlerMessage } from "./handler.ts";
import { toJsonText } from "./json_text.ts";
import type { LoadedHandler } from "./pick_handler.ts";
import { illegal, type Outcome, readResult } from "./read_result.ts";
import { type AnyGenerator, isGenerator, isPromise } from "./result_kind.ts";

/** How a handler is called. */
export interface InvokeOptions {
  /** Takes one streamed partial as JSON text; resolves when there is room for the next. */
  readonly sendPartial: (text: string) => Promise<void>;
  /** Cap on a partial in bytes. */
  readonly maxPartialBytes: number;
  /** Whether memory errors are told from others. */
  readonly detectOutOfMemory: boolean;
  /** Whether the handler's `onGpuOom` is called after the GPU ran out of memory. */
  readonly cleansGpu: boolean;
}

/**
 * Calls a handler and reads what it gives: a value, a promise, or a generator whose partials are
 * sent as they come. Total: whatever is thrown becomes a failure.
 *
 * @param handler what to call
 * @param msg what it gets
 * @param ctx its context
 * @param options where partials go, and how memory errors are treated
 * @returns the outcome at once where the handler is synchronous
 */
export function invoke(
  handler: LoadedHandler,
  msg: HandlerMessage,
  ctx: CallContext,
  options: InvokeOptions,
): Outcome | Promise<Outcome> {
  const settle = (given: unknown): Outcome | Promise<Outcome> =>
    isGenerator(given) ? drive(given, ctx, options).catch(fail) : readResult(given);
  const fail = (thrown: unknown) => failed(handler, thrown, options);
  try {
    const given = handler.call(msg, ctx);
    return isPromise(given) ? Promise.resolve(given).then(settle).catch(fail) : settle(given);
  } catch (thrown) {
    return fail(thrown);
  }
}

/** Runs a generator to its end; one that was told to stop is ended at its next `yield`. */
async function drive(
  stream: AnyGenerator,
  ctx: CallContext,
  options: InvokeOptions,
): Promise<Outcome> {
  const meter = ctx.beginStream();
  try {
    for (;;) {
      const step = await stream.next();
      if (step.done) return readResult(step.value);
      meter.yielded();
      const partial = toJsonText(step.value, "partial");
      if (!partial.ok) {
        await stream.return(undefined);
        return illegal(`yielded what cannot be sent: ${partial.problem}`);
      }
      if (!fits(partial.text, options.maxPartialBytes)) {
        await stream.return(undefined);
        const { maxPartialBytes } = options;
        const message =
          `a partial has more than ${maxPartialBytes} bytes; at most that many are allowed`;
        return failure(createFailure("frame_too_large", message));
      }
      await options.sendPartial(partial.text);
      if (ctx.stopReason) {
        await stream.return(undefined);
        throw ctx.stopReason;
      }
    }
  } finally {
    meter.end();
  }
}

function failed(
  handler: LoadedHandler,
  thrown: unknown,
  options: InvokeOptions,
): Outcome | Promise<Outcome> {
  const cause = toFailure(thrown, { detectOutOfMemory: options.detectOutOfMemory });
  if (cause.type === "NotCapable") {
    // The platform names a flag, which in a mesh nobody types.
    const missing = missingPermission(cause.message);
    const line = missing ? permissionLine(missing) : "its permissions";
    const message = `${cause.message} (in a mesh's file, the actor needs ${line})`;
    return failure(createFailure(cause.code, message, cause));
  }
  if (cause.code !== "cuda_oom_error" || !options.cleansGpu || !handler.onGpuOom) {
    return failure(cause);
  }
  const cleanUp = async () => await handler.onGpuOom?.();
  return cleanUp().then(() => failure(cause), (error) => {
    const message = `${cause.message} (and onGpuOom failed: ${toFailure(error).message})`;
    return failure(createFailure(cause.code, message, cause));
  });
}

function failure(failure: Failure): Outcome {
  return { kind: "reply", reply: { kind: "failure", failure } };
}

import { formatTraceparent, isSampled, parseTraceparent } from "@asya/program/trace";
import type { Span, Tracing } from "@asya/program/tracing";
import type { CallContext } from "./call_context.ts";
import type { Outcome } from "./read_result.ts";
import type { Specifier } from "./specifier.ts";

/** Traces the calls of one handler. */
export class CallTracer {
  readonly #tracing: Tracing;
  readonly #name: string;
  readonly #attributes: Readonly<Record<string, string>>;

  /**
   * @param tracing who makes spans
   * @param specifier the handler
   */
  constructor(tracing: Tracing, specifier: Specifier) {
    this.#tracing = tracing;
    this.#name = nameOf(specifier);
    this.#attributes = { "code.function.name": this.#name };
  }

  /**
   * Makes a call as a part of its trace: what the handler does meanwhile (requests, spans of its own)
   * hangs below it. A call of a trace that is not recorded makes no span, and neither does what the
   * handler does.
   *
   * @param ctx the call's context, which then says the span that the handler is in
   * @param run calls the handler
   */
  run(
    ctx: Pick<CallContext, "jobId" | "attempt" | "traceparent" | "enter">,
    run: () => Outcome | Promise<Outcome>,
  ): Outcome | Promise<Outcome> {
    const parent = parseTraceparent(ctx.traceparent);
    if (!parent) return run();
    if (!isSampled(parent)) return this.#tracing.inside(parent, run);
    const span = this.#tracing.start(`execute ${this.#name}`, {
      kind: "server",
      parent,
      attributes: {
        ...this.#attributes,
        ...(ctx.jobId !== "" && { "messaging.message.conversation_id": ctx.jobId }),
        "asya.attempt": ctx.attempt,
      },
    });
    ctx.enter(formatTraceparent(span.context));
    const outcome = span.run(run);
    if (!(outcome instanceof Promise)) return end(span, outcome);
    return outcome.then((settled) => end(span, settled));
  }
}

function end(span: Span, outcome: Outcome): Outcome {
  const isFailure = outcome.kind === "reply" && outcome.reply.kind === "failure";
  if (isFailure) span.fail(outcome.reply.failure.code, outcome.reply.failure.message);
  span.end();
  return outcome;
}

/** Short, and the same for every call: the export, or of a default one its file. */
function nameOf({ module, exportName, method }: Specifier): string {
  if (method !== undefined) return `${exportName}.${method}`;
  if (exportName !== "default") return exportName;
  const file = module.split("/").findLast((part) => part !== "") ?? module;
  return file.replace(/\.[cm]?[jt]sx?$/, "");
}

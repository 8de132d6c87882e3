/**
 * Signals that end a program: a first asks it to finish, a second ends it at once.
 *
 * @module
 */

/** A program's way to learn that it has to end. */
export interface Shutdown extends Disposable {
  /** Aborts at the first SIGTERM or SIGINT; its reason is the signal's name. */
  readonly signal: AbortSignal;
  /** Resolves at the same moment, with the signal's name. */
  readonly requested: Promise<"SIGTERM" | "SIGINT">;
}

/** What the shell says about a process that a signal ended: 128 and the signal's number. */
const exitCodes = { SIGTERM: 143, SIGINT: 130 } as const;

/**
 * Listens for SIGTERM and SIGINT. The first one asks the program to finish its work; a second one
 * ends it at once, with exit code 143 or 130.
 *
 * The listeners do not keep the program running. Dispose the result to remove them.
 *
 * @returns The signal to give to everything that takes new work.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { onShutdown } from "@asya/program";
 *
 * using shutdown = onShutdown();
 * assert.equal(shutdown.signal.aborted, false);
 * ```
 */
export function onShutdown(): Shutdown {
  const controller = new AbortController();
  const { promise: requested, resolve } = Promise.withResolvers<"SIGTERM" | "SIGINT">();
  const listener = (name: "SIGTERM" | "SIGINT") => () => {
    if (controller.signal.aborted) Deno.exit(exitCodes[name]);
    controller.abort(name);
    resolve(name);
  };
  const listeners = { SIGTERM: listener("SIGTERM"), SIGINT: listener("SIGINT") };
  Deno.addSignalListener("SIGTERM", listeners.SIGTERM);
  Deno.addSignalListener("SIGINT", listeners.SIGINT);
  return {
    signal: controller.signal,
    requested,
    [Symbol.dispose]() {
      Deno.removeSignalListener("SIGTERM", listeners.SIGTERM);
      Deno.removeSignalListener("SIGINT", listeners.SIGINT);
    },
  };
}

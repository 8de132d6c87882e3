/** The user's wish to end a command. */
export interface EndSignals extends Disposable {
  /** Aborts at the first SIGINT, SIGTERM or SIGHUP; its reason is the signal's name. */
  readonly first: AbortSignal;
  /** Aborts at the second one. */
  readonly second: AbortSignal;
}

/**
 * How long after the first signal another is the same one, heard twice: what starts `asya`, such as
 * a task runner, may pass a Ctrl-C on that the terminal has sent to all of its processes.
 */
const ECHO_MS = 250;

const NAMES = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Listens for the signals that end a command, until it is disposed of. */
export function onEndSignals(): EndSignals {
  const [first, second] = [new AbortController(), new AbortController()];
  let firstMs = 0;
  const listeners = NAMES.map((name) => {
    const listener = () => {
      const nowMs = performance.now();
      if (!first.signal.aborted) {
        firstMs = nowMs;
        first.abort(name);
      } else if (nowMs - firstMs >= ECHO_MS) second.abort(name);
    };
    Deno.addSignalListener(name, listener);
    return [name, listener] as const;
  });
  return {
    first: first.signal,
    second: second.signal,
    [Symbol.dispose]() {
      for (const [name, listener] of listeners) Deno.removeSignalListener(name, listener);
    },
  };
}

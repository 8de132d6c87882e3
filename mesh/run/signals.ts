/** The user's wish to end a command. */
export interface EndSignals {
  /** Aborts at the first SIGINT, SIGTERM or SIGHUP, or when nobody reads what is printed. */
  readonly first: AbortSignal;
  /** Aborts at the second one. */
  readonly second: AbortSignal;
}

/** Hears of the user's wish. */
export interface EndListener extends EndSignals, Disposable {
  /** Says that nobody reads any more what the command prints: it ends as at a first signal. */
  end(): void;
}

/**
 * How long after the first signal another is the same one, heard twice: what starts `asya`, such as
 * a task runner, may pass a Ctrl-C on that the terminal has sent to all of its processes.
 */
const ECHO_MS = 250;

const NAMES = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Listens for the signals that end a command, until it is disposed of. */
export function onEndSignals(): EndListener {
  const [first, second] = [new AbortController(), new AbortController()];
  let firstMs = 0;
  const listeners = NAMES.map((name) => {
    const listener = () => {
      const nowMs = performance.now();
      if (!first.signal.aborted) {
        firstMs = nowMs;
        first.abort();
      } else if (nowMs - firstMs >= ECHO_MS) second.abort();
    };
    Deno.addSignalListener(name, listener);
    return [name, listener] as const;
  });
  return {
    first: first.signal,
    second: second.signal,
    end: () => first.abort(),
    [Symbol.dispose]() {
      for (const [name, listener] of listeners) Deno.removeSignalListener(name, listener);
    },
  };
}

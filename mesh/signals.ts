/** The user's wish to end a command. */
export interface EndSignals extends Disposable {
  /** Aborts at the first SIGINT, SIGTERM or SIGHUP; its reason is the signal's name. */
  readonly first: AbortSignal;
  /** Aborts at the second one. */
  readonly second: AbortSignal;
}

const NAMES = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Listens for the signals that end a command, until it is disposed of. */
export function onEndSignals(): EndSignals {
  const [first, second] = [new AbortController(), new AbortController()];
  const listeners = NAMES.map((name) => {
    const listener = () => first.signal.aborted ? second.abort(name) : first.abort(name);
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

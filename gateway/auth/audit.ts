import { type Logger, traceFields } from "@asya/program";
import type { Clock } from "@asya/transport";
import type { Denial, Refusal } from "./denial.ts";
import { type Rate, RateLimit } from "./rate_limit.ts";

/** Who turns refusals into log lines. */
export interface Audit {
  /** Writes a line about a refusal, or counts it where too many came before. */
  write(refusal: Refusal): void;
  /** Writes what was only counted. */
  flush(): void;
}

/**
 * How many lines of one reason are written: some in full, then one now and then. Whoever wants to
 * fill the disk gets some ten megabytes a day, and does not hide refusals of another reason.
 */
const LINES: Rate = { requests: 20, windowSeconds: 100 };

/** How long a refusal that is only counted may stay unsaid. */
const SUMMARY_MS = 10_000;

/**
 * Creates the log of refusals: a line for each, with who asked for what, from where, and why not.
 *
 * @param log where lines go
 * @param clock the time, and when to say what was only counted
 */
export function createAudit(log: Logger, clock: Pick<Clock, "elapsed" | "after">): Audit {
  const lines = new RateLimit(LINES);
  const counted = new Map<Denial, number>();
  let cancel: (() => void) | undefined;
  const flush = () => {
    cancel?.();
    cancel = undefined;
    for (const [reason, count] of counted) {
      log.warn("more requests were denied", { reason, count });
    }
    counted.clear();
  };
  return {
    flush,
    write({ reason, route, from, caller, detail, traceparent }) {
      if (lines.take(reason, clock.elapsed()).ok) {
        const who = { reason, route, from, caller, detail };
        return log.warn("a request was denied", { ...who, ...traceFields(traceparent) });
      }
      counted.set(reason, (counted.get(reason) ?? 0) + 1);
      // Waits for others of its kind, to be said in one line.
      cancel ??= clock.after(SUMMARY_MS, flush);
    },
  };
}

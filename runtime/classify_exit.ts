import type { InstanceExit } from "@asya/protocol/session";
import type { HostPhase } from "./ledger.ts";

/** What a supervisor saw when the process ended. */
export interface ObservedExit {
  /** Exit code as the platform gives it: 128 + signal for a signal. */
  readonly code: number;
  /** The signal that ended it. */
  readonly signal?: string;
  /** The end of what it wrote to standard error. */
  readonly errorText: string;
  /** What it said last of its own phase. */
  readonly phase: HostPhase;
  /** Why the supervisor ended it, if it did: its time was over, or the whole program ends. */
  readonly killedFor?: "timeout" | "shutdown";
}

/** How a process ended; `clean` needs no explaining. */
export type ExitClass = Pick<InstanceExit, "reason" | "code"> | "clean";

/** What V8 writes before it gives up, and the code of the trap by which it does. */
const HEAP_TEXT = /heap out of memory|Fatal (JavaScript|process) out of memory|Reached heap limit/;
const TRAP = 133;
const KILLED = 137;

/**
 * Says how a process ended.
 *
 * A kill that was not ours is the kernel's, for want of memory: nobody else may send one.
 *
 * @param exit what was seen
 * @example
 * ```ts
 * import { classifyExit } from "./classify_exit.ts";
 * import assert from "node:assert/strict";
 * const seen = { code: 137, signal: "SIGKILL", errorText: "", phase: "running" } as const;
 * assert.deepEqual(classifyExit(seen), { reason: "oom", code: 137 });
 * assert.deepEqual(classifyExit({ ...seen, killedFor: "timeout" }), { reason: "timeout", code: 137 });
 * ```
 */
export function classifyExit(exit: ObservedExit): ExitClass {
  const { code, errorText, killedFor, phase } = exit;
  if (killedFor === "shutdown" || phase === "closed") return "clean";
  if (killedFor === "timeout" || phase === "recycling") return { reason: "timeout", code };
  if (code === KILLED || code === TRAP || HEAP_TEXT.test(errorText)) return { reason: "oom", code };
  return { reason: exit.signal === undefined ? "exit" : "signal", code };
}

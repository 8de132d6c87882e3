import { backoffMs, type BackoffRange } from "@asya/program";
import type { MeshEvent } from "./event.ts";
import { pause } from "../pause.ts";
import type { ProcessPlan } from "../plan/plan_process.ts";
import type { Child, Spawn } from "./spawn.ts";

/** A process that is kept running until it is told to stop. */
export interface Supervised {
  readonly plan: ProcessPlan;
  /**
   * Asks it to finish, and ends it when it takes too long. Resolves when it has ended.
   *
   * @param graceMs milliseconds it may take
   */
  stop(graceMs: number): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

/** What a supervisor works with. */
export interface SuperviseOptions {
  readonly spawn: Spawn;
  readonly onLine: (line: string) => void;
  readonly onEvent: (event: MeshEvent) => void;
  /** The waits before a start after a death. */
  readonly backoff?: BackoffRange;
}

/** A process that ran this long was well; its next death is the first again. */
const WELL_AFTER_MS = 10_000;

const DEFAULT_BACKOFF: BackoffRange = { baseMs: 200, maxMs: 10_000 };

/**
 * Starts a process, and starts it again whenever it dies, later each time.
 *
 * @param plan the process
 * @param options how to start it, and who is told
 */
export function superviseProcess(plan: ProcessPlan, options: SuperviseOptions): Supervised {
  const { spawn, onLine, onEvent, backoff = DEFAULT_BACKOFF } = options;
  const stopping = new AbortController();
  let child: Child | undefined;

  const run = async () => {
    for (let inARow = 0; !stopping.signal.aborted; inARow++) {
      const startedAtMs = performance.now();
      child = spawn(plan, onLine);
      onEvent({ kind: "started", process: plan.name, pid: child.pid });
      const exit = await child.exited;
      child = undefined;
      if (stopping.signal.aborted) {
        onEvent({ kind: "stopped", process: plan.name, exit });
        return;
      }
      if (performance.now() - startedAtMs > WELL_AFTER_MS) inARow = 0;
      const restartInMs = backoffMs(inARow, Math.random(), backoff);
      onEvent({ kind: "died", process: plan.name, exit, restartInMs });
      await pause(restartInMs, stopping.signal);
    }
  };
  const ended = run();

  return {
    plan,
    async stop(graceMs) {
      stopping.abort();
      child?.kill("SIGTERM");
      // waits for the process to finish what it has in hand
      const timer = setTimeout(() => {
        if (child) onEvent({ kind: "killed", process: plan.name, afterMs: graceMs });
        child?.kill("SIGKILL");
      }, graceMs);
      await ended.finally(() => clearTimeout(timer));
    },
    kill() {
      stopping.abort();
      child?.kill("SIGKILL");
    },
  };
}

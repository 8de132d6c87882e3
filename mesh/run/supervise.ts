import { backoffMs, type BackoffRange } from "@asya/program";
import type { MeshEvent, ProcessExit } from "./event.ts";
import { pause } from "../pause.ts";
import type { ProcessPlan } from "../plan/plan_process.ts";
import type { Child, Spawn } from "./spawn.ts";

/** A process that is kept running until it is told to stop. */
export interface Supervised {
  /** What it is started with. */
  readonly plan: ProcessPlan;
  /**
   * Asks it to finish, and ends it when it takes too long. Resolves when it has ended.
   *
   * @param graceMs milliseconds it may take
   */
  stop(graceMs: number): Promise<void>;
  /**
   * Stops it and starts it again at once. Resolves when it is started, or will never be.
   *
   * @param graceMs milliseconds it may take to stop
   * @param plan what it is started with from then on; as before where nothing is said
   */
  restart(graceMs: number, plan?: ProcessPlan): Promise<void>;
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
  /** Whether a process that ended so is left as it is until somebody restarts it. */
  readonly holds?: (plan: ProcessPlan, exit: ProcessExit) => boolean;
}

/** A process that ran this long was well; its next death is the first again. */
const WELL_AFTER_MS = 10_000;

const DEFAULT_BACKOFF: BackoffRange = { baseMs: 200, maxMs: 10_000 };

/** Lines of a process that are kept for the case that it is left as it is. */
const TAIL_LINES = 20;

/**
 * Starts a process, and starts it again whenever it dies, later each time.
 *
 * @param plan the process
 * @param options how to start it, and who is told
 */
export function superviseProcess(plan: ProcessPlan, options: SuperviseOptions): Supervised {
  return new Supervisor(plan, options);
}

class Supervisor implements Supervised {
  plan: ProcessPlan;
  readonly #options: SuperviseOptions;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;
  #child: Child | undefined;
  /** The wish for a restart, until the process is started. */
  #renewal: { readonly asked: AbortController; readonly done: PromiseWithResolvers<void> };
  #lastLines: string[] = [];

  constructor(plan: ProcessPlan, options: SuperviseOptions) {
    this.plan = plan;
    this.#options = options;
    this.#renewal = createRenewal();
    this.#ended = this.#run();
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    const cancel = this.#askToEnd(graceMs);
    await this.#ended.finally(cancel);
  }

  async restart(graceMs: number, plan: ProcessPlan = this.plan): Promise<void> {
    this.plan = plan;
    const { asked, done } = this.#renewal;
    asked.abort();
    const cancel = this.#askToEnd(graceMs);
    await Promise.race([done.promise, this.#ended]).finally(cancel);
  }

  kill(): void {
    this.#stopping.abort();
    this.#child?.kill("SIGKILL");
  }

  async #run(): Promise<void> {
    const { onEvent, backoff = DEFAULT_BACKOFF, holds } = this.#options;
    const isStopping = () => this.#stopping.signal.aborted;
    for (let inARow = 0; !isStopping(); inARow++) {
      const startedAtMs = performance.now();
      const { name: process } = this.plan;
      const { exited } = this.#start();
      const exit = await exited;
      this.#child = undefined;
      const { signal: renewal } = this.#renewal.asked;
      if (isStopping() || renewal.aborted) {
        onEvent({ kind: "stopped", process, exit });
        inARow = -1;
        continue;
      }
      if (holds?.(this.plan, exit)) {
        onEvent({ kind: "held", process, exit, lastLines: this.#lastLines });
        await aborted(renewal, this.#stopping.signal);
        inARow = -1;
        continue;
      }
      if (performance.now() - startedAtMs > WELL_AFTER_MS) inARow = 0;
      const restartInMs = backoffMs(inARow, Math.random(), backoff);
      onEvent({ kind: "died", process, exit, restartInMs });
      await pause(restartInMs, AbortSignal.any([renewal, this.#stopping.signal]));
    }
  }

  #start(): Child {
    const { spawn, onLine, onEvent } = this.#options;
    const { plan } = this;
    const lines: string[] = [];
    this.#lastLines = lines;
    const child = spawn(plan, (line) => {
      if (lines.push(line) > TAIL_LINES) lines.shift();
      onLine(line);
    });
    this.#child = child;
    if (this.#renewal.asked.signal.aborted) {
      this.#renewal.done.resolve();
      this.#renewal = createRenewal();
    }
    onEvent({ kind: "started", process: plan.name, pid: child.pid });
    return child;
  }

  /** Asks the process that there is to end; returns what takes the threat back. */
  #askToEnd(graceMs: number): () => void {
    const child = this.#child;
    child?.kill("SIGTERM");
    // waits for the process to finish what it has in hand
    const timer = setTimeout(() => {
      if (!child || child !== this.#child) return;
      this.#options.onEvent({ kind: "killed", process: this.plan.name, afterMs: graceMs });
      child.kill("SIGKILL");
    }, graceMs);
    return () => clearTimeout(timer);
  }
}

function createRenewal() {
  return { asked: new AbortController(), done: Promise.withResolvers<void>() };
}

/** Resolves when one of the signals aborts. */
function aborted(...signals: readonly AbortSignal[]): Promise<void> {
  const signal = AbortSignal.any([...signals]);
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}

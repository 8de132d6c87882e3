import { awaitReady } from "./await_ready.ts";
import type { MeshEvent, MeshNews, ProcessExit } from "./event.ts";
import { startGuard } from "./guard.ts";
import type { MeshPlan } from "../plan/plan.ts";
import type { ProcessPlan, Program } from "../plan/plan_process.ts";
import { createSpawn } from "./spawn.ts";
import { type Supervised, superviseProcess } from "./supervise.ts";

/** A mesh that was started. */
export interface RunningMesh {
  /** Resolves when every process can work, or when it is clear that one never will. */
  readonly settled: Promise<StartOutcome>;
  /** Lets every process finish what it has in hand: gateway, then sidecars, then runtimes. */
  stop(): Promise<void>;
  /** Ends every process at once; `stop` then resolves soon. */
  kill(): void;
  /**
   * Lets the process of a plan's name finish what it has in hand, and starts it as the plan says;
   * starts one of a new name. Resolves when it is started.
   */
  put(plan: ProcessPlan): Promise<void>;
  /** Lets a process finish what it has in hand, and ends it for good. */
  remove(name: string): Promise<void>;
}

/** What became of a start. */
export type StartOutcome =
  | { readonly kind: "ready"; readonly tookMs: number }
  | { readonly kind: "failed"; readonly failures: readonly StartFailure[] }
  /** It was stopped before. */
  | { readonly kind: "stopped" };

/** A process that did not come up. */
export interface StartFailure {
  readonly process: string;
  /** Why, in a sentence. */
  readonly reason: string;
  /** The last lines it printed since its latest start. */
  readonly lastLines: readonly string[];
}

/** How to start a mesh. */
export interface StartOptions {
  /** Path of the Deno executable. */
  readonly deno: string;
  /** Takes each line that a process prints. */
  readonly onLine: (process: string, line: string) => void;
  readonly onEvent: (event: MeshEvent) => void;
  /** Is told when a start takes long. */
  readonly onNews?: (news: MeshNews) => void;
  /** Milliseconds after which a start takes long. */
  readonly longAfterMs?: number;
  /** Milliseconds after which a process that is not ready will never be. */
  readonly readyWithinMs?: number;
  /** Milliseconds a process may take to finish its work. */
  readonly graceMs?: number;
  /** Whether a process that ended so is left as it is, until it is put again. */
  readonly holds?: (plan: ProcessPlan, exit: ProcessExit) => boolean;
}

/** A program whose settings are wrong says so with this exit code, and will say it again. */
const WRONG_SETTINGS = 2;

/** Deaths after which a process that never was ready will never be. */
const HOPELESS_DEATHS = 4;

/** Lines of each process that are kept for the case that it does not come up. */
const TAIL_LINES = 20;

/** Each stage has ended before the next is asked to: nobody loses whom it needs to finish. */
const STOP_ORDER: readonly Program[] = ["gateway", "sidecar", "runtime"];

/**
 * Starts the processes of a mesh, all at once: none needs another to be there first.
 *
 * @param plan what to start
 * @param options how
 */
export async function startMesh(plan: MeshPlan, options: StartOptions): Promise<RunningMesh> {
  // Sockets are for this user alone.
  await Deno.mkdir(plan.socketFolder, { recursive: true, mode: 0o700 });
  for (const folder of plan.folders) await Deno.mkdir(folder, { recursive: true });
  for (const [path, text] of Object.entries(plan.files)) await Deno.writeTextFile(path, text);

  const { onLine, onEvent, graceMs = 30_000, holds } = options;
  const sockets = plan.processes.flatMap(({ socket }) => socket ?? []);
  const guard = startGuard(plan.socketFolder, sockets.flatMap(socketFiles));
  const spawn = createSpawn(options.deno, guard);
  const settling = new Settling(performance.now());
  const begin = (process: ProcessPlan) =>
    superviseProcess(process, {
      spawn,
      ...(holds && { holds }),
      onLine: (line) => {
        settling.keep(process.name, line);
        onLine(process.name, line);
      },
      onEvent: (event) => {
        settling.hear(event);
        onEvent(event);
      },
    });
  const processes = new Map(plan.processes.map((process) => [process.name, begin(process)]));
  const settled = settling.wait(plan, options);
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    settling.end();
    for (const program of STOP_ORDER) {
      const stage = [...processes.values()].filter(({ plan }) => plan.program === program);
      await Promise.all(stage.map((process) => process.stop(graceMs)));
    }
    await guard.close();
  };
  return {
    settled,
    stop: () => stopped ??= stop(),
    kill: () => processes.forEach((process) => process.kill()),
    async put(plan) {
      const process: Supervised | undefined = processes.get(plan.name);
      if (process) return await process.restart(graceMs, plan);
      if (stopped) return;
      if (plan.socket !== undefined) guard.keep(socketFiles(plan.socket));
      processes.set(plan.name, begin(plan));
    },
    async remove(name) {
      await processes.get(name)?.stop(graceMs);
      processes.delete(name);
    },
  };
}

/** A runtime's socket and what it keeps beside it. */
function socketFiles(socket: string): string[] {
  return ["", ".calls", ".exits", ".imports", ".lock"].map((ending) => socket + ending);
}

/** Follows a start until every process is ready, or one never will be. */
class Settling {
  readonly #over = new AbortController();
  readonly #tails = new Map<string, string[]>();
  readonly #deaths = new Map<string, number>();
  readonly #hopeless = Promise.withResolvers<StartFailure>();
  /** Ends the waiting for a unit that is not to be ready in this start. */
  readonly #held = new Map<string, AbortController>();
  readonly #startedAtMs: number;

  constructor(startedAtMs: number) {
    this.#startedAtMs = startedAtMs;
  }

  keep(process: string, line: string): void {
    if (this.#over.signal.aborted) return;
    this.#tails.set(process, [...this.#tails.get(process) ?? [], line].slice(-TAIL_LINES));
  }

  hear(event: MeshEvent): void {
    // What it said before is what it says again, or is in the log.
    if (event.kind === "started") this.#tails.delete(event.process);
    if (event.kind === "held") this.#heldOf(event.process).abort();
    if (event.kind !== "died") return;
    const { process, exit: { code } } = event;
    const deaths = (this.#deaths.get(process) ?? 0) + 1;
    this.#deaths.set(process, deaths);
    if (code === WRONG_SETTINGS) {
      this.#hopeless.resolve(this.#failure(process, "it refused to start (exit code 2)"));
    } else if (deaths >= HOPELESS_DEATHS) {
      const reason = `it died ${deaths} times, the last time with exit code ${code}`;
      this.#hopeless.resolve(this.#failure(process, reason));
    }
  }

  /** Ends the waiting. */
  end(): void {
    this.#over.abort();
  }

  async wait(plan: MeshPlan, options: StartOptions): Promise<StartOutcome> {
    const { onEvent, onNews, readyWithinMs = 90_000, longAfterMs = 10_000 } = options;
    let isTooLate = false;
    // stands for the end of all patience with a process that neither dies nor gets ready
    const timeout = setTimeout(() => {
      isTooLate = true;
      this.end();
    }, readyWithinMs);
    const awaited = new Map<string, string>();
    // waits until a person begins to wonder what is going on
    const reminder = setTimeout(() => {
      const list = [...awaited].map(([process, reason]) => ({ process, reason }));
      onNews?.({ kind: "still_waiting", for: list, afterMs: this.#sinceStartMs() });
    }, longAfterMs);
    const looks = Promise.all(plan.processes.map(async ({ name, readyUrl }) => {
      if (readyUrl === undefined) return undefined;
      const held = this.#heldOf(name).signal;
      const signal = AbortSignal.any([this.#over.signal, held]);
      const { ready, reason } = await awaitReady(readyUrl, signal, (reason) => {
        awaited.set(name, reason);
      });
      awaited.delete(name);
      if (!ready && held.aborted) return undefined;
      if (!ready) return this.#failure(name, `it is not ready: ${reason}`);
      onEvent({ kind: "ready", process: name, afterMs: this.#sinceStartMs() });
      return undefined;
    }));
    const failed = (failures: readonly StartFailure[]): StartOutcome => ({
      kind: "failed",
      failures,
    });
    try {
      return await Promise.race([
        this.#hopeless.promise.then((failure) => failed([failure])),
        looks.then((found): StartOutcome => {
          const failures = found.filter((failure) => failure !== undefined);
          if (failures.length === 0) return { kind: "ready", tookMs: this.#sinceStartMs() };
          return isTooLate ? failed(failures) : { kind: "stopped" };
        }),
      ]);
    } finally {
      clearTimeout(timeout);
      clearTimeout(reminder);
      this.end();
    }
  }

  /** A runtime that is held keeps its sidecar from being ready. */
  #heldOf(process: string): AbortController {
    const pair = process.replace(/\.(runtime|sidecar)$/, "");
    const known = this.#held.get(pair) ?? new AbortController();
    this.#held.set(pair, known);
    return known;
  }

  #failure(process: string, reason: string): StartFailure {
    return { process, reason, lastLines: this.#tails.get(process) ?? [] };
  }

  #sinceStartMs(): number {
    return Math.round(performance.now() - this.#startedAtMs);
  }
}

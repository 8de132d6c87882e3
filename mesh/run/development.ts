import { comparePlans } from "../plan/compare_plans.ts";
import type { MeshPlan } from "../plan/plan.ts";
import type { ProcessPlan } from "../plan/plan_process.ts";
import { awaitServing } from "./await_serving.ts";
import { changedKeys, hasOtherTools, unitsToReload } from "./choose_reload.ts";
import type { MeshEvent } from "./event.ts";
import { FollowedModules } from "./followed_modules.ts";
import { prepareMesh, type PrepareOptions } from "./prepare.ts";
import { ReloadLane, type Saved } from "./reload_lane.ts";
import type { ReadyMesh } from "./run_mesh.ts";
import { watchFiles } from "./watch_files.ts";

/** A reload that takes longer is explained. */
const LONG_MS = 1_000;

/** What a runtime gives its calls when it is told to end, where nobody says otherwise. */
const FINISH_MS = 25_000;

/** Keeps a mesh as its files are: what is saved is taken, and nothing else is touched. */
export class Development {
  readonly #options: PrepareOptions;
  readonly #createdAtMs = Date.now();
  /** What ends the waiting for processes that turn out to be unable to begin. */
  readonly #untilHeld = new Map<string, AbortController>();
  /** Whether the mesh's file was last saved with something that could not be taken. */
  #isFileLeft = false;

  /** @param options what the mesh was prepared with */
  constructor(options: PrepareOptions) {
    this.#options = options;
  }

  /** Takes note of what happens to the mesh's processes. */
  hear(event: MeshEvent): void {
    if (event.kind === "held") this.#untilHeld.get(event.process)?.abort();
  }

  /**
   * Takes what is saved, until a signal.
   *
   * @param ready what runs
   * @param signal ends it
   */
  async run(ready: ReadyMesh, signal: AbortSignal): Promise<void> {
    let mesh = ready;
    const file = await Deno.realPath(this.#options.file);
    const lanes = new Map<string, ReloadLane>();
    const laneOf = (unit: string) => {
      const known = lanes.get(unit) ?? new ReloadLane(async (saved, outdated) => {
        if (!signal.aborted) await reload(unit, saved, AbortSignal.any([signal, outdated]));
      });
      lanes.set(unit, known);
      return known;
    };
    let takingFile: Promise<void> = Promise.resolve();
    const reload = async (unit: string, saved: Saved, ended: AbortSignal) => {
      // The mesh's file comes first: it says what an actor is started with.
      await takingFile;
      const takenAtMs = Date.now();
      await this.#reload(mesh, unit, saved, ended);
      const actors = mesh.mesh.actors.filter(({ name }) => name === unit);
      await modules.follow(actors, mesh.folder, takenAtMs);
    };
    const fileLane = new ReloadLane(async ({ savedAtMs }) => {
      const takenAtMs = Date.now();
      if (signal.aborted) return;
      const next = await this.#takeFile(mesh, savedAtMs, signal);
      if (!next) return;
      for (const unit of modules.byUnit.keys()) {
        if (!next.mesh.actors.some(({ name }) => name === unit)) modules.forget(unit);
      }
      mesh = next;
      await modules.follow(mesh.mesh.actors, mesh.folder, takenAtMs);
    });
    const work = new Set<Promise<void>>();
    const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<void>();
    const keep = (promise: Promise<void>) => {
      work.add(promise);
      promise.then(() => work.delete(promise), fail);
      return promise;
    };
    using watch = watchFiles((paths) => {
      const savedAtMs = performance.now();
      if (paths.has(file)) takingFile = keep(fileLane.save({ files: [file], savedAtMs }));
      for (const [unit, files] of unitsToReload(paths, modules.byUnit)) {
        void keep(laneOf(unit).save({ files, savedAtMs }));
      }
    });
    const modules = new FollowedModules(watch, file);
    await modules.follow(mesh.mesh.actors, mesh.folder, this.#createdAtMs);
    signal.addEventListener("abort", () => end(), { once: true });
    if (!signal.aborted) await ended;
    await Promise.all(work);
  }

  /** Restarts the runtimes of an actor, whose sidecars keep its messages meanwhile. */
  async #reload(
    mesh: ReadyMesh,
    unit: string,
    { files, savedAtMs }: Saved,
    ended: AbortSignal,
  ): Promise<void> {
    const runtimes = mesh.plan.processes.filter((process) =>
      process.unit === unit && process.program === "runtime"
    );
    // waits until a person begins to wonder why the old code is still there
    const reminder = setTimeout(
      () => mesh.onNews({ kind: "finishing", unit, forMs: FINISH_MS }),
      LONG_MS,
    );
    const serve = await this.#put(mesh, runtimes).finally(() => clearTimeout(reminder));
    if (!await serve(mesh.plan, ended)) return;
    const names = files.map((path) => shorten(path, mesh.folder));
    mesh.onNews({ kind: "reloaded", unit, files: names, tookMs: since(savedAtMs) });
  }

  /** Brings what runs to what the mesh's file says; nothing where that cannot be done. */
  async #takeFile(
    mesh: ReadyMesh,
    savedAtMs: number,
    signal: AbortSignal,
  ): Promise<ReadyMesh | undefined> {
    const { onNews } = mesh;
    const wasLeft = this.#isFileLeft;
    this.#isFileLeft = true;
    const next = await prepareMesh({ ...this.#options, running: mesh });
    if (!next.ok) {
      onNews({ kind: "file_wrong", problem: next.problem });
      return undefined;
    }
    const keys = changedKeys(mesh.mesh, next.mesh);
    if (keys.length > 0) {
      onNews({ kind: "file_needs_start", keys });
      return undefined;
    }
    const change = comparePlans(mesh.plan, next.plan);
    const { lock, plan } = mesh;
    const elsewhere = await lock.add(unitsBeyond(next.plan, plan));
    if (elsewhere) {
      const problem = `${elsewhere.unit} runs already, in process ${elsewhere.pid}`;
      onNews({ kind: "file_wrong", problem });
      return undefined;
    }
    await writeFiles(mesh.plan, next.plan);
    for (const program of ["sidecar", "runtime"]) {
      const stage = change.removed.filter((process) => process.program === program);
      await Promise.all(stage.map(({ name }) => mesh.running.remove(name)));
    }
    await mesh.targets.put(next);
    lock.release(unitsBeyond(plan, next.plan));
    const serve = await this.#put(mesh, change.put);
    await serve(next.plan, signal);
    this.#isFileLeft = false;
    const otherTools = hasOtherTools(mesh.mesh, next.mesh);
    if (change.units.length > 0 || otherTools || wasLeft) {
      const { units } = change;
      onNews({ kind: "file_taken", units, hasOtherTools: otherTools, tookMs: since(savedAtMs) });
    }
    return { ...mesh, ...next };
  }

  /**
   * Starts processes, each instead of the one that it follows.
   *
   * @returns what waits until the runtimes among them serve, and says whether they do
   */
  async #put(
    mesh: ReadyMesh,
    processes: readonly ProcessPlan[],
  ): Promise<(plan: MeshPlan, ended: AbortSignal) => Promise<boolean>> {
    const runtimes = processes.filter(({ program }) => program === "runtime");
    const held = runtimes.map(({ name }) => {
      const controller = new AbortController();
      this.#untilHeld.set(name, controller);
      return controller.signal;
    });
    await Promise.all(processes.map((process) => mesh.running.put(process)));
    return async (plan, ended) => {
      const serving = await Promise.all(runtimes.map((runtime, index) => {
        const signals = [ended, held[index] ?? ended];
        return awaitServing(runtime, plan, AbortSignal.any(signals));
      }));
      return serving.every((isServing) => isServing);
    };
  }
}

/** Names of the parts that a plan has, and another one has not. */
function unitsBeyond(plan: MeshPlan, other: MeshPlan): string[] {
  const units = ({ processes }: MeshPlan) => new Set(processes.map(({ unit }) => unit));
  return [...units(plan).difference(units(other))];
}

async function writeFiles(before: MeshPlan, after: MeshPlan): Promise<void> {
  for (const folder of after.folders) await Deno.mkdir(folder, { recursive: true });
  for (const [path, text] of Object.entries(after.files)) {
    if (before.files[path] !== text) await Deno.writeTextFile(path, text);
  }
}

function shorten(path: string, folder: string): string {
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

function since(startMs: number): number {
  return Math.round(performance.now() - startMs);
}

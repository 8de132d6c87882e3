import type { MeshActor } from "../file/mesh_actor.ts";
import { comparePlans } from "../plan/compare_plans.ts";
import type { MeshPlan } from "../plan/plan.ts";
import type { ProcessPlan } from "../plan/plan_process.ts";
import { awaitReady } from "./await_ready.ts";
import { changedKeys, unitsToReload } from "./choose_reload.ts";
import type { MeshEvent } from "./event.ts";
import { findModules } from "./find_modules.ts";
import { type Lock, lockUnits } from "./lock.ts";
import { pause } from "../pause.ts";
import { prepareMesh, type PrepareOptions } from "./prepare.ts";
import type { ReadyMesh } from "./run_mesh.ts";
import { type FileWatch, watchFiles } from "./watch_files.ts";

/** A reload that takes longer is explained. */
const LONG_MS = 1_000;

/** What a runtime gets to finish its calls: its own grace, which `ASYA_SHUTDOWN_GRACE` begins with. */
const FINISH_MS = 25_000;

/** The time between two looks for a socket. */
const LOOK_EVERY_MS = 5;

/** Files of a project that say what its modules import. */
const PROJECT_FILES = ["deno.json", "deno.jsonc"];

/** What was saved of one unit, until it is reloaded. */
interface Lane {
  readonly files: Set<string>;
  savedAtMs: number;
  isBusy: boolean;
  /** Ends the waiting for a process that is not going to serve: it is broken, or out of date. */
  giveUp: AbortController;
}

/** Keeps a mesh as its files are: what is saved is taken, and nothing else is touched. */
export class Development {
  readonly #options: PrepareOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #modules = new Map<string, readonly string[]>();
  readonly #locks: Lock[] = [];
  readonly #createdAtMs = Date.now();
  #taking: Promise<void> = Promise.resolve();

  /** @param options what the mesh was prepared with */
  constructor(options: PrepareOptions) {
    this.#options = options;
  }

  /** Takes note of what happens to the mesh's processes. */
  hear(event: MeshEvent): void {
    if (event.kind !== "held") return;
    for (const [unit, lane] of this.#lanes) {
      if (event.process === `${unit}.runtime` || isReplica(event.process, unit)) {
        lane.giveUp.abort();
      }
    }
  }

  /**
   * Takes what is saved, until a signal.
   *
   * @param mesh what runs
   * @param signal ends it
   */
  async run(mesh: ReadyMesh, signal: AbortSignal): Promise<void> {
    let current = mesh;
    const file = await Deno.realPath(this.#options.file);
    using watch = watchFiles((paths) => {
      const savedAtMs = performance.now();
      this.#taking = this.#taking.then(async () => {
        if (signal.aborted) return;
        if (paths.has(file)) {
          current = await this.#takeFile(current, watch, file, signal, savedAtMs);
        }
        for (const [unit, files] of unitsToReload(paths, this.#modules)) {
          void this.#reload(unit, files, savedAtMs, { mesh: current, watch, file, signal });
        }
      });
    });
    await this.#follow(current, watch, file, current.mesh.actors, this.#createdAtMs);
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (!signal.aborted) await ended;
    for (const { giveUp } of this.#lanes.values()) giveUp.abort();
    await this.#taking;
    for (const lock of this.#locks) lock[Symbol.dispose]();
  }

  /** Number of files that are followed. */
  get fileCount(): number {
    return new Set([...this.#modules.values()].flat()).size;
  }

  async #reload(
    unit: string,
    files: readonly string[],
    savedAtMs: number,
    place: { mesh: ReadyMesh; watch: FileWatch; file: string; signal: AbortSignal },
  ): Promise<void> {
    const lane = this.#laneOf(unit);
    if (lane.files.size === 0) lane.savedAtMs = savedAtMs;
    for (const file of files) lane.files.add(file);
    lane.giveUp.abort();
    if (lane.isBusy) return;
    lane.isBusy = true;
    while (lane.files.size > 0 && !place.signal.aborted) {
      const taken = { files: [...lane.files], savedAtMs: lane.savedAtMs };
      lane.files.clear();
      await this.#reloadOnce(unit, taken, lane, place);
    }
    lane.isBusy = false;
  }

  async #reloadOnce(
    unit: string,
    { files, savedAtMs }: { readonly files: readonly string[]; readonly savedAtMs: number },
    lane: Lane,
    { mesh, watch, file, signal }: {
      mesh: ReadyMesh;
      watch: FileWatch;
      file: string;
      signal: AbortSignal;
    },
  ): Promise<void> {
    const runtimes = mesh.plan.processes.filter((process) =>
      process.unit === unit && process.program === "runtime"
    );
    lane.giveUp = new AbortController();
    const takenAtMs = Date.now();
    // waits until a person begins to wonder why the old code is still there
    const reminder = setTimeout(
      () => mesh.onNews({ kind: "finishing", unit, forMs: FINISH_MS }),
      LONG_MS,
    );
    await Promise.all(runtimes.map((runtime) => mesh.running.put(runtime)));
    clearTimeout(reminder);
    const ended = AbortSignal.any([signal, lane.giveUp.signal]);
    const serving = await Promise.all(runtimes.map((runtime) => serves(runtime, mesh.plan, ended)));
    const tookMs = Math.round(performance.now() - savedAtMs);
    if (serving.every((isServing) => isServing)) {
      const names = files.map((path) => shorten(path, mesh.folder));
      mesh.onNews({ kind: "reloaded", unit, files: names, tookMs });
    }
    const actors = mesh.mesh.actors.filter(({ name }) => name === unit);
    await this.#follow(mesh, watch, file, actors, takenAtMs);
  }

  /** Brings what runs to what the mesh's file says. */
  async #takeFile(
    mesh: ReadyMesh,
    watch: FileWatch,
    file: string,
    signal: AbortSignal,
    savedAtMs: number,
  ): Promise<ReadyMesh> {
    const takenAtMs = Date.now();
    const next = await prepareMesh({ ...this.#options, running: mesh });
    if (!next.ok) {
      mesh.onNews({ kind: "file_wrong", problem: next.problem });
      return mesh;
    }
    const keys = changedKeys(mesh.mesh, next.mesh);
    if (keys.length > 0) {
      mesh.onNews({ kind: "file_needs_start", keys });
      return mesh;
    }
    const change = comparePlans(mesh.plan, next.plan);
    const hasOtherTools = wordsOf(mesh.mesh.toolsText) !== wordsOf(next.mesh.toolsText);
    const known = new Set(mesh.plan.processes.map(({ unit }) => unit));
    const locked = await lockUnits(
      `${next.state}/run`,
      change.units.filter((unit) => !known.has(unit)),
    );
    if (!locked.ok) {
      const problem = `${locked.unit} runs already, in process ${locked.pid}`;
      mesh.onNews({ kind: "file_wrong", problem });
      return mesh;
    }
    this.#locks.push(locked.lock);
    for (const folder of next.plan.folders) await Deno.mkdir(folder, { recursive: true });
    for (const [path, text] of Object.entries(next.plan.files)) {
      if (mesh.plan.files[path] !== text) await Deno.writeTextFile(path, text);
    }
    const removed = ["sidecar", "runtime"].map((program) =>
      change.removed.filter((process) => process.program === program)
    );
    for (const stage of removed) {
      await Promise.all(stage.map(({ name }) => mesh.running.remove(name)));
    }
    for (const { unit } of change.removed) this.#modules.delete(unit);
    const runtimes = change.put.filter(({ program }) => program === "runtime");
    const lanes = runtimes.map(({ unit }) => this.#laneOf(unit));
    for (const lane of lanes) lane.giveUp = new AbortController();
    await Promise.all(change.put.map((process) => mesh.running.put(process)));
    await Promise.all(runtimes.map(({ unit, ...runtime }) => {
      const ended = AbortSignal.any([signal, this.#laneOf(unit).giveUp.signal]);
      return serves({ unit, ...runtime }, next.plan, ended);
    }));
    const ready = { ...mesh, ...next };
    if (change.units.length > 0 || hasOtherTools) {
      const tookMs = Math.round(performance.now() - savedAtMs);
      mesh.onNews({ kind: "file_taken", units: change.units, hasOtherTools, tookMs });
    }
    await this.#follow(ready, watch, file, next.mesh.actors, takenAtMs);
    return ready;
  }

  /** Finds out which files actors are made of, and watches those of all. */
  async #follow(
    { folder, plan }: ReadyMesh,
    watch: FileWatch,
    file: string,
    actors: readonly MeshActor[],
    sinceMs: number,
  ): Promise<void> {
    const started = new Set(plan.processes.map(({ unit }) => unit));
    await Promise.all(actors.map(async ({ name, handler }) => {
      const module = handler?.split("#")[0];
      if (module === undefined || !started.has(name)) return;
      const found = await findModules(Deno.execPath(), module, folder);
      // What cannot be parsed does not say what it imports: then it is what it was.
      const isWhole = found.length > 1;
      const before = isWhole ? [] : this.#modules.get(name) ?? [];
      const project = PROJECT_FILES.map((name) => `${folder}/${name}`);
      this.#modules.set(name, [...new Set([...before, ...found, ...project])]);
    }));
    watch.follow([file, ...[...this.#modules.values()].flat()], sinceMs);
  }

  #laneOf(unit: string): Lane {
    const known = this.#lanes.get(unit);
    if (known) return known;
    const lane: Lane = {
      files: new Set(),
      savedAtMs: 0,
      isBusy: false,
      giveUp: new AbortController(),
    };
    this.#lanes.set(unit, lane);
    return lane;
  }
}

/** Waits until a runtime's handler can be called by its sidecar. */
async function serves(
  { socket = "", name }: ProcessPlan,
  plan: MeshPlan,
  signal: AbortSignal,
): Promise<boolean> {
  // A runtime that ended has taken its socket along; the next one makes its own when it can serve.
  while (!signal.aborted && !exists(socket)) await pause(LOOK_EVERY_MS, signal);
  const sidecar = plan.processes.find((process) =>
    process.name === name.replace(/\.runtime$/, ".sidecar")
  );
  if (sidecar?.readyUrl === undefined) return !signal.aborted;
  return (await awaitReady(sidecar.readyUrl, signal)).ready;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false; // it is about to be made
  }
}

/** A text without what only places it: tools stand where they do in the mesh's file. */
function wordsOf(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}

function isReplica(process: string, unit: string): boolean {
  return process.startsWith(`${unit}.`) && /^\d+\.runtime$/.test(process.slice(unit.length + 1));
}

function shorten(path: string, folder: string): string {
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

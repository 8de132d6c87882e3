import type { MeshActor } from "../file/mesh_actor.ts";
import { findModules } from "./find_modules.ts";
import type { FileWatch } from "./watch_files.ts";

/** Files of a project that say what its modules import. */
const PROJECT_FILES = ["deno.json", "deno.jsonc"];

/** The files that the handlers of a mesh are made of, and the watch over them. */
export class FollowedModules {
  readonly #byUnit = new Map<string, readonly string[]>();
  readonly #watch: FileWatch;
  readonly #file: string;

  /**
   * @param watch is told which files to watch
   * @param file the mesh's own, which is watched too
   */
  constructor(watch: FileWatch, file: string) {
    this.#watch = watch;
    this.#file = file;
  }

  /** Paths by unit. */
  get byUnit(): ReadonlyMap<string, readonly string[]> {
    return this.#byUnit;
  }

  /** Forgets a unit. */
  forget(unit: string): void {
    this.#byUnit.delete(unit);
  }

  /**
   * Finds out which files actors are made of, and watches those of all.
   *
   * @param actors the actors
   * @param folder of the mesh's file
   * @param sinceMs the time of day since which a change of theirs counts
   */
  async follow(actors: readonly MeshActor[], folder: string, sinceMs: number): Promise<void> {
    await Promise.all(actors.map(async ({ name, handler }) => {
      const module = handler?.split("#")[0];
      if (module === undefined) return;
      const found = await findModules(Deno.execPath(), module, folder);
      // What cannot be parsed does not say what it imports: then it is what it was.
      const before = found.length > 1 ? [] : this.#byUnit.get(name) ?? [];
      const project = PROJECT_FILES.map((name) => `${folder}/${name}`);
      this.#byUnit.set(name, [...new Set([...before, ...found, ...project])]);
    }));
    this.#watch.follow([this.#file, ...[...this.#byUnit.values()].flat()], sinceMs);
  }
}

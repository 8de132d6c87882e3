import type { MeshFile } from "../file/mesh_file.ts";
import { metricsFiles } from "../plan/metrics_files.ts";
import type { MeshPlan } from "../plan/plan.ts";
import { removeIfThere } from "./remove_if_there.ts";

/** A mesh, as far as its metrics go. */
export interface MeasuredMesh {
  readonly mesh: Pick<MeshFile, "name">;
  readonly plan: Pick<MeshPlan, "processes">;
}

/**
 * The files by which a Prometheus finds the metrics of what runs: there as long as that does. What
 * is killed leaves them, so that an alert says it is gone.
 */
export class TargetFiles implements AsyncDisposable {
  readonly #folder: string;
  #texts: Readonly<Record<string, string>> = {};

  /** @param folder where they are; made where it is missing */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Writes the files of what runs, and removes those of what does not run any more. Files of other
   * parts, which run beside it, are left as they are.
   *
   * @param measured what runs
   */
  async put({ mesh, plan }: MeasuredMesh): Promise<void> {
    await Deno.mkdir(this.#folder, { recursive: true });
    await this.#replace(metricsFiles(mesh.name, this.#folder, plan.processes));
  }

  /** Removes all of them. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#replace({});
  }

  async #replace(texts: Readonly<Record<string, string>>): Promise<void> {
    const before = this.#texts;
    this.#texts = texts;
    for (const [path, text] of Object.entries(texts)) {
      if (before[path] !== text) await writeWhole(path, text);
    }
    for (const path of Object.keys(before)) {
      if (!(path in texts)) await removeIfThere(path);
    }
  }
}

/** Whoever watches the folder finds a file with all of its text, or none. */
async function writeWhole(path: string, text: string): Promise<void> {
  // Prometheus takes what ends in .json.
  const growing = `${path}.new`;
  await Deno.writeTextFile(growing, text);
  await Deno.rename(growing, path);
}

import type { MeshFile } from "../file/mesh_file.ts";

/** The longest name of an AsyncActor: what is made for it has longer ones. */
const MAX_NAME = 52;

/**
 * Finds what no cluster takes at all.
 *
 * @param mesh the mesh's file
 * @returns a sentence each
 */
export function findProblems(mesh: MeshFile): string[] {
  return mesh.actors.filter(({ name }) => name.length > MAX_NAME).map(({ name }) =>
    `actor ${name} has a name of ${name.length} characters; allowed: at most ${MAX_NAME}`
  );
}

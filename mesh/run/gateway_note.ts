import { removeIfThere } from "./remove_if_there.ts";
import { unlock } from "./unlock.ts";

/** Says where a mesh's gateway is, to parts of the mesh that are started beside it. */
const FILE = "run/gateway.url";

/**
 * Leaves a note of where the gateway is, for as long as this process lives: whoever holds it has it
 * locked, and the system lets go of a lock when a process ends, however it does.
 *
 * @param state the mesh's folder of state
 * @param url the gateway's
 */
export async function noteGateway(state: string, url: string): Promise<AsyncDisposable> {
  const path = `${state}/${FILE}`;
  const file = await Deno.open(path, { write: true, create: true });
  // Waits for somebody who is reading the note of a mesh that was killed.
  await file.lock(true);
  await file.truncate();
  await file.write(new TextEncoder().encode(`${url}\n`));
  return {
    async [Symbol.asyncDispose]() {
      try {
        await removeIfThere(path);
      } finally {
        unlock(file);
      }
    },
  };
}

/**
 * Reads where the gateway is.
 *
 * @param state the mesh's folder of state
 * @returns nothing where no gateway of this mesh runs
 */
export async function readGatewayNote(state: string): Promise<string | undefined> {
  const path = `${state}/${FILE}`;
  try {
    const file = await Deno.open(path);
    try {
      // What nobody holds was left by a mesh that was killed.
      if (await file.tryLock(false)) return undefined;
      return (await Deno.readTextFile(path)).trim() || undefined;
    } finally {
      unlock(file);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

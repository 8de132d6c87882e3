/** Says where a mesh's gateway is, to parts of the mesh that are started beside it. */
const FILE = "run/gateway.url";

/**
 * Leaves a note of where the gateway is, for as long as it is there.
 *
 * @param state the mesh's folder of state
 * @param url the gateway's
 */
export async function noteGateway(state: string, url: string): Promise<AsyncDisposable> {
  const path = `${state}/${FILE}`;
  await Deno.writeTextFile(path, `${url}\n`);
  return {
    async [Symbol.asyncDispose]() {
      try {
        await Deno.remove(path);
      } catch (error) {
        // Whoever cleans up the folder may have been faster.
        if (!(error instanceof Deno.errors.NotFound)) throw error;
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
  try {
    return (await Deno.readTextFile(`${state}/${FILE}`)).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

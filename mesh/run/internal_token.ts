/** Has the token by which a mesh's gateway knows the actors of the same folder. */
const FILE = "internal-token";

/**
 * Reads the token that the parts of a mesh share, however many commands start them.
 *
 * @param state the mesh's folder of state
 * @param isNeeded whether one is made where there is none
 * @returns nothing where there is none
 */
export async function readInternalToken(
  state: string,
  isNeeded: boolean,
): Promise<string | undefined> {
  const path = `${state}/${FILE}`;
  const known = await readToken(path);
  if (known !== undefined || !isNeeded) return known;
  await Deno.mkdir(state, { recursive: true });
  // Whole before it has its name: nobody reads half a token.
  const draft = `${path}.${crypto.randomUUID()}`;
  const token = `${crypto.randomUUID()}${crypto.randomUUID()}`.replaceAll("-", "");
  await Deno.writeTextFile(draft, token, { createNew: true, mode: 0o600 });
  try {
    // Fails where another command was faster, whose token it then is.
    await Deno.link(draft, path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  } finally {
    await Deno.remove(draft);
  }
  return await readToken(path);
}

async function readToken(path: string): Promise<string | undefined> {
  try {
    return (await Deno.readTextFile(path)).trim() || undefined;
  } catch (error) {
    // Where the folder is no folder, whoever makes it says so.
    const { NotFound, NotADirectory } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return undefined;
    throw error;
  }
}

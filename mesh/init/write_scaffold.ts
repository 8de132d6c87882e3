/** What came of writing files where others may be. */
export interface Written {
  /** Paths of the files that were written. */
  readonly made: readonly string[];
  /** Paths of those that were there already, and are as they were. */
  readonly kept: readonly string[];
}

/**
 * Writes files into a folder, which is made where it is missing. No file that is there is changed.
 *
 * @param folder where
 * @param files texts by path from there
 */
export async function writeScaffold(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<Written> {
  await Deno.mkdir(folder, { recursive: true });
  const made: string[] = [];
  const kept: string[] = [];
  for (const [path, text] of Object.entries(files)) {
    try {
      await Deno.writeTextFile(`${folder}/${path}`, text, { createNew: true });
      made.push(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      kept.push(path);
    }
  }
  return { made, kept };
}

/**
 * Reads a file of a folder that something was written into, where it was there before.
 *
 * @param folder where
 * @param path from there
 * @param written what came of writing
 */
export async function readKept(
  folder: string,
  path: string,
  { kept }: Written,
): Promise<string | undefined> {
  return kept.includes(path) ? await Deno.readTextFile(`${folder}/${path}`) : undefined;
}

/**
 * The path of a folder from the root of all, whether it is there or not.
 *
 * @param folder as it is written
 */
export function absoluteFolder(folder: string): string {
  const path = folder.startsWith("/") ? folder : `${Deno.cwd()}/${folder}`;
  return decodeURIComponent(new URL(`file://${encodeURI(path)}/`).pathname).replace(/\/+$/, "");
}

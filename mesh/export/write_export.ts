/** What came of writing an export, or which files stand in its way. */
export type WrittenExport =
  | { readonly ok: true }
  /** Names of files that are there, with other content. */
  | { readonly ok: false; readonly differing: readonly string[] };

/**
 * Writes the files of an export into a folder, which is made where it is missing. Files that are
 * there with other content are left as they are, and then nothing at all is written.
 *
 * @param folder where
 * @param files texts by name
 * @param overwrites whether other content goes
 */
export async function writeExport(
  folder: string,
  files: Readonly<Record<string, string>>,
  overwrites: boolean,
): Promise<WrittenExport> {
  await Deno.mkdir(folder, { recursive: true });
  const differing: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    const found = await readIfThere(`${folder}/${name}`);
    if (found !== undefined && found !== text) differing.push(name);
  }
  if (differing.length > 0 && !overwrites) return { ok: false, differing };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
  }
  return { ok: true };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

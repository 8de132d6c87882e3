import { readOutput } from "./read_output.ts";

/**
 * Lists the files of the repository as git sees them: tracked ones, and new ones that are not
 * ignored.
 *
 * @param root The root of the repository, a `file:` URL that ends with `/`.
 * @returns Sorted paths from the root, of files that exist.
 * @throws Error When git fails, with what it said.
 */
export async function listFiles(root: URL): Promise<string[]> {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const listed = await readOutput("git", args, root);
  const paths = new Set(listed.split("\0").filter((path) => path !== ""));
  const existing: string[] = [];
  for (const path of paths) if (await isFile(new URL(path, root))) existing.push(path);
  return existing.sort();
}

/** A file that git still tracks may have been deleted. */
async function isFile(url: URL): Promise<boolean> {
  try {
    return (await Deno.stat(url)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A folder that goes with the test. */
export interface TempFolder extends AsyncDisposable {
  readonly path: string;
  /** The path of something in it. */
  at(name: string): string;
  /** Writes a file in it, and gives its path. */
  write(name: string, content: string): Promise<string>;
}

/**
 * Makes a folder for one test; its path is short enough for a socket in it (107 bytes).
 *
 * @example
 * ```ts ignore
 * await using folder = await makeTempFolder();
 * const socket = folder.at("app.sock");
 * ```
 */
export async function makeTempFolder(): Promise<TempFolder> {
  const path = await Deno.makeTempDir({ prefix: "asya-" });
  const at = (name: string) => `${path}/${name}`;
  return {
    path,
    at,
    async write(name, content) {
      await Deno.mkdir(at(name).slice(0, at(name).lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(at(name), content);
      return at(name);
    },
    async [Symbol.asyncDispose]() {
      await Deno.remove(path, { recursive: true });
    },
  };
}

import assert from "node:assert/strict";
import { makeTempFolder, pathOf, platformEnv, RunningProcess } from "../kit/mod.ts";
import { type Block, compareShown, readBlocks } from "./page.ts";

/** How long a command, or a line of one that stays, is waited for, in milliseconds. */
const PATIENCE_MS = 30_000;

/**
 * Does what a page tells its reader to do, in an empty folder, from its first block to its last:
 *
 * - `sh` is typed into a shell, whose folder is kept from block to block. It has to succeed, or to
 *   fail where the block says `fails`. The `text` or `json` block behind it is what it prints.
 * - `sh stays` is typed into a further terminal, which stays until the page is done. The lines of a
 *   `text` block behind it, or behind a file that is saved meanwhile, are waited for in the newest.
 * - A block with a file's name, such as `ts ignore greet.ts`, is saved there; with `same` too, it
 *   is there already.
 *
 * In what is printed, `…` stands for anything and `<name>` for a word, which later commands get for
 * `<name>`. Blocks of other kinds are left to other tests, such as those of `deno test --doc`.
 *
 * @param path the page's path in this repository
 * @param env what the reader's terminals know besides
 */
export async function followPage(
  path: string,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  await using folder = await makeTempFolder();
  await using reader = await Reader.begin(folder.path, env);
  const blocks = await readBlocks(path);
  for (const [index, block] of blocks.entries()) {
    const behind = blocks[index + 1];
    const shown = behind && ["text", "json"].includes(behind.language) ? behind : undefined;
    await reader.follow(block, fileOf(shown) ? undefined : shown);
  }
}

/** Somebody with an editor, a terminal, and further terminals. */
class Reader implements AsyncDisposable {
  readonly #home: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #words = new Map<string, string>();
  #folder: string;
  readonly #staying: RunningProcess[] = [];
  #seen = 0;

  private constructor(home: string, own: Readonly<Record<string, string>>) {
    this.#home = this.#folder = `${home}/work`;
    const env = platformEnv();
    const deno = Deno.execPath().replace(/\/[^/]+$/, "");
    this.#env = { ...env, PATH: `${deno}:${pathOf("scripts")}:${env.PATH}`, ...own };
  }

  /**
   * @param home an empty folder
   * @param env variables of the reader's own
   */
  static async begin(home: string, env: Readonly<Record<string, string>>): Promise<Reader> {
    await Deno.mkdir(`${home}/work`);
    return new Reader(home, env);
  }

  /**
   * Does what a block asks for.
   *
   * @param block the block
   * @param shown what comes of it
   */
  async follow(block: Block, shown: Block | undefined): Promise<void> {
    const name = fileOf(block);
    if (name !== undefined) await this.#save(name, block);
    else if (block.language !== "sh") return;
    else if (block.words.includes("stays")) this.#stay(block);
    else return await this.#type(block, shown);
    const newest = this.#staying.at(-1);
    if (shown && newest) await this.#watch(newest, shown);
  }

  async #save(name: string, { words, text, place }: Block): Promise<void> {
    const path = `${this.#folder}/${name}`;
    this.#seen = this.#staying.at(-1)?.lines.length ?? 0;
    if (words.includes("same")) assert.equal(await Deno.readTextFile(path), text, place);
    else await Deno.writeTextFile(path, text);
  }

  #stay({ text }: Block): void {
    const args = ["-euc", `exec ${text.trim()}`];
    const options = { name: text.trim(), command: "sh", args, env: this.#env };
    this.#staying.push(new RunningProcess({ ...options, cwd: this.#folder }));
    this.#seen = 0;
  }

  /** Waits for the lines of a block, in whatever order the two outputs are read. */
  async #watch(staying: RunningProcess, { text, place }: Block): Promise<void> {
    for (const shown of text.split("\n").filter((line) => line.trim() !== "")) {
      const isThere = () =>
        staying.lines.slice(this.#seen).some((line) => compareShown(shown, line.text));
      await staying.waitForLine(isThere, PATIENCE_MS).catch((error) => {
        throw new Error(`${place}: ${shown}\n${error.message}`);
      });
    }
  }

  async #type({ text, words, place }: Block, shown: Block | undefined): Promise<void> {
    const typed = text.replace(/<([a-z]+)>/g, (_, name) => this.#words.get(name) ?? `<${name}>`);
    const where = `${this.#home}/folder`;
    const { success, stdout } = await new Deno.Command("sh", {
      args: ["-euc", `exec 2>&1\n${typed}\npwd > ${where}`],
      env: this.#env,
      clearEnv: true,
      cwd: this.#folder,
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).output();
    const printed = new TextDecoder().decode(stdout);
    assert.equal(success, !words.includes("fails"), `${place}:\n${printed}`);
    if (success) this.#folder = (await Deno.readTextFile(where)).trim();
    if (!shown) return;
    const found = compareShown(shown.text, printed);
    assert.ok(found, `${shown.place} shows\n${shown.text}\nwhere there was\n${printed}`);
    for (const [name, word] of found) this.#words.set(name, word);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const staying of this.#staying) staying.signal("SIGINT");
    await Promise.all(this.#staying.map((staying) => staying.ended()));
  }
}

/** The file that a block is saved as, if it is one. */
function fileOf(block: Block | undefined): string | undefined {
  return block?.words.find((word) => word.includes("."));
}

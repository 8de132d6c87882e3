import { pathOf } from "../kit/mod.ts";

/** A block of code on a page of the documentation. */
export interface Block {
  /** Its language: the first word behind the fence. */
  readonly language: string;
  /** The further words behind the fence, which say what it is here for. */
  readonly words: readonly string[];
  /** What stands between the fences. */
  readonly text: string;
  /** Where: the path and the line, for failures. */
  readonly place: string;
}

/**
 * Reads the blocks of code on a page, in order.
 *
 * @param path the page's path in this repository
 */
export async function readBlocks(path: string): Promise<Block[]> {
  return blocksIn(await Deno.readTextFile(pathOf(path)), path);
}

/**
 * The blocks of code in a Markdown text, in order.
 *
 * @param markdown the text
 * @param path what it is called in failures
 */
export function blocksIn(markdown: string, path: string): Block[] {
  return Array.from(
    markdown.matchAll(/^```([a-z]+)?([^\n]*)\n(.*?)^```$/gms),
    ({ index, 1: language = "", 2: words = "", 3: text = "" }) => ({
      language,
      words: words.split(" ").filter((word) => word !== ""),
      text,
      place: `${path}:${markdown.slice(0, index).split("\n").length}`,
    }),
  );
}

/**
 * Holds a text against what a page shows: `…` on the page stands for anything, and `<name>` for one
 * word, which is found out.
 *
 * @param shown what the page shows
 * @param actual the text
 * @returns the words by their names, or `undefined` where the text is another one
 */
export function compareShown(shown: string, actual: string): Map<string, string> | undefined {
  const names: string[] = [];
  const pattern = shown.trim().split(/(…|<[a-z]+>)/).map((part) => {
    if (part === "…") return "[^]*?";
    const [, name] = /^<([a-z]+)>$/.exec(part) ?? [];
    if (name === undefined) return RegExp.escape(part);
    names.push(name);
    return "(\\S+?)";
  }).join("");
  const found = new RegExp(`^${pattern}$`).exec(actual.trim());
  return found ? new Map(names.map((name, index) => [name, found[index + 1] ?? ""])) : undefined;
}

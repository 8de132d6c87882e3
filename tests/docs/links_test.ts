/**
 * Links within the documentation lead somewhere: to a file that there is, and to a heading in it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { listFiles } from "../../tools/list_files.ts";

const root = new URL("../../", import.meta.url);

/** A link on a page: where it stands, and where it leads. */
interface Link {
  readonly page: string;
  readonly to: string;
}

async function readPages(): Promise<Map<string, string>> {
  const paths = (await listFiles(root)).filter((path) => path.endsWith(".md"));
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(new URL(path, root))));
  return new Map(paths.map((path, index) => [path, texts[index] ?? ""]));
}

function linksOn(page: string, text: string): Link[] {
  const prose = text.replace(/^```.*?^```$/gms, "").replace(/`[^`\n]*`/g, "");
  return Array.from(
    prose.matchAll(/\]\(([^)\s]+)\)/g),
    ([, to = ""]) => ({ page, to }),
  ).filter(({ to }) => !/^[a-z]+:/.test(to));
}

/** The names under which headings can be linked to, as GitHub makes them. */
function anchorsIn(text: string): string[] {
  const prose = text.replace(/^```.*?^```$/gms, "");
  return Array.from(
    prose.matchAll(/^#+ (.*)$/gm),
    ([, heading = ""]) =>
      heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-"),
  );
}

async function isThere(url: URL): Promise<boolean> {
  try {
    await Deno.stat(url);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test("[T2] every link between the pages leads to a file, and to a heading that it has", async () => {
  const pages = await readPages();
  const links = [...pages].flatMap(([page, text]) => linksOn(page, text));
  assert.ok(links.length > 50);
  const dead: string[] = [];
  for (const { page, to } of links) {
    const url = new URL(to, new URL(page, root));
    const anchor = decodeURIComponent(url.hash.slice(1));
    const target = pages.get(decodeURIComponent(url.pathname.slice(root.pathname.length)));
    url.hash = "";
    const isDead = !(await isThere(url)) ||
      (anchor !== "" && target !== undefined && !anchorsIn(target).includes(anchor));
    if (isDead) dead.push(`${page}: ${to}`);
  }
  assert.deepEqual(dead, []);
});

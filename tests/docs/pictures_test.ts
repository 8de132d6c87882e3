/**
 * Pictures of the documentation are there, have words for those who do not see them, and are drawn
 * for light and dark.
 *
 * @module
 */
import assert from "node:assert/strict";
import { listFiles } from "../../tools/list_files.ts";

const root = new URL("../../", import.meta.url);

async function readAll(end: string): Promise<Map<string, string>> {
  const paths = (await listFiles(root)).filter((path) => path.endsWith(end));
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(new URL(path, root))));
  return new Map(paths.map((path, index) => [path, texts[index] ?? ""]));
}

/** What HTML on a page shows or leads to. */
function sourcesOn(text: string): string[] {
  const prose = text.replace(/^```.*?^```$/gms, "").replace(/`[^`\n]*`/g, "");
  return Array.from(prose.matchAll(/\b(?:src|srcset|href)="([^"]+)"/g), ([, to = ""]) => to)
    .filter((to) => !/^[a-z]+:/.test(to));
}

Deno.test("[T2] what pages show is there, and is described", async () => {
  let shown = 0;
  for (const [page, text] of await readAll(".md")) {
    for (const source of sourcesOn(text)) {
      const { isFile } = await Deno.stat(new URL(source, new URL(page, root)));
      assert(isFile, `${page} shows ${source}`);
      shown++;
    }
    for (const [tag] of text.matchAll(/<img\b[^>]*>/g)) assert.match(tag, /alt="[^"]+"/, page);
    assert.doesNotMatch(text, /!\[\s*\]\(/, `${page} has a picture without words`);
  }
  assert(shown > 0, "pages show pictures");
});

Deno.test("[T2] drawings are described, and drawn for light and dark", async () => {
  const drawings = [...await readAll(".svg")].filter(([path]) => path.startsWith("docs/"));
  assert(drawings.length > 0);
  for (const [path, text] of drawings) {
    assert.match(text, /^<svg [^>]*\brole="img"/, path);
    assert.match(text, /<title( id="title")?>[^<]+<\/title>/, path);
    assert.match(text, /@media \(prefers-color-scheme: dark\)/, path);
    assert.doesNotMatch(
      text,
      /https?:\/\/(?!www\.w3\.org\/2000\/svg)/,
      `${path} needs nothing else`,
    );
  }
});

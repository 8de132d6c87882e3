/**
 * docs/troubleshooting.md quotes what the programs say: each quotation is a text of theirs.
 *
 * @module
 */
import assert from "node:assert/strict";
import { pathOf } from "../kit/mod.ts";
import { readBlocks } from "./page.ts";

/** The folders whose code speaks to people. */
const PROGRAMS = [
  "protocol",
  "program",
  "transport",
  "runtime",
  "sidecar",
  "gateway",
  "actors",
  "mesh",
];

/** The code of the programs, file by file, with texts that were broken into lines made whole. */
async function readSources(folders: readonly string[]): Promise<string[]> {
  const sources: string[] = [];
  for (const folder of folders) {
    for await (const { name, isDirectory } of Deno.readDir(pathOf(folder))) {
      const path = `${folder}/${name}`;
      if (isDirectory) sources.push(...await readSources([path]));
      else if (/\.tsx?$/.test(name) && !/_test\.ts$/.test(name)) {
        const code = await Deno.readTextFile(pathOf(path));
        const withoutComments = code.replace(/^\s*(\*|\/\/|\/\*).*$/gm, "");
        sources.push(withoutComments.replace(/["`]\s*\+\s*["`]/g, ""));
      }
    }
  }
  return sources;
}

Deno.test("[T2] every quotation in docs/troubleshooting.md is a text of a program", async (t) => {
  const sources = await readSources(PROGRAMS);
  const blocks = await readBlocks("docs/troubleshooting.md");
  const said = blocks.filter(({ words }) => words.includes("said"));
  assert.ok(said.length > 15);
  for (const { text, place } of said) {
    for (const line of text.trim().split("\n")) {
      await t.step(`${place}: ${line}`, () => {
        const parts = line.split("…").map((part) => part.replace(/^[;,\s]+|\s+$/g, "")).filter(
          Boolean,
        );
        assert.ok(parts.join("").length >= 10, "enough to be found by");
        assert.ok(sources.some((source) => parts.every((part) => source.includes(part))));
      });
    }
  }
});

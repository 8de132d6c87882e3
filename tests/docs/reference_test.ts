/**
 * What the documentation names is there: keys of a mesh's file, settings, metrics.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseMeshFile } from "../../mesh/mod.ts";
import { listFiles } from "../../tools/list_files.ts";
import { pathOf } from "../kit/mod.ts";
import { readBlocks } from "./page.ts";

const PAGE = "docs/reference/mesh.md";

Deno.test("[M5] the example of docs/reference/mesh.md is a mesh's file", async () => {
  const blocks = await readBlocks(PAGE);
  const [example] = blocks.filter(({ words }) => words.includes("mesh"));
  const parsed = parseMeshFile(example?.text ?? "");
  assert.deepEqual(parsed.ok ? [] : parsed.problems, []);
});

Deno.test("[M5] every example's file of a mesh is one, and has a demo", async () => {
  const paths = await listFiles(new URL("../../", import.meta.url));
  const files = paths.filter((path) => /^examples\/[a-z]+\/mesh\.yaml$/.test(path));
  assert.ok(files.length >= 5, files.join(", "));
  for (const file of files) {
    const parsed = parseMeshFile(await Deno.readTextFile(pathOf(file)));
    assert.deepEqual(parsed.ok ? [] : parsed.problems, [], file);
    assert.ok(parsed.ok && parsed.mesh.demo, file);
  }
});

Deno.test("[T2] docs/reference/mesh.md has every key that the parser knows", async () => {
  const page = await Deno.readTextFile(pathOf(PAGE));
  const bad = parseMeshFile("zzzzzz: 1\nactors: [{ zzzzzz: 1, permissions: { zzzzzz: 1 } }]\n");
  assert.ok(!bad.ok);
  const lists = bad.problems.filter(({ message }) => message.includes("allowed:"));
  assert.ok(lists.length >= 3, JSON.stringify(bad.problems));
  for (const { message } of lists) {
    const [, keys = ""] = /allowed: (.*)$/.exec(message) ?? [];
    for (const key of keys.split(", ")) {
      assert.ok(page.includes(`\`${key}\``), `${key}: ${message}`);
    }
  }
});

/** Names on the pages of the documentation that a pattern finds, with their pages. */
async function namesOnPages(pattern: RegExp): Promise<[page: string, name: string][]> {
  const paths = await listFiles(new URL("../../", import.meta.url));
  const pages = paths.filter((path) => /^docs\/[a-z/]+\.md$|^README\.md$/.test(path));
  const found = await Promise.all(pages.map(async (page): Promise<[string, string][]> => {
    const text = await Deno.readTextFile(pathOf(page));
    return Array.from(text.matchAll(pattern), ([name]) => [page, name]);
  }));
  return found.flat();
}

Deno.test("[T2] settings that the documentation names are known to a program", async () => {
  const known: string[] = JSON.parse(await Deno.readTextFile(pathOf("program/known_names.json")));
  const names = await namesOnPages(/\bASYA_[A-Z0-9_]*[A-Z0-9]\b(?!_|…|\*)/g);
  assert.ok(names.length > 100);
  assert.deepEqual(names.filter(([, name]) => !known.includes(name)), []);
});

Deno.test("[T2] metrics that the documentation names are those of a program", async () => {
  const reference = await Deno.readTextFile(pathOf("docs/reference/metrics.md"));
  const names = await namesOnPages(/\basya_(gateway|actor)_[a-z_]+[a-z]\b/g);
  assert.ok(names.length > 50);
  const declared = await namesOnPages(/\b[a-z_]+(?=: \{ type: (?:counter|gauge|histogram)\b)/g);
  const own = new Set(declared.map(([page, name]) => `${page} asya_actor_${name}`));
  const unknown = names.filter(([page, name]) =>
    !own.has(`${page} ${name}`) &&
    !reference.includes(`\`${name}\``) &&
    !reference.includes(`\`${name.replace(/_(bucket|sum|count)$/, "")}\``)
  );
  assert.deepEqual(unknown, []);
});

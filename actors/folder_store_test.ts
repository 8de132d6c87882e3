import assert from "node:assert/strict";
import { createFolderStore } from "./folder_store.ts";

const encode = (text: string) => new TextEncoder().encode(text);

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Every file below a folder, by its path within it. */
async function filesOf(folder: string, below = ""): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const entry of Deno.readDir(`${folder}/${below}`)) {
    const path = `${below}${entry.name}`;
    if (entry.isDirectory) Object.assign(files, await filesOf(folder, `${path}/`));
    else files[path] = await Deno.readTextFile(`${folder}/${path}`);
  }
  return files;
}

Deno.test("[D10] an object is kept under its key, and its URI leads there", () =>
  withFolder(async (folder) => {
    const store = createFolderStore(folder);
    const stored = await store.put("results/2026-01-02/03/a b/j1.json", encode("{}"));
    assert.equal(stored.outcome, "created");
    assert.equal(await Deno.readTextFile(new URL(stored.uri)), "{}");
    assert.deepEqual(await filesOf(folder), { "results/2026-01-02/03/a b/j1.json": "{}" });
  }));

Deno.test("[D10] equal content is left alone, other content goes beside it", () =>
  withFolder(async (folder) => {
    const store = createFolderStore(folder);
    await store.put("k/j1.json", encode("one"));
    assert.equal((await store.put("k/j1.json", encode("one"))).outcome, "unchanged");
    const beside = await store.put("k/j1.json", encode("two"));
    assert.equal(beside.outcome, "kept_beside");
    assert.deepEqual(await store.put("k/j1.json", encode("two")), beside);
    assert.deepEqual(await filesOf(folder), {
      "k/j1.json": "one",
      "k/j1~3fc4ccfe.json": "two",
    });
  }));

Deno.test("[D10] of writers at the same time, one gets the key and none overwrites", () =>
  withFolder(async (folder) => {
    const writers = Array.from({ length: 8 }, (_, index) => index);
    const outcomes = await Promise.all(
      writers.map((index) => createFolderStore(folder).put("j1.json", encode(`${index % 2}`))),
    );
    assert.equal(outcomes.filter(({ outcome }) => outcome === "created").length, 1);
    const files = await filesOf(folder);
    assert.deepEqual(Object.values(files).sort(), ["0", "1"]);
    assert.equal(Object.keys(files).length, 2, "nothing written aside is left");
  }));

Deno.test("a folder that cannot be written is an error, and leaves nothing", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    const store = createFolderStore(`${folder}/file`);
    await assert.rejects(store.put("j1.json", encode("{}")));
    assert.deepEqual(await filesOf(folder), { file: "" });
  }));

Deno.test("content of several megabytes is written whole", () =>
  withFolder(async (folder) => {
    const content = new Uint8Array(5_000_000).fill(7);
    const { uri } = await createFolderStore(folder).put("big.json", content);
    assert.deepEqual(await Deno.readFile(new URL(uri)), content);
  }));

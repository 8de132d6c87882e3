import assert from "node:assert/strict";
import { createFolderStore } from "./folder_store.ts";
import { testObjectStore } from "./testing/object_store_suite.ts";

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

testObjectStore("a folder", (test) =>
  withFolder((folder) =>
    test({
      open: () => createFolderStore(folder),
      objects: () => filesOf(folder),
      read: (uri) => Deno.readFile(new URL(uri)),
    })
  ));

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

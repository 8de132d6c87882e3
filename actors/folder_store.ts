import { fingerprint } from "@asya/protocol";
import { besideKey, type ObjectStore, type StoredObject } from "./object_store.ts";

/**
 * A store whose objects are files of one folder, the key being the path.
 *
 * An object is written aside, flushed, and then linked to its name, which fails where the name is
 * taken: so nobody ever sees half an object, and two writers cannot overwrite each other.
 *
 * @param folder absolute path; created where it does not exist
 * @example
 * ```ts
 * import { createFolderStore } from "@asya/actors";
 * import assert from "node:assert/strict";
 * const folder = await Deno.makeTempDir();
 * const store = createFolderStore(folder);
 * const content = new TextEncoder().encode("{}");
 * assert.deepEqual(await store.put("a/b.json", content), {
 *   uri: `file://${folder}/a/b.json`, outcome: "created",
 * });
 * assert.equal((await store.put("a/b.json", content)).outcome, "unchanged");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function createFolderStore(folder: string): ObjectStore {
  return {
    async put(key, content) {
      const path = `${folder}/${key}`;
      const first = await place(path, content);
      if (first !== "different") return stored(path, first);
      const beside = `${folder}/${besideKey(key, fingerprint(content))}`;
      // Its name is the hash of its content: whatever is there already is this object.
      await place(beside, content);
      return stored(beside, "kept_beside");
    },
  };
}

/** Puts content under a name that is free; says what was there where it is not. */
async function place(
  path: string,
  content: Uint8Array,
): Promise<"created" | "unchanged" | "different"> {
  const folder = path.slice(0, path.lastIndexOf("/"));
  await Deno.mkdir(folder, { recursive: true });
  const aside = `${folder}/.${crypto.randomUUID()}.tmp`;
  try {
    await writeDurably(aside, content);
    await Deno.link(aside, path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    return isEqual(await Deno.readFile(path), content) ? "unchanged" : "different";
  } finally {
    await removeIfThere(aside);
  }
  await flushFolder(folder);
  return "created";
}

async function writeDurably(path: string, content: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  for (let written = 0; written < content.length;) {
    written += await file.write(content.subarray(written));
  }
  await file.sync();
}

/** Makes a new name survive a power cut, as `sync` does for the bytes behind it. */
async function flushFolder(folder: string): Promise<void> {
  using handle = await Deno.open(folder);
  await handle.sync();
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function stored(path: string, outcome: StoredObject["outcome"]): StoredObject {
  return { uri: fileUri(path), outcome };
}

function fileUri(path: string): string {
  return `file://${path.split("/").map(encodeURIComponent).join("/")}`;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

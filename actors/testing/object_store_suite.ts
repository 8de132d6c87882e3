import assert from "node:assert/strict";
import type { ObjectStore, StoredObject } from "../object_store.ts";

/** A store to be tried, and what it holds. */
export interface TriedStore {
  /** Opens it once more, as another process would. */
  open(): ObjectStore;
  /** Every object's text, by its key. */
  objects(): Promise<Record<string, string>>;
  /** The bytes behind a URI that the store answered with. */
  read(uri: string): Promise<Uint8Array>;
}

/** Gives a test an empty store. */
export type WithStore = (test: (store: TriedStore) => Promise<void>) => Promise<void>;

const encode = (text: string) => new TextEncoder().encode(text);

/** Puts an object that no store refuses. */
async function put(store: ObjectStore, key: string, content: Uint8Array): Promise<StoredObject> {
  const stored = await store.put(key, content);
  assert.ok(stored.outcome !== "refused", "an ordinary object is taken");
  return stored;
}

/** What every store of objects must do, as steps of a test. */
export const objectStoreSuite: Readonly<Record<string, (store: TriedStore) => Promise<void>>> = {
  async "an object is kept under its key, and its URI leads there"({ open, objects, read }) {
    const stored = await put(open(), "results/2026-01-02/03/a b/j1.json", encode("{}"));
    assert.equal(stored.outcome, "created");
    assert.deepEqual(await read(stored.uri), encode("{}"));
    assert.deepEqual(await objects(), { "results/2026-01-02/03/a b/j1.json": "{}" });
  },

  async "equal content is left alone, other content goes beside it"({ open, objects }) {
    const store = open();
    await put(store, "k/j1.json", encode("one"));
    assert.equal((await put(store, "k/j1.json", encode("one"))).outcome, "unchanged");
    const beside = await put(store, "k/j1.json", encode("two"));
    assert.equal(beside.outcome, "kept_beside");
    assert.deepEqual(await put(store, "k/j1.json", encode("two")), beside);
    assert.equal((await put(open(), "k/j1.json", encode("three"))).outcome, "kept_beside");
    assert.deepEqual(await objects(), {
      "k/j1.json": "one",
      "k/j1~3fc4ccfe.json": "two",
      "k/j1~8b5b9db0.json": "three",
    });
  },

  async "content of several megabytes is kept whole, and known again"({ open, read }) {
    const content = new Uint8Array(11_000_000).map((_, index) => index % 251);
    const stored = await put(open(), "big.json", content);
    assert.equal(stored.outcome, "created");
    assert.deepEqual(await read(stored.uri), content);
    assert.deepEqual(await put(open(), "big.json", content), { ...stored, outcome: "unchanged" });
  },

  async "many objects are put at once"({ open, objects }) {
    const store = open();
    const keys = Array.from({ length: 50 }, (_, index) => `many/j${index}.json`);
    await Promise.all(keys.map((key) => put(store, key, encode(key))));
    assert.deepEqual(await objects(), Object.fromEntries(keys.map((key) => [key, key])));
  },
};

/**
 * Registers a test for every part of the suite.
 *
 * @param name of the store
 * @param withStore gives each an empty one
 */
export function testObjectStore(name: string, withStore: WithStore): void {
  for (const [what, test] of Object.entries(objectStoreSuite)) {
    Deno.test(`[D10] ${name}: ${what}`, () => withStore(test));
  }
}

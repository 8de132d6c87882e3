/** What became of one object that was put into a store. */
export interface StoredObject {
  /** Where it is: a URI that a person or a program can follow. */
  readonly uri: string;
  /**
   * - `created`: the key was free;
   * - `unchanged`: the key held equal content;
   * - `kept_beside`: the key held other content, which stays; this one went beside it.
   */
  readonly outcome: "created" | "unchanged" | "kept_beside";
}

/** An object that a store will never take, whatever becomes of the store. */
export interface RefusedObject {
  /** Tells it apart from {@linkcode StoredObject}. */
  readonly outcome: "refused";
  /** A sentence: what the store said. */
  readonly reason: string;
}

/**
 * Where outcomes are kept. Nothing that is there is ever changed, and what `put` has answered for
 * is durable.
 */
export interface ObjectStore {
  /**
   * Keeps an object, whole or not at all, however often and from however many processes.
   *
   * @param key slash-separated path, such as `asya-results/2026-03-04/05/classify/j1.json`
   * @param content the object's bytes
   * @throws Error when the store may take it later: it is away, full, or closed to us
   */
  put(key: string, content: Uint8Array): Promise<StoredObject | RefusedObject>;
}

/**
 * The key for content whose own key holds something else.
 *
 * @param key the key that is taken
 * @param hash of the content
 * @example
 * ```ts
 * import { besideKey } from "./object_store.ts";
 * import assert from "node:assert/strict";
 * assert.equal(besideKey("asya-results/j1.json", "3fc4ccfe"), "asya-results/j1~3fc4ccfe.json");
 * ```
 */
export function besideKey(key: string, hash: string): string {
  return key.replace(/(\.json)?$/, `~${hash}$1`);
}

/** Where a cluster's gateway and joins keep what they remember. */
export interface ExportedDatabase {
  /** Without who comes there. */
  readonly url: string;
  /** Whether it is the mesh's own, and not the one that a cluster is expected to have. */
  readonly isOwn: boolean;
}

/** PostgreSQL's Service, where the mesh's own store is no use to a cluster. */
const SERVICE_URL = "postgres://postgresql:5432/asya";

/**
 * The database of a mesh in a cluster.
 *
 * @param storeUrl the mesh's store, as its file has it
 * @example
 * ```ts
 * import { databaseOf } from "./database.ts";
 * import assert from "node:assert/strict";
 * assert.equal(databaseOf("postgres://me:secret@db/jobs").url, "postgres://db/jobs");
 * assert.equal(databaseOf("sqlite:.asya/jobs.db").isOwn, false);
 * ```
 */
export function databaseOf(storeUrl: string): ExportedDatabase {
  const url = /^postgres(ql)?:/i.test(storeUrl) ? new URL(storeUrl) : undefined;
  if (url === undefined || ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname)) {
    return { url: SERVICE_URL, isOwn: false };
  }
  return { url: `postgres://${url.host}${url.pathname}`, isOwn: true };
}

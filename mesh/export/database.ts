import type { SecretKey } from "./exported.ts";
import { isThisMachine } from "./is_this_machine.ts";

/** Where a cluster's gateway and joins keep what they remember. */
export interface ExportedDatabase {
  /** Whether it is the mesh's own PostgreSQL, and not the one that the gateway's chart brings. */
  readonly isOwn: boolean;
  /** Without who comes there. */
  readonly url: string;
  /** What has the whole URL. */
  readonly secret: SecretKey;
}

/** What the chart makes where it is installed under its own name. */
const BUNDLED: ExportedDatabase = {
  isOwn: false,
  url: "postgres://asya-gateway-postgresql:5432/asya",
  secret: { name: "asya-gateway-postgresql", key: "url" },
};

/** The Secret for a PostgreSQL that is there already. */
const OWN_SECRET: SecretKey = { name: "asya-database", key: "url" };

/**
 * The database of a mesh in a cluster.
 *
 * @param storeUrl the mesh's store, as its file has it
 * @example
 * ```ts
 * import { databaseOf } from "./database.ts";
 * import assert from "node:assert/strict";
 * assert.equal(databaseOf("postgres://me:secret@db/jobs").url, "postgres://db:5432/jobs");
 * assert.equal(databaseOf("sqlite:.asya/jobs.db").isOwn, false);
 * ```
 */
export function databaseOf(storeUrl: string): ExportedDatabase {
  const own = /^postgres(ql)?:/i.test(storeUrl) ? new URL(storeUrl) : undefined;
  if (own === undefined || isThisMachine(own.hostname)) return BUNDLED;
  const url = `postgres://${own.hostname}:${own.port || 5432}${own.pathname}`;
  return { isOwn: true, url, secret: OWN_SECRET };
}

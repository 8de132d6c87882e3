/**
 * Reaching PostgreSQL: its address as libpq writes it, one connection, a few that are opened again
 * when they are lost, and what kind of trouble an error is, and how a program's tables come to its
 * version. No table of a program may enter here, nor a statement about one.
 *
 * @example A URL is read with the modes of TLS that it asks for, and shown without its password
 * ```ts
 * import assert from "node:assert/strict";
 * import { describeDatabase, requireAddress } from "@asya/program/postgres";
 *
 * const address = requireAddress("postgres://me:secret@db/jobs?sslmode=require", "my-program");
 * assert.equal(address.sslMode, "require");
 * assert.equal(describeDatabase(address), "postgres://me@db:5432/jobs");
 * ```
 *
 * @module
 */

export * from "./address.ts";
export * from "./apply_migrations.ts";
export * from "./connection.ts";
export * from "./pool.ts";
export * from "./postgres_error.ts";

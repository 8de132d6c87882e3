import { isPostgresUrl } from "@asya/program/postgres";
import { createMemoryStore } from "./memory.ts";
import type { Store } from "./store.ts";
import type { StoreEvent } from "./store_event.ts";

/** Which store to open. */
export interface StoreConfig {
  /** `postgres://…`, `sqlite:PATH` or `memory:`; without it, memory. */
  readonly databaseUrl: string | undefined;
  readonly databaseCaFile: string | undefined;
  readonly databasePoolSize: number;
  readonly memoryMaxJobs: number;
  readonly memoryMaxBytes: number;
}

/**
 * Opens the store that the settings ask for.
 *
 * @param config the settings' values
 * @param onEvent is told what happens between a store and its server
 * @throws Error when it cannot be opened
 */
export async function openStore(
  config: StoreConfig,
  onEvent: (event: StoreEvent) => void,
): Promise<Store> {
  const { databaseUrl, databaseCaFile: caFile, databasePoolSize: poolSize } = config;
  if (isPostgresUrl(databaseUrl)) {
    const { openPostgresStore } = await import("./postgres.ts");
    return await openPostgresStore({ url: databaseUrl, caFile, poolSize, onEvent });
  }
  const path = sqlitePathOf(databaseUrl);
  if (path === undefined) {
    const { memoryMaxJobs: maxJobs, memoryMaxBytes: maxBytes } = config;
    return createMemoryStore({ maxJobs, maxBytes });
  }
  const { openSqliteStore } = await import("./sqlite.ts");
  return await openSqliteStore(path);
}

/**
 * The file of a `sqlite:` URL; relative ones start from the working folder.
 *
 * @param url the URL, if there is one
 * @returns `undefined` for any other URL
 */
export function sqlitePathOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : /^sqlite:(?:\/\/(?=\/))?(.+)$/i.exec(url)?.[1];
}

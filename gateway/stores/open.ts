import { createMemoryStore } from "./memory.ts";
import type { Store } from "./store.ts";

/** Which store to open. */
export interface StoreConfig {
  /** `sqlite:PATH` or `memory:`; without it, memory. */
  readonly databaseUrl: string | undefined;
  readonly memoryMaxJobs: number;
}

/**
 * Opens the store that the settings ask for.
 *
 * @param config the settings' values
 * @throws Error when it cannot be opened
 */
export async function openStore(config: StoreConfig): Promise<Store> {
  const path = sqlitePathOf(config.databaseUrl);
  if (path === undefined) return createMemoryStore({ maxJobs: config.memoryMaxJobs });
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

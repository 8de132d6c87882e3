import type { ActorConfig } from "./config.ts";
import type { JoinState } from "./join_state.ts";
import { createJoinState, type JoinMemory, type JoinTable } from "./join_table.ts";

/** Which state of a join to open. */
export type JoinStateConfig = Pick<
  ActorConfig,
  "databaseUrl" | "databaseCaFile" | "joinStatePath" | "joinKeepMs"
>;

/**
 * Opens what a join remembers, where its settings say. A database on a server is not asked yet.
 *
 * @param config the settings
 * @param now the clock, in milliseconds since the epoch
 * @throws Error when the settings name no place, or one that cannot be
 */
export async function openJoinState(
  config: JoinStateConfig,
  now: JoinMemory["now"],
): Promise<JoinState> {
  return createJoinState(await openTable(config), { keepMs: config.joinKeepMs, now });
}

/** Each kind is loaded when it is used: most joins need one. */
async function openTable(config: JoinStateConfig): Promise<JoinTable> {
  const { databaseUrl = "", databaseCaFile } = config;
  if (/^postgres(ql)?:/i.test(databaseUrl)) {
    const { openPostgresJoins } = await import("./join_postgres.ts");
    return openPostgresJoins(databaseUrl, databaseCaFile);
  }
  const path = config.joinStatePath ?? /^sqlite:(?:\/\/(?=\/))?(.+)$/i.exec(databaseUrl)?.[1];
  if (path === undefined) {
    throw new TypeError(
      "ASYA_DATABASE_URL is not set; a join needs sqlite:PATH or postgres://USER@HOST/DATABASE",
    );
  }
  const { openSqliteJoins } = await import("./join_sqlite.ts");
  return openSqliteJoins(path);
}

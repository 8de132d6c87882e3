import {
  type Connection,
  describeError,
  isPostgresUrl,
  type Migration,
  openConnection,
  requireAddress,
} from "@asya/program/postgres";
import type { Config } from "./config.ts";
import { migrate, readStatus, scriptOf } from "./stores/postgres/migrate.ts";

/** Exit codes beside 0: it failed, and how it was called. */
const EXIT = { failed: 1, wrongInput: 2 } as const;

/**
 * Brings the database to this program's version, or says what that would take:
 *
 *     gateway migrate             applies what is missing
 *     gateway migrate --dry-run   prints what is missing as a script of SQL, and changes nothing
 *     gateway migrate --status    prints what was applied and when, and what is missing
 *
 * @param args what stands behind `migrate`
 * @param config the settings' values
 * @returns the exit code
 */
export async function migrateCommand(
  args: readonly string[],
  config: Pick<Config, "databaseUrl" | "databaseCaFile">,
): Promise<number> {
  const { databaseUrl, databaseCaFile: caFile } = config;
  const run = Object.hasOwn(MODES, args.join(" ")) ? MODES[args.join(" ")] : undefined;
  if (!run) {
    console.error(`migrate got ${args.join(" ")}; allowed: --dry-run, --status, or nothing`);
    return EXIT.wrongInput;
  }
  if (!isPostgresUrl(databaseUrl)) {
    console.error("ASYA_DATABASE_URL is no database with migrations; allowed: postgres://…");
    return EXIT.wrongInput;
  }
  let connection: Connection | undefined;
  try {
    connection = await openConnection({
      address: requireAddress(databaseUrl, "asya-gateway"),
      caFile,
    });
    for (const line of await run(connection)) console.log(line);
    return 0;
  } catch (error) {
    console.error(`migrate failed: ${describeError(error)}`);
    return EXIT.failed;
  } finally {
    await connection?.close();
  }
}

/** What is done, by what stands behind `migrate`: lines for people. */
const MODES: Readonly<Record<string, (connection: Connection) => Promise<string[]>>> = {
  async ""({ sql }) {
    const applied = await migrate(sql);
    return applied.length > 0
      ? applied.map((migration) => `applied ${nameOf(migration)}`)
      : ["the database is up to date"];
  },
  async "--dry-run"({ sql }) {
    const { pending } = await readStatus(sql);
    if (pending.length === 0) return ["-- the database is up to date"];
    return [scriptOf(pending)];
  },
  async "--status"({ sql }) {
    const { applied, pending } = await readStatus(sql);
    return [
      ...applied.map((one) => `${nameOf(one)}  applied ${one.at.toISOString()}`),
      ...pending.map((one) => `${nameOf(one)}  pending`),
    ];
  },
};

function nameOf({ version, name }: Pick<Migration, "version" | "name">): string {
  return `${String(version).padStart(4, "0")} ${name}`;
}

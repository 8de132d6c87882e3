import {
  findPostgres,
  freePort,
  openSql,
  pathOf,
  platformEnv,
  RunningProcess,
} from "../../tests/kit/mod.ts";
import { restCall } from "./call.ts";
import { type Load, runWrk } from "./run_wrk.ts";

/** How a floor is measured. */
export interface FloorOptions {
  readonly wrk: string;
  readonly connections: number;
  readonly seconds: number;
}

/**
 * How many calls a bare server answers that does nothing about them.
 *
 * @param kind `deno` is `Deno.serve` alone, `hono` has Hono in between
 * @param options how it is measured
 */
export async function measureBareServer(
  kind: "deno" | "hono",
  options: FloorOptions,
): Promise<Load> {
  const port = freePort();
  await using server = new RunningProcess({
    name: `bare ${kind}`,
    command: Deno.execPath(),
    args: [
      ...["run", "--quiet", "--no-prompt", `--allow-net=127.0.0.1:${port}`],
      ...[pathOf("bench/gateway/floor_server.ts"), kind, String(port)],
    ],
    env: platformEnv(),
  });
  await server.waitForLine(({ text }) => text === "ready");
  return await runWrk({ ...options, url: `http://127.0.0.1:${port}`, call: restCall });
}

/** Statements that are under way at a time, as the gateway has them. */
const LANES = 2;

/**
 * How many rows of 1 KiB PostgreSQL takes in a second, so many with each commit.
 *
 * @param options as many rows in two commits as there would be connections
 * @returns `undefined` where there is no PostgreSQL that can be started
 */
export async function measureBareInserts(
  options: Omit<FloorOptions, "wrk">,
): Promise<number | undefined> {
  const postgres = await findPostgres();
  if (postgres.hasNoServer) return undefined;
  await using server = await postgres.createServer({
    config: ["fsync = on", "synchronous_commit = on", "max_wal_size = 4GB"],
  });
  await server.start();
  const sql = openSql(`${server.url}/postgres`);
  await sql`CREATE TABLE calls (id bigserial PRIMARY KEY, body text NOT NULL)`;
  const rows = Math.ceil(options.connections / LANES);
  const bodies = Array.from({ length: rows }, () => restCall.body);
  const beginMs = performance.now();
  const endMs = beginMs + options.seconds * 1_000;
  let inserted = 0;
  const insert = async () => {
    while (performance.now() < endMs) {
      await sql`INSERT INTO calls (body) SELECT unnest(${bodies}::text[])`;
      inserted += rows;
    }
  };
  await Promise.all(Array.from({ length: LANES }, insert));
  const rate = inserted * 1_000 / (performance.now() - beginMs);
  await sql.end();
  return rate;
}

import { announceMissing } from "./announce_missing.ts";
import { thisMachine } from "./machine.ts";
import { askOnce } from "./postgres/admin.ts";
import { ComposePostgres } from "./postgres/compose_server.ts";
import { InstalledPostgres } from "./postgres/installed_server.ts";
import { postgresKind } from "./postgres/server_kind.ts";
import type { TestPostgresOptions, TestPostgresServer } from "./postgres/test_server.ts";
import { findOwnServer, findServer, type OwnSource, type ServerSource } from "./server_source.ts";
import { startOnce } from "./start_once.ts";

export { askOnce, openSql, type Sql } from "./postgres/admin.ts";
export {
  OWNER as POSTGRES_OWNER,
  type ServerCertificate,
  type TestPostgresOptions,
  type TestPostgresServer,
} from "./postgres/test_server.ts";

/** A database of the shared server for one test; disposing removes it with everything in it. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  /** Where it is, as programs are told. */
  readonly url: string;
}

/** The PostgreSQL that tests of this run have, if any. */
export interface PostgresForTests {
  /** Whether there is none: then the tests that need one are skipped. */
  readonly isMissing: boolean;
  /** Whether there is none that a test may stop and kill. */
  readonly hasNoServer: boolean;
  /** Makes a database on the server that all tests of this run share; it starts with the first. */
  createDatabase(): Promise<TestDatabase>;
  /** Makes a server that nobody else uses, not started. */
  createServer(options?: Omit<TestPostgresOptions, "folder">): Promise<TestPostgresServer>;
}

/**
 * Looks for a PostgreSQL for tests: `ASYA_TEST_POSTGRES_URL` (whose user may make databases), an
 * installed one, a container engine, or Debian's package, which root may install. Call it once, at
 * the top of a test file.
 *
 * @throws Error when there is none and `CI` is set; a person's machine gets a warning instead
 */
export async function findPostgres(): Promise<PostgresForTests> {
  const source = await findServer(postgresKind, thisMachine);
  if (source.kind === "missing") announceMissing(postgresKind, source.advice);
  const own = source.kind === "given"
    ? await findOwnServer(postgresKind, thisMachine)
    : source.kind === "missing"
    ? undefined
    : source;
  return {
    isMissing: source.kind === "missing",
    hasNoServer: own === undefined,
    createDatabase: async () => await createDatabase(await findShared(source, own)),
    createServer: async (options = {}) =>
      createServer(own, { ...options, folder: await Deno.makeTempDir({ prefix: "asya-pg-" }) }),
  };
}

function createServer(
  source: OwnSource<string> | undefined,
  options: TestPostgresOptions,
): TestPostgresServer {
  if (source?.kind === "installed") {
    return new InstalledPostgres({ ...options, programs: source.found });
  }
  if (source?.kind === "compose") return new ComposePostgres(options);
  throw new Error("there is no PostgreSQL of our own here");
}

/** The URL of the server of this run, which ends with the process that runs the tests. */
async function findShared(
  source: ServerSource<string>,
  own: OwnSource<string> | undefined,
): Promise<string> {
  if (source.kind === "given") return source.url;
  return await startOnce("postgres", async (folder) => {
    const server = createServer(own, { folder });
    await server.start();
    return server.url;
  });
}

async function createDatabase(server: string): Promise<TestDatabase> {
  const name = `asya_test_${crypto.randomUUID().replaceAll("-", "")}`;
  const url = new URL(server);
  await askOnce(server, (sql) => sql`CREATE DATABASE ${sql(name)}`);
  url.pathname = `/${name}`;
  return {
    name,
    url: url.href,
    async [Symbol.asyncDispose]() {
      await askOnce(server, (sql) => sql`DROP DATABASE ${sql(name)} WITH (FORCE)`);
    },
  };
}

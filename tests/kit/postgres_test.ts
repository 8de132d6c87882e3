import assert from "node:assert/strict";
import {
  askOnce,
  findPostgres,
  isRunning,
  pathOf,
  platformEnv,
  poll,
  RunningProcess,
} from "./mod.ts";

const postgres = await findPostgres();

Deno.test({
  name: "databases of one run are apart, and go",
  ignore: postgres.isMissing,
  fn: async () => {
    await using first = await postgres.createDatabase();
    const make = (url: string) => askOnce(url, (sql) => sql`CREATE TABLE t (x int)`);
    await make(first.url);
    let url: string;
    {
      await using second = await postgres.createDatabase();
      url = second.url;
      await make(url);
    }
    await assert.rejects(make(url), { code: "3D000" });
  },
});

Deno.test({
  name: "a server that is killed has what it was given when it starts again",
  ignore: postgres.hasNoServer,
  fn: async () => {
    await using server = await postgres.createServer();
    await server.start();
    await askOnce(server.url, (sql) => sql`CREATE TABLE t AS SELECT 42 AS x`);
    for (const end of [() => server.kill(), () => server.stop()]) {
      await end();
      await assert.rejects(askOnce(server.url, (sql) => sql`SELECT 1`), { code: "ECONNREFUSED" });
      await server.start();
      const rows = await askOnce(server.url, (sql) => sql`SELECT x FROM t`);
      assert.equal(rows[0]?.x, 42);
    }
  },
});

Deno.test({
  name: "a server leaves nothing behind when the run is killed",
  ignore: postgres.hasNoServer,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "asya-" });
    // The server's own user has to get through.
    await Deno.chmod(folder, 0o755);
    await using run = new RunningProcess({
      name: "a run of tests",
      command: Deno.execPath(),
      args: [
        ...["eval", "--ext=ts"],
        `import { findPostgres } from "${pathOf("tests/kit/mod.ts")}";
         const database = await (await findPostgres()).createDatabase();
         console.log(database.url);
         setInterval(() => {}, 1e9);`,
      ],
      env: { ...platformEnv(), TMPDIR: folder },
    });
    await run.waitForLine(({ text }) => text.startsWith("postgres://"), 60_000);
    const [place = ""] = [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`);
    const pid = Number(await Deno.readTextFile(`${place}/server.pid`));
    assert(isRunning(pid));
    await run.kill();
    await poll(
      "the end of the server and its files",
      () => !isRunning(pid) && [...Deno.readDirSync(folder)].length === 0,
    );
    await Deno.remove(folder);
  },
});

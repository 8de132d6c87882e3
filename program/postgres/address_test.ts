import assert from "node:assert/strict";
import { describeDatabase, isPostgresUrl, parseDatabaseUrl, requireAddress } from "./address.ts";

const pure = { permissions: "none" } as const;

Deno.test("a database's URL is read with its defaults", pure, () => {
  assert.deepEqual(requireAddress("postgres://me@db/jobs"), {
    host: "db",
    port: 5432,
    user: "me",
    password: "",
    database: "jobs",
    sslMode: "prefer",
    applicationName: "asya",
    connectTimeoutMs: 10_000,
  });
});

Deno.test("a database's URL is read to its last part", pure, () => {
  const url = "postgresql://m%40e:p%2Fw%25@[::1]:6543/my%20jobs?sslmode=verify-ca" +
    "&application_name=gw&connect_timeout=3";
  const address = requireAddress(url);
  assert.deepEqual(address, {
    host: "::1",
    port: 6543,
    user: "m@e",
    password: "p/w%",
    database: "my jobs",
    sslMode: "verify-full",
    applicationName: "gw",
    connectTimeoutMs: 3_000,
  });
  assert.equal(describeDatabase(address), "postgres://m%40e@[::1]:6543/my%20jobs");
});

Deno.test("modes of TLS in the words of libpq", pure, () => {
  const rows = [
    ["disable", "disable"],
    ["allow", "prefer"],
    ["prefer", "prefer"],
    ["require", "require"],
    ["verify-ca", "verify-full"],
    ["verify-full", "verify-full"],
  ] as const;
  for (const [asked, got] of rows) {
    assert.equal(requireAddress(`postgres://me@db/x?sslmode=${asked}`).sslMode, got);
  }
});

Deno.test(
  "[C2] everything that is wrong with a URL is said at once, without the password",
  pure,
  () => {
    const rows: [string, RegExp[]][] = [
      ["postgres://", [/no host/, /no user/, /no database/]],
      ["postgres://:hush@db/", [/no user/, /no database/]],
      ["postgres://me:hush@a,b/x", [/several hosts/]],
      ["postgres://me:hush@db/x?sslmode=on", [/sslmode is "on"; allowed: disable, allow/]],
      ["postgres://me:hush@db/x?connect_timeout=soon", [/connect_timeout/]],
      ["postgres://me:hush@db/x?connect_timeout=0", [/connect_timeout/]],
      ["postgres://me:hush@db/x?sslrootcert=/ca.pem", [/ASYA_DATABASE_CA_FILE/]],
      ["postgres://me:hush@db/x?pool=9&pool=8", [/"pool" is not known; allowed: application_name/]],
      ["postgres://me:hush@db:99999/x", [/no URL/]],
    ];
    for (const [url, expected] of rows) {
      const parsed = parseDatabaseUrl(url);
      const problems = parsed.ok ? [] : parsed.problems;
      assert.equal(problems.length, expected.length, `${url}: ${problems.join("\n")}`);
      expected.forEach((pattern, index) => assert.match(problems[index] ?? "", pattern));
      assert.doesNotMatch(problems.join(), /hush/);
      assert.throws(() => requireAddress(url), /cannot be used: it/);
    }
  },
);

Deno.test("a URL of PostgreSQL is told from others", pure, () => {
  for (const url of ["postgres://x", "postgresql://x", "POSTGRES://x"]) assert(isPostgresUrl(url));
  for (const url of [undefined, "sqlite:x", "memory:", "postgresx://y"]) {
    assert(!isPostgresUrl(url));
  }
});

import { bakePermissions, parseSettings, permissionFlags, secretsOf } from "@asya/program";
import assert from "node:assert/strict";
import { apiTokensOf, checkConfig, permissions, settings } from "./config.ts";
import { configOf } from "./testing/test_gateway.ts";
import { warnAbout } from "./warnings.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `config: ${name}`, permissions: "none", fn });
}

test("the defaults are those of the documentation", () => {
  const config = configOf({});
  assert.equal(config.port, 8080);
  assert.equal(config.host, "127.0.0.1");
  assert.equal(config.jobTtlMs, 7 * 24 * 3_600_000);
  assert.equal(config.maxBodyBytes, 4 * 1024 * 1024);
  assert.equal(config.routeWaitMs, 30_000);
  assert.equal(config.auth, "none");
  assert.deepEqual(checkConfig(config), []);
});

test("[C1] problems that concern several settings are told at once, without any token", () => {
  const rows: [Record<string, string>, RegExp[]][] = [
    [{ ASYA_AUTH: "token" }, [/ASYA_API_TOKENS is not set/]],
    [{ ASYA_API_TOKENS: "me/jobs:eat=hush" }, [/names a scope that there is not/]],
    [
      { ASYA_AUTH: "token", ASYA_API_TOKENS: "me/x=hush,you=same", ASYA_INTERNAL_TOKEN: "same" },
      [/names a scope/, /ASYA_INTERNAL_TOKEN is also in ASYA_API_TOKENS/],
    ],
  ];
  for (const [env, expected] of rows) {
    const problems = checkConfig(configOf(env));
    assert.equal(problems.length, expected.length, problems.join("\n"));
    expected.forEach((pattern, index) => assert.match(problems[index] ?? "", pattern));
    assert.doesNotMatch(problems.join(), /hush|same/);
  }
});

test("[C1] a database's address is checked whole, without the password", () => {
  const rows: [Record<string, string>, RegExp[]][] = [
    [{ ASYA_DATABASE_URL: "postgres://me:hush@db/jobs" }, []],
    [{ ASYA_DATABASE_URL: "postgres://:hush@db" }, [/names no user/, /names no database/]],
    [{ ASYA_DATABASE_URL: "postgres://me:hush@db/jobs?sslmode=on" }, [/sslmode is "on"/]],
    [{ ASYA_DATABASE_CA_FILE: "/ca.pem" }, [/allowed: with a postgres: URL/]],
    [
      {
        ASYA_DATABASE_URL: "postgres://me:hush@db/jobs?sslmode=disable",
        ASYA_DATABASE_CA_FILE: "/ca.pem",
      },
      [/sslmode is disable/],
    ],
  ];
  for (const [env, expected] of rows) {
    const problems = checkConfig(configOf(env));
    assert.equal(problems.length, expected.length, problems.join("\n"));
    expected.forEach((pattern, index) => assert.match(problems[index] ?? "", pattern));
    assert.doesNotMatch(problems.join(), /hush/);
  }
});

test("[C2] a token that cannot be read is not shown", () => {
  const parsed = parseSettings(settings, { ASYA_API_TOKENS: "hush", ASYA_PUBLIC_URL: "x" });
  assert(!parsed.ok);
  assert.equal(parsed.problems.length, 2);
  assert.doesNotMatch(parsed.problems.join(), /hush/);
});

test("[C2] every secret is known to the log", () => {
  const config = configOf({ ASYA_API_TOKENS: "me=one,you=two", ASYA_INTERNAL_TOKEN: "three" });
  const redacted = [
    ...secretsOf(settings, config),
    ...apiTokensOf(config).map(({ token }) => token),
  ];
  for (const secret of ["one", "two", "three"]) assert(redacted.includes(secret), secret);
});

test("an operator is warned of what is open, once for each", () => {
  const kindsOf = (env: Record<string, string>) => warnAbout(configOf(env)).map(({ kind }) => kind);
  const stored = { ASYA_DATABASE_URL: "sqlite:x.db" };
  assert.deepEqual(kindsOf({}), ["jobs_in_memory"]);
  assert.deepEqual(kindsOf(stored), []);
  assert.deepEqual(kindsOf({ ...stored, ASYA_GATEWAY_HOST: "0.0.0.0" }), ["open_to_all"]);
  const token = { ...stored, ASYA_AUTH: "token", ASYA_API_TOKENS: "me=one" };
  assert.deepEqual(kindsOf({ ...token, ASYA_GATEWAY_HOST: "0.0.0.0" }), ["reports_open"]);
  assert.deepEqual(kindsOf({ ...token, ASYA_INTERNAL_TOKEN: "x" }), []);
});

test("[C8] permissions follow the settings and are no wider", () => {
  const flags = permissionFlags(bakePermissions(permissions, settings), {
    ASYA_GATEWAY_PORT: "9000",
    ASYA_DATABASE_URL: "sqlite:/data/jobs.db",
    ASYA_SQLITE_PATH: "/data/queues.db",
    ASYA_CONFIG_PATH: "/etc/asya",
  });
  assert.deepEqual(flags, [
    "--no-prompt",
    "--ignore-env",
    "--v8-flags=--max-semi-space-size=8,--heap-growing-percent=50",
    "--allow-env=ASYA_*",
    "--allow-net=127.0.0.1:9000",
    "--allow-read=/data/queues.db,/data/queues.db-bells,/data/jobs.db,/etc/asya",
    "--allow-write=/data/queues.db,/data/queues.db-bells,/data/jobs.db",
  ]);
  const onRabbitmq = permissionFlags(bakePermissions(permissions, settings), {
    ASYA_GATEWAY_PORT: "9000",
    ASYA_RABBITMQ_URL: "amqps://me:secret@mq.svc/prod",
    ASYA_RABBITMQ_CA_FILE: "/tls/ca.pem",
    ASYA_SQLITE_PATH: "/q.db",
  });
  assert.deepEqual(onRabbitmq.slice(4), [
    "--allow-net=mq.svc:5671,127.0.0.1:9000",
    "--allow-read=/q.db,/q.db-bells,/tls/ca.pem",
    "--allow-write=/q.db,/q.db-bells",
  ]);
  const onPostgres = permissionFlags(bakePermissions(permissions, settings), {
    ASYA_GATEWAY_PORT: "9000",
    ASYA_DATABASE_URL: "postgres://me:secret@db.svc/jobs?sslmode=verify-full",
    ASYA_DATABASE_CA_FILE: "/tls/ca.pem",
    ASYA_SQLITE_PATH: "/q.db",
  });
  assert.deepEqual(onPostgres.slice(4), [
    "--allow-net=127.0.0.1:9000,db.svc:5432",
    "--allow-read=/q.db,/q.db-bells,/tls/ca.pem",
    "--allow-write=/q.db,/q.db-bells",
  ]);
});

import { bakePermissions, parseSettings, permissionFlags, secretsOf } from "@asya/program";
import assert from "node:assert/strict";
import { apiTokensOf, checkConfig, jwtRulesOf, permissions, settings } from "./config.ts";
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

test("[C1] tokens of an authorization server need to know which", () => {
  const jwt = {
    ASYA_AUTH: "jwt",
    ASYA_JWT_ISSUER: "https://login.example",
    ASYA_JWT_AUDIENCE: "https://asya.example/mcp, asya",
    ASYA_JWT_JWKS_URL: "https://login.example/keys",
  };
  const config = configOf(jwt);
  assert.deepEqual(checkConfig(config), []);
  assert.deepEqual(jwtRulesOf(config), {
    issuer: "https://login.example",
    audiences: ["https://asya.example/mcp", "asya"],
    jwksUrl: "https://login.example/keys",
    clockToleranceMs: 30_000,
  });
  assert.deepEqual(checkConfig(configOf({ ASYA_AUTH: "jwt", ASYA_JWT_AUDIENCE: "," })), [
    "ASYA_JWT_ISSUER is not set; it is required where ASYA_AUTH is jwt",
    "ASYA_JWT_AUDIENCE is not set; it is required where ASYA_AUTH is jwt",
    "ASYA_JWT_JWKS_URL is not set; it is required where ASYA_AUTH is jwt",
  ]);
  const withUser = { ...jwt, ASYA_JWT_JWKS_URL: "https://ada:hush@login.example/keys" };
  assert.match(checkConfig(configOf(withUser)).join(), /^ASYA_JWT_JWKS_URL has a user in it;/);
  assert.equal(jwtRulesOf(configOf({ ...jwt, ASYA_AUTH: "none" })), undefined);
  const net = permissionFlags(bakePermissions(permissions, settings), {
    ...jwt,
    ASYA_SQLITE_PATH: "/q.db",
  }).find((flag) => flag.startsWith("--allow-net"));
  assert.equal(net, "--allow-net=127.0.0.1:8080,login.example:443");
});

test("[C1] a token belongs to one name", () => {
  const names = { ASYA_AUTH: "token", ASYA_API_TOKENS: "me=one,me=two" };
  assert.deepEqual(checkConfig(configOf(names)), []);
  const twice = configOf({ ...names, ASYA_API_TOKENS: "me=hush,you=hush" });
  assert.match(checkConfig(twice).join(), /^ASYA_API_TOKENS has the same token twice;/);
});

test("[C1] a token that is replaced is one of actors, and of nobody else", () => {
  const before = { ASYA_INTERNAL_TOKEN_BEFORE: "old" };
  assert.deepEqual(checkConfig(configOf({ ...before, ASYA_INTERNAL_TOKEN: "new" })), []);
  assert.match(checkConfig(configOf(before)).join(), /together with ASYA_INTERNAL_TOKEN/);
  const both = { ...before, ASYA_INTERNAL_TOKEN: "new", ASYA_API_TOKENS: "me=old" };
  assert.match(checkConfig(configOf(both)).join(), /^ASYA_INTERNAL_TOKEN_BEFORE is also in/);
});

test("[C1] a rate is a number of requests in a time", () => {
  for (const rate of ["0/s", "10", "10/d", "1e3/s"]) {
    const parsed = parseSettings(settings, { ASYA_RATE_LIMIT: rate });
    assert(!parsed.ok);
    assert.match(parsed.problems.join(), /allowed: .* such as 100\/s or 600\/m/);
  }
});

test("[C2] every secret is known to the log", () => {
  const config = configOf({
    ASYA_API_TOKENS: "me=one,you=two",
    ASYA_INTERNAL_TOKEN: "three",
    ASYA_INTERNAL_TOKEN_BEFORE: "four",
  });
  const redacted = [
    ...secretsOf(settings, config),
    ...apiTokensOf(config).map(({ token }) => token),
  ];
  for (const secret of ["one", "two", "three", "four"]) assert(redacted.includes(secret), secret);
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
    "--v8-flags=--heap-growing-percent=50",
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

import assert from "node:assert/strict";
import { type BakedPermissions, bakePermissions, permissionFlags } from "./permissions.ts";
import { address, text } from "./setting.ts";

const permissions = "none";
const always = ["--no-prompt", "--ignore-env"];

function flagsOf(template: Partial<BakedPermissions>, env: Record<string, string>, cwd?: string) {
  return permissionFlags({ env: [], ...template }, env, cwd).slice(always.length);
}

const cases: [string, Partial<BakedPermissions>, Record<string, string>, string[]][] = [
  ["nothing", {}, {}, []],
  ["an unset variable", { net: ["{ASYA_URL}"] }, {}, []],
  ["an empty variable", { net: ["{ASYA_URL}"] }, { ASYA_URL: " " }, []],
  ["a default", { read: ["{ASYA_PATH=/a}"] }, {}, ["--allow-read=/a"]],
  ["a value over a default", { read: ["{ASYA_PATH=/a}"] }, { ASYA_PATH: "/b" }, [
    "--allow-read=/b",
  ]],
  ["the default of an empty one", { read: ["{A=/a}"] }, { A: "" }, ["--allow-read=/a"]],
  ["a path with an ending", { write: ["{A}-wal"] }, { A: "/q.db" }, ["--allow-write=/q.db-wal"]],
  ["a socket", { net: ["unix:{A}"] }, { A: "/s" }, ["--allow-net=unix:/s"]],
  ["every interface", { net: ["{A}"] }, { A: ":80" }, ["--allow-net=0.0.0.0:80"]],
  ["an address", { net: ["{A}"] }, { A: "[::1]:80" }, ["--allow-net=[::1]:80"]],
  ["a host of IPv6", { net: ["{A}:{B}"] }, { A: "::1", B: "80" }, ["--allow-net=[::1]:80"]],
  ["another", { net: ["{A}:{B}"] }, { A: "fd00::a:1", B: "5" }, ["--allow-net=[fd00::a:1]:5"]],
  ["two variables", { net: ["{H}:{P=5672}"] }, { H: "mq" }, ["--allow-net=mq:5672"]],
  ["two variables, one unset", { net: ["{H}:{P}"] }, { P: "1" }, []],
  ["a URL", { net: ["{A}"] }, { A: "http://gw.svc:8080/x?y" }, ["--allow-net=gw.svc:8080"]],
  ["an https URL", { net: ["{A}"] }, { A: "https://gw" }, ["--allow-net=gw:443"]],
  ["an amqp URL", { net: ["{A}"] }, { A: "amqp://me:p@mq/" }, ["--allow-net=mq:5672"]],
  ["a postgres URL", { net: ["{A}"] }, { A: "postgres://u@[::1]/x" }, ["--allow-net=[::1]:5432"]],
  ["a URL without a host", { net: ["{A}"] }, { A: "memory:" }, []],
  ["a file URL in net", { net: ["{A}"] }, { A: "sqlite:/a.db" }, []],
  ["a host as it stands", { net: ["s3.local", "127.0.0.1:9"] }, {}, [
    "--allow-net=s3.local,127.0.0.1:9",
  ]],
  ["a sqlite URL", { read: ["{A}", "{A}-wal"] }, { A: "sqlite:/a.db" }, [
    "--allow-read=/a.db,/a.db-wal",
  ]],
  ["a sqlite URL with slashes", { read: ["{A}"] }, { A: "sqlite:///a.db" }, [
    "--allow-read=/a.db",
  ]],
  ["a file URL", { read: ["{A}"] }, { A: "file:///a%20b" }, ["--allow-read=/a b"]],
  ["a URL in read", { read: ["{A}"] }, { A: "postgres://h/x" }, []],
  ["the same twice", { read: ["{A}", "{B}"] }, { A: "/x", B: "/x" }, ["--allow-read=/x"]],
  ["variables", { env: ["ASYA_*", "AWS_REGION"] }, {}, ["--allow-env=ASYA_*,AWS_REGION"]],
  ["what needs a variable", { sys: ["{?A}uid"], net: ["{?B}x.com"] }, { A: "1", B: " " }, [
    "--allow-sys=uid",
  ]],
  ["what is for want of one", { sys: ["{!A}uid"], net: ["{!B}x.com:1"] }, { A: "1" }, [
    "--allow-net=x.com:1",
  ]],
  ["what needs one and not the other", { env: ["{?A}{!B}AWS_*"] }, { A: "1" }, [
    "--allow-env=AWS_*",
  ]],
  ["a condition with a value", { read: ["{!B}{A}/x"] }, { A: "/home" }, ["--allow-read=/home/x"]],
  ["any host", { net: ["{A}", "*"] }, { A: "gw" }, ["--allow-net"]],
  ["a value that would be any host", { net: ["{A}"] }, { A: "*" }, []],
  ["every host below one", { net: ["*.amazonaws.com:443"] }, {}, [
    "--allow-net=*.amazonaws.com:443",
  ]],
  ["programs and system facts", { run: ["{A}"], sys: ["uid"] }, { A: "/bin/x" }, [
    "--allow-run=/bin/x",
    "--allow-sys=uid",
  ]],
];

for (const [what, template, env, expected] of cases) {
  Deno.test(`[C8] flags: ${what}`, { permissions }, () => {
    assert.deepEqual(flagsOf(template, env), expected);
  });
}

Deno.test("what V8 is told at the start is told with the flags", { permissions }, () => {
  const settings = { path: text({ env: "ASYA_PATH", doc: "the file" }) };
  const baked = bakePermissions({ read: ["{ASYA_PATH}"], v8: ["--one=1", "--two"] }, settings);
  assert.deepEqual(baked.v8, ["--one=1", "--two"]);
  assert.deepEqual(permissionFlags(baked, {}), [
    ...always,
    "--v8-flags=--one=1,--two",
    "--allow-env=ASYA_*",
  ]);
});

Deno.test("[C8] flags refuse without asking and hide other variables", { permissions }, () => {
  assert.deepEqual(permissionFlags({ env: [] }, {}), always);
});

Deno.test("[C8] a relative path starts from the given folder", { permissions }, () => {
  const template = { read: ["{A}"], net: ["unix:{B}"] };
  const env = { A: "./a.db", B: "s/x.sock" };
  assert.deepEqual(flagsOf(template, env, "/home/"), [
    "--allow-net=unix:/home/s/x.sock",
    "--allow-read=/home/a.db",
  ]);
  assert.throws(() => flagsOf(template, env), /the path is "s\/x\.sock"; allowed: an absolute/);
});

Deno.test("[C2] what is refused is shown without its password", { permissions }, () => {
  for (const url of ["postgres//ada:hush@db/x", "sqlite:x,ada:hush@db"]) {
    const flags = () => permissionFlags({ env: [], read: ["{URL}"] }, { URL: url });
    assert.throws(flags, (error: Error) => {
      assert.match(error.message, /ada:\*\*\*@db/);
      return !error.message.includes("hush");
    });
  }
});

Deno.test("[C8] a value cannot add a second entry", { permissions }, () => {
  assert.throws(() => flagsOf({ read: ["{A}"] }, { A: "/a,/etc" }), /allowed: no comma/);
});

Deno.test("[C8] a template is completed by the schema", { permissions }, () => {
  const settings = {
    metrics: address({ env: "ASYA_METRICS_ADDR", default: ":8080", doc: "where" }),
    path: text({ env: "ASYA_SQLITE_PATH", doc: "the file" }),
    region: text({ env: "ASYA_REGION", doc: "where", aliases: [{ env: "AWS_REGION" }] }),
  };
  assert.deepEqual(
    bakePermissions({
      net: ["{ASYA_METRICS_ADDR}"],
      read: ["{ASYA_SQLITE_PATH}"],
      write: [],
    }, settings),
    {
      env: ["ASYA_*", "AWS_REGION"],
      net: ["{ASYA_METRICS_ADDR=:8080}"],
      read: ["{ASYA_SQLITE_PATH}"],
    },
  );
  assert.throws(
    () => bakePermissions({ net: ["{ASYA_OTHER}"] }, settings),
    /names ASYA_OTHER; allowed: ASYA_METRICS_ADDR, ASYA_SQLITE_PATH, ASYA_REGION/,
  );
  assert.deepEqual(
    bakePermissions({
      env: ["{?ASYA_SQLITE_PATH}AWS_*"],
      read: ["{?ASYA_SQLITE_PATH}{AWS_CONFIG_FILE}"],
    }, settings),
    {
      env: ["ASYA_*", "AWS_REGION", "{?ASYA_SQLITE_PATH}AWS_*"],
      read: ["{?ASYA_SQLITE_PATH}{AWS_CONFIG_FILE}"],
    },
  );
  assert.throws(() => bakePermissions({ sys: ["{?ASYA_OTHER}uid"] }, settings), /names ASYA_OTHER/);
});

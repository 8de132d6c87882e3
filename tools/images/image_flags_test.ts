import assert from "node:assert/strict";
import type { BakedPermissions } from "@asya/program";
import { imageFlags } from "./image_flags.ts";
import { planExecutables, type Program, programs } from "./plan_executables.ts";

const permissions = "none";
const always = ["--no-prompt", "--ignore-env"];

const cases: [string, Partial<BakedPermissions>, string[]][] = [
  ["nothing", {}, []],
  ["variables on a condition", { env: ["ASYA_*", "{?A}{!B}AWS_*"] }, ["--allow-env=ASYA_*,AWS_*"]],
  ["hosts, whichever", { net: ["{ASYA_URL}", "unix:{ASYA_SOCKET_PATH=/s}"] }, ["--allow-net"]],
  ["files of settings", { read: ["{A}"], write: ["{A=/b}-wal"] }, [
    "--allow-read=/etc/asya,/run,/tmp,/var",
    "--allow-write=/run,/tmp,/var",
  ]],
  ["a file that is always the same", { read: ["{!A}/opt/asya/runtime"] }, [
    "--allow-read=/opt/asya/runtime",
  ]],
  ["a file below such a folder", { read: ["{A}", "/var/run/secrets", "/variable"] }, [
    "--allow-read=/etc/asya,/run,/tmp,/var,/variable",
  ]],
  ["a home", { read: ["{?A}{HOME}/.aws"] }, ["--allow-read=/home"]],
  ["a socket", { read: ["{A}", "{ASYA_SOCKET_PATH=/s}.calls"] }, ["--allow-read=/"]],
  ["the rest", { v8: ["--x=1", "--y"], run: ["deno"], sys: ["{?A}uid"] }, [
    "--v8-flags=--x=1,--y",
    "--allow-run=deno",
    "--allow-sys=uid",
  ]],
];

for (const [what, template, expected] of cases) {
  Deno.test(`flags of an image: ${what}`, { permissions }, () => {
    assert.deepEqual(imageFlags({ env: [], ...template }), [...always, ...expected]);
  });
}

Deno.test("a compiled runtime has its socket, itself and its handler's", { permissions }, () => {
  const none = Object.fromEntries(programs.map((name) => [name, { env: [] }]));
  const known = none as unknown as Record<Program, BakedPermissions>;
  const flagsWith = (...handlerFlags: string[]) => {
    const plan = planExecutables({ permissions: known, handler: "h.js", handlerFlags });
    return plan.find(({ name }) => name === "runtime")?.flags.slice(always.length);
  };
  const self = "--allow-run=/usr/local/bin/asya-runtime";
  assert.deepEqual(flagsWith(), [
    "--allow-net=unix:/tmp/sockets/app.sock",
    "--allow-read=/tmp/sockets",
    self,
  ]);
  assert.deepEqual(flagsWith("--allow-net=a:1,b:2", "--allow-env=KEY", "--deny-net=c"), [
    "--allow-net=unix:/tmp/sockets/app.sock,a:1,b:2",
    "--allow-read=/tmp/sockets",
    "--allow-env=KEY",
    "--deny-net=c",
    self,
  ]);
  assert.deepEqual(flagsWith("--allow-net", "--allow-net=a:1"), [
    "--allow-net",
    "--allow-read=/tmp/sockets",
    self,
  ]);
});

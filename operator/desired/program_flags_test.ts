import assert from "node:assert/strict";
import { denoCommand, flagProblems } from "./program_flags.ts";

const permissions = {
  env: ["ASYA_*"],
  v8: ["--lite-mode"],
  net: ["{ASYA_GATEWAY_URL}", "{ASYA_METRICS_ADDR=:8080}", "unix:{ASYA_SOCKET_PATH=/s/a.sock}"],
  read: ["{ASYA_SQLITE_PATH=.asya/queues.db}", "{ASYA_SOCKET_PATH=/s/a.sock}"],
  run: ["deno", "cat"],
};

const always = ["--no-prompt", "--ignore-env", "--v8-flags=--lite-mode", "--allow-env=ASYA_*"];

Deno.test({
  name: "[I4] a command grants what the environment says, and no file of queues",
  permissions: "none",
  fn: () => {
    const env = [{ name: "ASYA_SOCKET_PATH", value: "/tmp/$$(x).sock" }];
    assert.deepEqual(denoCommand("/m.js", permissions, env, "/opt/deno"), [
      ...["/opt/deno", "run", ...always],
      "--allow-net=0.0.0.0:8080,unix:/tmp/$$(x).sock",
      "--allow-read=/tmp/$$(x).sock",
      "--allow-run=/opt/deno,cat",
      "/m.js",
    ]);
  },
});

Deno.test({
  name: "[I4] a kind of permission that hangs on what only the kubelet knows is granted whole",
  permissions: "none",
  fn: () => {
    const env = [
      { name: "ASYA_GATEWAY_URL", valueFrom: { configMapKeyRef: { name: "c", key: "k" } } },
      { name: "ASYA_SQLITE_PATH", value: "/queues.db" },
    ];
    assert.deepEqual(denoCommand("/m.js", permissions, env), [
      ...["deno", "run", ...always],
      "--allow-read=/queues.db,/s/a.sock",
      "--allow-run=deno,cat",
      "--allow-net",
      "/m.js",
    ]);
  },
});

const unsayable: readonly (readonly [string, string, RegExp])[] = [
  ["ASYA_SOCKET_PATH", "a.sock", /^ASYA_SOCKET_PATH: the path is "a\.sock"; allowed: an absolute/],
  ["ASYA_SOCKET_PATH", "/a,b", /^ASYA_SOCKET_PATH: .* allowed: no comma$/],
  ["ASYA_SOCKET_PATH", "file:///%", /^ASYA_SOCKET_PATH: /],
  ["ASYA_GATEWAY_URL", "https://a,b/", /^ASYA_GATEWAY_URL: .*"a,b:443"; allowed: no comma$/],
];

for (const [name, value, words] of unsayable) {
  Deno.test({
    name: `[I4] what no flag can say is told with its variable: ${name}=${value}`,
    permissions: "none",
    fn: () => {
      const [problem = "", ...others] = flagProblems(permissions, [{ name, value }]);
      assert.match(problem, words);
      assert.ok(others.every((other) => other.startsWith(name)));
      const secret = { name, valueFrom: { secretKeyRef: { name: "s", key: "k" } } };
      assert.deepEqual(flagProblems(permissions, [secret]), []);
    },
  });
}

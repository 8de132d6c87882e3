import assert from "node:assert/strict";
import { childFlags } from "./child_flags.ts";
import { socketPaths } from "./child_config.ts";
import { checkHandlerFlags, grantsEnv } from "./handler_flags.ts";
import { heapLimitMb, parseMemoryLimit } from "./heap_limit.ts";
import { checkSocketPath } from "./socket_path.ts";

const input = {
  paths: socketPaths("/run/app.sock"),
  moduleUrl: "file:///app/predict.ts",
  handlerFlags: [],
};

Deno.test("[C8] the handler's process never gets everything", { permissions: "none" }, () => {
  const flags = childFlags(input);
  assert(flags.includes("--no-prompt") && flags.includes("--ignore-env"));
  for (const kind of ["env", "run", "ffi", "sys", "import", "all"]) {
    assert(!flags.some((flag) => flag.startsWith(`--allow-${kind}`)), kind);
  }
  for (const kind of ["net", "read", "write"]) {
    const list = flags.find((flag) => flag.startsWith(`--allow-${kind}=`));
    assert.match(String(list), /^--allow-\w+=(unix:)?\/run\/app\.sock(,\/run\/app\.sock\.\w+)*$/);
  }
});

Deno.test("[C8] a kind without limits takes no list beside it", { permissions: "none" }, () => {
  const flags = childFlags({ ...input, handlerFlags: ["--allow-net", "--allow-read=/data"] });
  assert.deepEqual(flags.filter((flag) => flag.startsWith("--allow-net")), ["--allow-net"]);
  assert.equal(flags.filter((flag) => flag.startsWith("--allow-read=")).length, 2);
});

Deno.test("[R4] heap and project are told to the process", { permissions: "none" }, () => {
  const project = {
    configPath: "/me/deno.json",
    importMapPath: "/run/app.sock.imports",
    lockPath: "/run/app.sock.lock",
  };
  const flags = childFlags({ ...input, heapMb: 100, project });
  assert(flags.includes("--v8-flags=--max-old-space-size=100"));
  assert(flags.includes("--config=/me/deno.json"));
  assert(flags.includes("--import-map=/run/app.sock.imports"));
  assert(flags.includes("--lock=/run/app.sock.lock") && flags.includes("--frozen=false"));
});

Deno.test("[C8] a handler is given listed kinds only", { permissions: "none" }, () => {
  const good = [
    "--allow-net",
    "--allow-read=./a,./b",
    "--deny-net=10.0.0.0/8",
    "--allow-import=esm.sh",
  ];
  assert.deepEqual(checkHandlerFlags(good), []);
  const bad = [
    "-A",
    "--allow-all",
    "-N",
    "--allow-read=",
    "--v8-flags=--x",
    "--config=x",
    "predict.ts",
  ];
  assert.equal(checkHandlerFlags(bad).length, bad.length);
  assert.match(
    checkHandlerFlags(["-A"])[0]!,
    /^the argument "-A" is not allowed; allowed: permissions/,
  );
});

Deno.test(
  "[C8] a variable is granted by name, by prefix, or with all",
  { permissions: "none" },
  () => {
    assert.equal(grantsEnv([], "ASYA_INTERNAL_TOKEN"), false);
    assert.equal(grantsEnv(["--allow-env=A,B"], "B"), true);
    assert.equal(grantsEnv(["--allow-env=ASYA_S3_*"], "ASYA_INTERNAL_TOKEN"), false);
    assert.equal(grantsEnv(["--allow-env"], "ASYA_INTERNAL_TOKEN"), true);
    assert.equal(grantsEnv(["--deny-env=B"], "B"), false);
  },
);

Deno.test("[R4] the heap follows the container's limit", { permissions: "none" }, () => {
  const mb = 1024 * 1024;
  const limits: [string, number | undefined][] = [
    ["536870912\n", 512 * mb],
    ["max\n", undefined],
    ["9223372036854771712\n", undefined],
    ["max\n536870912\n", 512 * mb],
    ["", undefined],
    ["0", undefined],
  ];
  for (const [text, expected] of limits) assert.equal(parseMemoryLimit(text), expected, text);
  assert.equal(heapLimitMb(512 * mb), 326);
  assert.equal(heapLimitMb(64 * mb), 32);
});

Deno.test("a socket's path must fit the system", { permissions: "none" }, () => {
  assert.deepEqual(checkSocketPath(`/${"x".repeat(106)}`), []);
  assert.match(
    checkSocketPath(`/${"ü".repeat(60)}`)[0]!,
    /121 bytes long .*; allowed: up to 107 bytes/,
  );
  assert.match(checkSocketPath("/a,b")[0]!, /without a comma/);
});

import assert from "node:assert/strict";
import { explainFailure } from "./explain_failure.ts";

Deno.test("[M9] a place is where the author's own code is", { permissions: "none" }, () => {
  const cases: readonly (readonly [string, readonly string[], string | undefined])[] = [
    ["a module that is missing", [
      'error: Module not found "file:///m/nope.ts".',
      "    at file:///m/h.ts:1:15",
    ], "h.ts:1:15"],
    ["an error at the top", [
      "error: Uncaught (in promise) TypeError: top",
      'throw new TypeError("top");',
      "      ^",
      "    at file:///m/h.ts:1:7",
    ], "h.ts:1:7"],
    ["what the platform refuses", [
      'error: Uncaught (in promise) NotCapable: Requires read access to "/etc/hostname"',
      "    at Object.readTextFileSync (ext:deno_fs/30_fs.js:1:9859)",
      "    at file:///m/deep/h.ts:1:16",
    ], "deep/h.ts:1:16"],
    ["a function", ["    at load (file:///m/h.ts:3:4)"], "h.ts:3:4"],
    ["elsewhere", ["    at file:///other/h.js:3:4"], "/other/h.js:3:4"],
    [
      "an export that is missing",
      ["runtime cannot start; ./h.ts has no default export"],
      undefined,
    ],
  ];
  for (const [title, lines, place] of cases) {
    assert.equal(explainFailure(lines, "/m").place, place, title);
  }
  const missed = [
    "Warning Linked package '@asya/runtime@0.2.0' was not used because it did not match '@asya/runtime@^0.1.0'",
    "    at file:///m/h.ts:1:31",
    "error: JSR package manifest for '@asya/runtime' failed to load. Import 'https://jsr.io/' failed.",
    "    at file:///m/h.ts:1:31",
  ];
  assert.deepEqual(explainFailure(missed, "/m"), {
    lines: ["the linked @asya/runtime is 0.2.0, and deno.json asks for ^0.1.0"],
    todo: 'in deno.json, write "jsr:@asya/runtime@^0.2.0", as the checkout is',
  });
  const log =
    '{"time":"2026-01-01T00:00:00Z","level":"ERROR","program":"runtime","message":"ended"}';
  assert.deepEqual(explainFailure(["no model", log], "/m"), { lines: ["no model"] });
});

Deno.test("[M9] an error that a program logged is shown with the author's frames", {
  permissions: "none",
}, () => {
  const stack = [
    'NotCapable: Requires read access to "model.json", run again with the --allow-read flag',
    "    at Object.readTextFile (ext:deno_fs/30_fs.js:1:10048)",
    "    at Model.init (file:///m/greet.ts:1:48)",
    "    at load (file:///asya/runtime/host_process.ts:137:24)",
  ].join("\n");
  const line = JSON.stringify({
    time: "2026-01-01T00:00:00Z",
    level: "ERROR",
    program: "runtime",
    message: "the handler cannot be made ready",
    error: { name: "NotCapable", message: "Requires read access", stack },
  });
  assert.deepEqual(explainFailure([line], "/m"), {
    place: "greet.ts:1:48",
    lines: [
      'NotCapable: Requires read access to "model.json", run again with the --allow-read flag',
      "    at Model.init (greet.ts:1:48)",
    ],
    todo: "in mesh.yaml, this actor needs permissions: { read: [model.json] }",
  });
});

import assert from "node:assert/strict";
import { replay } from "./replay.ts";
import type { HandlerMessage } from "./handler.ts";

const message = JSON.stringify({
  job_id: "j1",
  route: { steps: ["ocr", "classify"], current: 1, metadata: {} },
  payload: { page: 7 },
});
const encode = (value: unknown) =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

const show = (msg: HandlerMessage) => ({ seen: msg });
const expected = { page: 7 };

const files: [string, unknown][] = [
  ["a message", message],
  ["a dead letter", { dead_letter: { version: 1 }, error: "x", original_message: message }],
  ["a dead letter in base64", {
    error: "x",
    original_message: btoa(message),
    original_encoding: "base64",
  }],
  ["what error-end stores", { job_id: "j1", error: "x", original_message: JSON.parse(message) }],
];

for (const [what, content] of files) {
  Deno.test(`replay: ${what}`, { permissions: "none" }, async () => {
    const run = await replay(show, encode(content), { includeMetadata: true });
    const route = { steps: ["ocr", "classify"], current: 1, metadata: {} };
    const seen = { job_id: "j1", route, headers: {}, payload: expected };
    assert.deepEqual(run.payloads, [{ seen }]);
  });
}

Deno.test("replay: a file", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, message);
  assert.deepEqual((await replay(show, file)).payloads, [{ seen: { payload: expected } }]);
  await Deno.remove(file);
});

Deno.test("replay: what holds no message says why", { permissions: "none" }, async () => {
  await assert.rejects(replay(show, encode("{")), TypeError);
  await assert.rejects(
    replay(show, encode({ dead_letter: { stored: "s3://b/k" }, error: "x" })),
    /without original_message.*dead_letter\.stored/,
  );
});

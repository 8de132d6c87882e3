import { runHandler } from "@asya/runtime/testing";
import assert from "node:assert/strict";
import { parse } from "yaml";
import fail from "./fail.ts";

const permissions = "none";

const failures: [how: string, code: string, words: RegExp][] = [
  ["throw", "processing_error", /a mistake in the handler's code/],
  ["give_up", "processing_error", /a page that nobody can read/],
  ["retry", "retryable_error", /attempt 1 was unlucky/],
  ["sulk", "validation_error", /got how: "sulk", allowed: throw, /],
  ["toString", "validation_error", /got how: "toString"/],
  ["answer_nonsense", "processing_error", /bigint/i],
];

for (const [how, code, words] of failures) {
  Deno.test(`${how} is a ${code}`, { permissions }, async () => {
    const { failure } = await runHandler(fail, { how });
    assert.equal(failure?.code, code);
    assert.match(failure.message, words);
  });
}

Deno.test("retry succeeds at the third attempt", { permissions }, async () => {
  const { payloads } = await runHandler(fail, { how: "retry" }, { attempt: 3 });
  assert.deepEqual(payloads, [{ answer: "it worked in the end", attempt: 3 }]);
});

Deno.test("hang ends at its deadline, and not by itself", { permissions }, async () => {
  const { failure } = await runHandler(fail, { how: "hang" }, { timeoutMs: 1 });
  assert.equal(failure?.code, "timeout_error");
});

Deno.test("the tool offers every way there is", async () => {
  const mesh = parse(await Deno.readTextFile(new URL("mesh.yaml", import.meta.url)));
  const offered: string[] = mesh.tools[0].parameters.how.options;
  const { failure } = await runHandler(fail, {});
  assert.equal(failure?.message, `got how: undefined, allowed: ${offered.join(", ")}`);
});

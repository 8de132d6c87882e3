import assert from "node:assert/strict";
import { parse } from "yaml";
import { createHandlerContext } from "../handler_context.ts";
import fail from "./fail.ts";

const failures = [
  { how: "throw", error: { name: "TypeError" } },
  { how: "give_up", error: { name: "TerminalError" } },
  { how: "retry", error: { name: "RetryableError", message: "attempt 1 was unlucky" } },
  { how: "sulk", error: { name: "ValidationError", message: /got how: "sulk", allowed: throw, / } },
  { how: "toString", error: { name: "ValidationError" } },
] as const;

for (const { how, error } of failures) {
  Deno.test(`${how} throws a ${error.name}`, { permissions: "none" }, () => {
    assert.throws(() => fail({ payload: { how } }, createHandlerContext()), error);
  });
}

Deno.test("retry succeeds at the third attempt", { permissions: "none" }, () => {
  assert.deepEqual(fail({ payload: { how: "retry" } }, createHandlerContext({ attempt: 3 })), {
    answer: "it worked in the end",
    attempt: 3,
  });
});

Deno.test("hang does not end with its signal", { permissions: "none" }, async () => {
  const ctx = createHandlerContext({ signal: AbortSignal.abort() });
  const first = await Promise.race([fail({ payload: { how: "hang" } }, ctx), "still hanging"]);
  assert.equal(first, "still hanging");
});

Deno.test("answer_nonsense answers what JSON cannot say", { permissions: "none" }, () => {
  const answer = fail({ payload: { how: "answer_nonsense" } }, createHandlerContext());
  assert.throws(() => JSON.stringify(answer), TypeError);
});

Deno.test("the tool offers every way there is", async () => {
  const mesh = parse(await Deno.readTextFile(new URL("mesh.yaml", import.meta.url)));
  const offered: string[] = mesh.tools[0].parameters.how.options;
  assert.throws(() => fail({ payload: {} }, createHandlerContext()), {
    message: `got how: undefined, allowed: ${offered.join(", ")}`,
  });
});

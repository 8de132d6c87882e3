import assert from "node:assert/strict";
import { answerContent, messages } from "./answer.ts";
import { defineHandler } from "./define_handler.ts";
import type { HandlerContext } from "./handler.ts";
import type { StandardSchema } from "./standard_schema.ts";

const ctx = {} as HandlerContext;

/** Accepts objects with a number `n`, and doubles it. */
function numbers(options: { later: boolean }): StandardSchema<{ n: number }> {
  const check = (value: unknown) => {
    const { n } = value as { n?: unknown };
    return typeof n === "number"
      ? { value: { n: n * 2 } }
      : { issues: [{ message: "a number is allowed", path: ["n"] }, { message: "else wrong" }] };
  };
  return {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => options.later ? Promise.resolve(check(value)) : check(value),
    },
  };
}

for (const later of [false, true]) {
  const name = later ? "an asynchronous schema" : "a schema";
  Deno.test(
    `[R7] ${name} converts payloads, and names what is wrong`,
    { permissions: "none" },
    async () => {
      const handler = defineHandler({ input: numbers({ later }), handle: (msg) => msg.payload });
      assert.deepEqual(await handler({ payload: { n: 2 } }, ctx), { n: 4 });
      const wrong = async () => await handler({ payload: {} as { n: number } }, ctx);
      await assert.rejects(wrong, {
        name: "ValidationError",
        code: "validation_error",
        message: "payload.n: a number is allowed; payload: else wrong",
      });
    },
  );
}

Deno.test("an output schema checks every result", { permissions: "none" }, async () => {
  const results: Record<string, unknown> = {
    one: { n: 1 },
    many: [{ n: 1 }, null, { n: 2 }],
    nothing: null,
    answer: messages([{ payload: { n: 3 }, delayMs: 5 }, null]),
    wrong: [{ n: 1 }, { n: "2" }],
    wrong_answer: messages([{ payload: {} }]),
  };
  const handler = defineHandler<{ which: string }, { n: number }>({
    output: numbers({ later: false }),
    handle: (msg) => results[msg.payload.which] as { n: number },
  });
  const answer = (which: string) => Promise.resolve(handler({ payload: { which } }, ctx));
  assert.deepEqual(await answer("one"), { n: 2 });
  assert.deepEqual(await answer("many"), [{ n: 2 }, null, { n: 4 }]);
  assert.equal(await answer("nothing"), null);
  assert.deepEqual(answerContent(await answer("answer")), {
    kind: "messages",
    messages: [{ payload: { n: 6 }, delayMs: 5 }, null],
  });
  await assert.rejects(answer("wrong"), /declares: result\[1\]\.n: a number is allowed/);
  await assert.rejects(answer("wrong_answer"), /declares: messages\[0\]\.payload\.n: a number/);
});

Deno.test("an output schema checks what a stream returns, not what it yields", {
  permissions: "none",
}, async () => {
  const handler = defineHandler<object, { n: number }>({
    output: numbers({ later: true }),
    handle: function* () {
      yield "a partial";
      return { n: 1 };
    },
  });
  const stream = handler({ payload: {} }, ctx) as AsyncGenerator;
  assert.deepEqual(await stream.next(), { done: false, value: "a partial" });
  assert.deepEqual(await stream.next(), { done: true, value: { n: 2 } });
});

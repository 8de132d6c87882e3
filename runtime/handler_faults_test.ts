import assert from "node:assert/strict";
import type { Failure } from "@asya/protocol/failure";
import { HostedHandler, messageFor } from "../tests/kit/hosted_handler.ts";

/** What a handler does wrong, by a word in the payload; any other word is answered well. */
const source = `
  import { RetryableError, TerminalError } from "@asya/runtime";
  const cycle = {}; cycle.self = cycle;
  const deep = () => { let at = {}; for (let i = 0; i < 5000; i++) at = { at }; return at; };
  const throwing = { get secret() { throw new Error("in a getter"); } };
  const faults = {
    throws_error: () => { throw new TypeError("no such page"); },
    throws_string: () => { throw "just text"; },
    throws_null: () => { throw null; },
    throws_undefined: () => { throw undefined; },
    throws_cycle: () => { throw cycle; },
    throws_proxy: () => { throw new Proxy({}, { get() { throw new Error("trap"); } }); },
    throws_long: () => { throw new Error("x".repeat(5_000_000)); },
    rejects: () => Promise.reject(new RangeError("too far")),
    throws_later: async () => { await 0; throw new Error("later"); },
    throws_in_stream: function* () { yield { a: 1 }; throw new Error("in the stream"); },
    retryable: () => { throw new RetryableError("busy", { retryAfterSeconds: 7 }); },
    terminal: () => { throw new TerminalError("hopeless"); },
    array_buffer: () => ({ bytes: new ArrayBuffer(2 ** 52) }),
    long_string: () => ({ text: "x".repeat(2 ** 29).repeat(8) }),
    cuda: () => { throw new Error("CUDA out of memory. Tried to allocate 2.00 GiB"); },
    stack: () => { const again = () => again() + 1; return again(); },
    returns_string: () => "text",
    returns_number: () => 42,
    returns_true: () => true,
    returns_symbol: () => Symbol("s"),
    returns_function: () => () => 1,
    returns_strings: () => ["a", "b"],
    returns_nested: () => [[{}]],
    returns_hole: () => [{ a: 1 }, undefined],
    returns_bigint: () => ({ page: { size: 10n } }),
    returns_cycle: () => cycle,
    returns_deep: deep,
    returns_nan: () => ({ mean: 0 / 0 }),
    returns_map: () => ({ pages: new Map([[1, 2]]) }),
    returns_promise_inside: () => ({ page: Promise.resolve(1) }),
    returns_undefined_inside: () => ({ items: [1, undefined] }),
    returns_bytes: () => ({ image: new Uint8Array(3) }),
    returns_getter: () => throwing,
    returns_date: () => new Date(0),
    returns_large: () => ({ text: "x".repeat(100_000_000) }),
    yields_bigint: function* () { yield 1n; return { a: 1 }; },
  };
  export default (msg) => (faults[msg.payload.fault] ?? (() => ({ well: true })))();
`;

const expected: Record<string, Partial<Failure> & { says?: RegExp }> = {
  throws_error: { code: "processing_error", type: "TypeError", message: "no such page" },
  throws_string: { code: "processing_error", type: "string", message: "just text" },
  throws_null: { code: "processing_error", type: "null" },
  throws_undefined: { code: "processing_error", type: "undefined" },
  throws_cycle: { code: "processing_error", type: "Object" },
  throws_proxy: { code: "processing_error" },
  throws_long: { code: "processing_error", says: /^x{16384}…$/ },
  rejects: { code: "processing_error", type: "RangeError", message: "too far" },
  throws_later: { code: "processing_error", message: "later" },
  throws_in_stream: { code: "processing_error", message: "in the stream" },
  retryable: { code: "retryable_error", severity: "recoverable", retryAfterSeconds: 7 },
  terminal: { code: "processing_error", type: "TerminalError", severity: "fatal" },
  array_buffer: { code: "oom_error", severity: "recoverable", retryAfterSeconds: 30 },
  long_string: { code: "oom_error", severity: "recoverable" },
  cuda: { code: "cuda_oom_error", severity: "recoverable", retryAfterSeconds: 60 },
  stack: { code: "processing_error", type: "RangeError", says: /call stack/ },
  returns_string: { code: "processing_error", says: /returned a string; allowed: one object/ },
  returns_number: { code: "processing_error", says: /returned a number/ },
  returns_true: { code: "processing_error", says: /returned a boolean/ },
  returns_symbol: { code: "processing_error", says: /returned a symbol/ },
  returns_function: { code: "processing_error", says: /returned a function/ },
  returns_strings: { code: "processing_error", says: /item 0 is a string/ },
  returns_nested: { code: "processing_error", says: /item 0 is an array/ },
  returns_hole: { code: "processing_error", says: /item 1 is undefined/ },
  returns_bigint: { code: "processing_error", says: /result\.page\.size is a BigInt/ },
  returns_cycle: { code: "processing_error", says: /holds itself/ },
  returns_deep: { code: "processing_error", says: /deeper than 1000 levels/ },
  returns_nan: { code: "processing_error", says: /result\.mean is NaN/ },
  returns_map: { code: "processing_error", says: /result\.pages is a Map/ },
  returns_promise_inside: { code: "processing_error", says: /result\.page is a Promise/ },
  returns_undefined_inside: { code: "processing_error", says: /result\.items\[1\] is undefined/ },
  returns_bytes: { code: "processing_error", says: /result\.image is a Uint8Array/ },
  returns_getter: { code: "processing_error", says: /in a getter/ },
  returns_date: { code: "processing_error", says: /no object in JSON: "1970/ },
  returns_large: { code: "frame_too_large", says: /more than 67108864 bytes/ },
  yields_bigint: { code: "processing_error", says: /yielded .* partial is a BigInt/ },
};

Deno.test("[R7] [R8] [W5] whatever a handler throws or returns is a failure that says so", async (t) => {
  await using hosted = await HostedHandler.start(source);
  await using session = await hosted.session();
  const { instance } = await session.hello();
  let call = 0;
  for (const [fault, { says, ...fields }] of Object.entries(expected)) {
    await t.step(fault, async () => {
      await session.call(++call, messageFor({ fault }));
      const { reply } = await session.reply(call);
      assert(reply.kind === "failure", JSON.stringify(reply).slice(0, 200));
      for (const [name, value] of Object.entries(fields)) {
        assert.equal(reply.failure[name as keyof Failure], value);
      }
      if (says) assert.match(reply.failure.message, says);
    });
  }
  await t.step("the same process still answers", async () => {
    await session.call(++call, messageFor({ fault: "none" }));
    assert.deepEqual((await session.reply(call)).reply, {
      kind: "output",
      output: { payload: { well: true } },
    });
    await using again = await hosted.session();
    assert.equal((await again.hello()).instance, instance);
  });
});

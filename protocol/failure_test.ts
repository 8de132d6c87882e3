import assert from "node:assert/strict";
import * as fc from "fast-check";
import { createFailure, FAILURE_CODES, memoryCodeOf, outcomeOf, toFailure } from "./failure.ts";
import { MAX_DELAY_MS } from "./time.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("the severity decides what is done, whatever the code", () => {
  for (const code of [...FAILURE_CODES, "made_up"]) {
    assert.equal(outcomeOf(createFailure(code, "m", { severity: "recoverable" })), "retry");
    assert.equal(outcomeOf(createFailure(code, "m", { severity: "fatal" })), "give_up");
  }
});

test("a code's own delay holds only while it is recoverable, and what is said goes first", () => {
  assert.equal(createFailure("oom_error", "m", { severity: "fatal" }).retryAfterSeconds, undefined);
  assert.equal(createFailure("oom_error", "m", { retryAfterSeconds: 0 }).retryAfterSeconds, 0);
  assert.equal(createFailure("oom_error", "m").retryAfterSeconds, 30);
});

test("[D8] whoever asks for a very late retry gets the latest there is", () => {
  for (const retryAfterSeconds of [1e9, 1e300]) {
    const failure = createFailure("retryable_error", "m", { retryAfterSeconds });
    assert.equal(failure.retryAfterSeconds, MAX_DELAY_MS / 1000);
  }
});

test("[W5] a foreign code is fatal, whatever objects inherit under its name", () => {
  for (const code of ["constructor", "toString", "valueOf", "hasOwnProperty", "__proto__"]) {
    assert.deepEqual(createFailure(code, "m"), { code, message: "m", severity: "fatal" });
  }
});

test("[R7] [R8] anything that is thrown becomes a failure", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  class OddName {}
  Object.defineProperty(OddName, "name", { value: 5 });
  const hostile = {
    get message(): string {
      throw new Error("no message for you");
    },
    get name(): string {
      throw new Error("no name either");
    },
    get constructor(): never {
      throw new Error("nor a class");
    },
    toJSON(): never {
      throw new Error("nor JSON");
    },
  };
  const thrown: [unknown, string, string][] = [
    [new TypeError("no"), "TypeError", "no"],
    [new (class CustomError extends Error {})("no"), "CustomError", "no"],
    [Object.assign(new Error("no"), { name: "Named" }), "Named", "no"],
    [new DOMException("no", "AbortError"), "AbortError", "no"],
    ["plain text", "string", "plain text"],
    ["", "string", ""],
    [42, "number", "42"],
    [10n, "bigint", "10"],
    [Symbol("s"), "symbol", "Symbol(s)"],
    [undefined, "undefined", "undefined"],
    [null, "null", "null"],
    [{ a: 1 }, "Object", '{"a":1}'],
    [{ name: "Odd", message: "m" }, "Odd", "m"],
    [cycle, "Object", "a thrown Object that has no message"],
    [Object.create(null), "Object", "{}"],
    [new OddName(), "Object", "{}"],
    [hostile, "Object", "a thrown Object that has no message"],
    [proxy, "Object", "a thrown Object that has no message"],
  ];
  for (const [value, type, message] of thrown) {
    const failure = toFailure(value);
    assert.equal(failure.code, "processing_error");
    assert.equal(failure.severity, "fatal");
    assert.equal(failure.type, type);
    assert.equal(failure.message, message);
  }
});

test("[R8] any value whatsoever can be thrown", () => {
  fc.assert(fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (value) => {
    const failure = toFailure(value);
    assert.equal(typeof failure.message, "string");
    assert.equal(typeof failure.type, "string");
    assert.doesNotThrow(() => JSON.stringify(failure));
  }));
});

test("[R7] an error that carries one of our codes keeps it, with its severity and delay", () => {
  const throwable = (fields: object) => toFailure(Object.assign(new Error("m"), fields));
  assert.deepEqual(pick(throwable({ code: "retryable_error", retryAfterSeconds: 7 })), {
    code: "retryable_error",
    severity: "recoverable",
    retryAfterSeconds: 7,
  });
  assert.deepEqual(pick(throwable({ code: "processing_error", severity: "recoverable" })), {
    code: "processing_error",
    severity: "recoverable",
  });
  assert.deepEqual(pick(throwable({ code: "validation_error" })), {
    code: "validation_error",
    severity: "fatal",
  });
  for (const retryAfterSeconds of [-1, NaN, Infinity, "7"]) {
    const failure = throwable({ code: "retryable_error", retryAfterSeconds, severity: "often" });
    assert.deepEqual(pick(failure), { code: "retryable_error", severity: "recoverable" });
  }
});

test("[R7] a handler cannot claim a failure that is not its own", () => {
  for (const code of ["oom_error", "route_error", "connection_error", "ENOENT", 7, null]) {
    assert.equal(toFailure(Object.assign(new Error("m"), { code })).code, "processing_error");
  }
});

test("[R4] memory exhaustion that is thrown is recognised, unless that is switched off", () => {
  const thrown = new RangeError("Array buffer allocation failed");
  assert.equal(toFailure(thrown).code, "oom_error");
  assert.equal(toFailure(thrown, { detectOutOfMemory: false }).code, "processing_error");
});

test("[R4] memory exhaustion is looked for at both ends of a text, which may be vast", () => {
  const vast = "1cudaalloc ".repeat(1_000_000);
  assert.equal(memoryCodeOf("", vast), undefined);
  // Whatever is between the ends is what a program printed, not why it ended.
  assert.equal(memoryCodeOf("", `${vast}out of memory${vast}`), undefined);
  assert.equal(memoryCodeOf("", `${vast}\ntorch: CUDA out of memory`), "cuda_oom_error");
  assert.equal(memoryCodeOf("", `std::bad_alloc\n${vast}`), "oom_error");
});

function pick(failure: ReturnType<typeof toFailure>): object {
  const { code, severity, retryAfterSeconds } = failure;
  return { code, severity, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
}

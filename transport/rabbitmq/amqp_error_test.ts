import assert from "node:assert/strict";
import { describeError } from "./amqp_error.ts";

const none = { permissions: "none" as const };

for (
  const [what, error, expected] of [
    ["an error", new Error("no route"), "no route"],
    ["an error of several lines", new Error("no\n  route "), "no route"],
    ["an error without words", new TypeError(), "TypeError"],
    [
      "several errors",
      new AggregateError([new Error("a"), new Error("b"), new Error("a")]),
      "a; b",
    ],
    ["no error", "text", "text"],
  ] as const
) {
  Deno.test(`what went wrong is one line: ${what}`, none, () => {
    assert.equal(describeError(error), expected);
  });
}

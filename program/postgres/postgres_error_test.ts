import assert from "node:assert/strict";
import { describeError, ServerError, type Trouble, troubleOf } from "./postgres_error.ts";

const pure = { permissions: "none" } as const;

function coded(code: unknown, message = "words"): Error {
  return Object.assign(new Error(message), { code });
}

Deno.test("trouble is told by its code", pure, () => {
  const rows: [unknown, Trouble][] = [
    [coded("ECONNREFUSED"), "away"],
    [coded("CONNECTION_CLOSED"), "away"],
    [coded("57P01"), "away"],
    [coded("57P03"), "away"],
    [coded("53300"), "away"],
    [coded("25006"), "away"],
    [coded("28P01"), "refused"],
    [coded("3D000"), "refused"],
    [coded("42501"), "refused"],
    [coded("40P01"), "conflict"],
    [coded("40001"), "conflict"],
    [coded("22021"), "data"],
    [coded("23505"), "data"],
    [coded("42P01"), "other"],
    [coded("EACCES"), "other"],
    [coded(28), "other"],
    [new Error("28P01"), "other"],
    ["28P01", "other"],
    [undefined, "other"],
    [new ServerError("SERVER_SILENT", "x"), "away"],
    [new ServerError("SERVER_UNSUITABLE", "x"), "refused"],
  ];
  for (const [error, trouble] of rows) assert.equal(troubleOf(error), trouble, String(error));
});

Deno.test("an error is described with the code that can be looked up", pure, () => {
  assert.equal(describeError(coded("28P01", "no entry")), "no entry (28P01)");
  assert.equal(
    describeError(coded("ECONNREFUSED", "connect ECONNREFUSED")),
    "connect ECONNREFUSED",
  );
  assert.equal(describeError(new ServerError("SERVER_SILENT", "no answer")), "no answer");
  assert.equal(describeError(new Error("plain")), "plain");
  assert.equal(describeError("text"), "text");
  const both = Object.assign(new AggregateError([new Error("first")], ""), {
    code: "ECONNREFUSED",
  });
  assert.equal(describeError(both), "first (ECONNREFUSED)");
});

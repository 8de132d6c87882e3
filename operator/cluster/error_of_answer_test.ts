import assert from "node:assert/strict";
import { errorOfAnswer } from "./error_of_answer.ts";

const permissions = "none";

const status = (reason: string, details: unknown = {}) => ({
  kind: "Status",
  reason,
  message: "not_found conflict expired: words decide nothing",
  details,
});

const rows: [string, number, unknown, string][] = [
  ["somebody wrote in between", 409, status("Conflict"), "conflict"],
  ["it is there", 409, status("AlreadyExists"), "exists"],
  ["it is not there", 404, status("NotFound"), "not_found"],
  ["a kind that is not there", 404, undefined, "not_found"],
  ["against the schema", 422, status("Invalid"), "invalid"],
  ["no object at all", 400, status("BadRequest"), "invalid"],
  ["too large", 413, status("RequestEntityTooLarge"), "invalid"],
  ["no right", 403, status("Forbidden"), "forbidden"],
  ["a quota", 403, status("Forbidden", { causes: [] }), "forbidden"],
  [
    "a namespace that goes",
    403,
    status("Forbidden", { causes: [{ reason: "NamespaceTerminating" }] }),
    "terminating",
  ],
  ["nobody", 401, status("Unauthorized"), "unauthorized"],
  ["too many", 429, status("TooManyRequests"), "throttled"],
  ["too old", 410, status("Expired"), "expired"],
  ["gone", 410, status("Gone"), "expired"],
  ["a field that nobody knows", 500, status(""), "failed"],
  ["a webhook that does not answer", 500, status("InternalError"), "failed"],
  ["away", 503, "upstream connect error", "unreachable"],
  ["too slow", 504, status("Timeout"), "unreachable"],
];
for (const [name, code, body, expected] of rows) {
  Deno.test({
    name: `[F5] an answer is judged by status and reason: ${name}`,
    permissions,
    fn: () => assert.equal(errorOfAnswer({ status: code, body }, "get x").code, expected),
  });
}

Deno.test({
  name: "[F2] when to come again is in the header, else in the answer",
  permissions,
  fn: () => {
    const body = status("TooManyRequests", { retryAfterSeconds: 7 });
    const wait = (retryAfter: string | null) =>
      errorOfAnswer({ status: 429, body, retryAfter }, "get x").retryAfterMs;
    assert.equal(wait("2"), 2_000);
    assert.equal(wait(null), 7_000);
    assert.equal(wait("Wed, 21 Oct 2026 07:28:00 GMT"), 7_000);
    assert.equal(wait("999999"), 300_000);
    const never = status("TooManyRequests", { retryAfterSeconds: 1e15 });
    assert.equal(errorOfAnswer({ status: 429, body: never }, "get x").retryAfterMs, 300_000);
  },
});

Deno.test({
  name: "[F5] what the server says of a secret is left out, but for which field",
  permissions,
  fn: () => {
    const body = {
      ...status("Invalid", { causes: [{ field: "data[password]", message: "hunter2" }] }),
      message: 'Invalid value: "hunter2"',
    };
    const said = (isSecret: boolean) =>
      errorOfAnswer({ status: 422, body, isSecret }, "patch x").message;
    assert.equal(
      said(true),
      "patch x: the API server answered 422 (Invalid data[password])",
    );
    assert.match(said(false), /hunter2/);
  },
});

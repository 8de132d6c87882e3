import assert from "node:assert/strict";
import { checkMediaType } from "./check_media_type.ts";

const rows: [type: string | undefined, wrong?: RegExp][] = [
  [undefined],
  [""],
  ["application/json"],
  ["APPLICATION/JSON;Charset=UTF-8"],
  ['application/json; charset="utf-8"; q=1'],
  ["application/problem+json"],
  ["text/json"],
  ["text/plain"],
  ["application/json; charset=iso-8859-1", /^the charset is "iso-8859-1"; utf-8 is allowed$/],
  ["application/json; charset=", /^the charset is ""/],
  ["application/jsonl", /^Content-Type is "application\/jsonl"; application\/json is allowed$/],
  ["+json", /Content-Type is/],
  ["json", /Content-Type is/],
  ["*/*", /Content-Type is/],
  [`a/${"x".repeat(500)}`, /^Content-Type is "a\/x{78}"; /],
];

Deno.test({
  name: "checkMediaType: JSON in UTF-8, however it is spelled, and what declares nothing",
  permissions: "none",
  fn() {
    for (const [type, wrong] of rows) {
      const found = checkMediaType(new Headers(type === undefined ? {} : { "content-type": type }));
      if (wrong === undefined) assert.equal(found, undefined, type ?? "no type");
      else assert.match(found ?? "nothing", wrong);
    }
  },
});

Deno.test({
  name: "checkMediaType: no body is unpacked",
  permissions: "none",
  fn() {
    for (const coding of ["gzip", "br", "x", "gzip, identity"]) {
      const found = checkMediaType(new Headers({ "content-encoding": coding }));
      assert.match(found ?? "nothing", /^Content-Encoding is .*; a body as it is/);
    }
    for (const coding of ["", "identity", "Identity"]) {
      assert.equal(checkMediaType(new Headers({ "content-encoding": coding })), undefined);
    }
  },
});

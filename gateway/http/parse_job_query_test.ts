import assert from "node:assert/strict";
import { parseJobQuery } from "./parse_job_query.ts";

function parse(query: string) {
  return parseJobQuery(new URLSearchParams(query));
}

Deno.test({
  name: "parseJobQuery: filters, a limit, a cursor, and what is meant without them",
  permissions: "none",
  fn() {
    assert.deepEqual(parse(""), { ok: true, value: { limit: 50 } });
    assert.deepEqual(parse("status=Failed&tool=scan&limit=500&cursor=12"), {
      ok: true,
      value: { status: "Failed", tool: "scan", limit: 500, cursor: "12" },
    });
  },
});

Deno.test({
  name: "parseJobQuery: everything that is wrong is said at once",
  permissions: "none",
  fn() {
    const rows: [query: string, problems: RegExp][] = [
      [
        "status=failed&limit=0",
        /^status is "failed"; .* or Unknown is allowed; limit is 0; a whole/,
      ],
      ["limit=01", /limit is "01"; a whole number from 1 to 500 is allowed/],
      ["limit=1.0", /limit is "1.0"/],
      ["cursor=", /cursor is ""; the next_cursor of an earlier answer is allowed/],
      ["cursor=1234567890123456", /cursor/],
      ["page=2", /^page is unknown; status, tool, q, limit, cursor is allowed$/],
      ["toString=1", /^toString is unknown/],
      ["limit=1&limit=1", /^limit is given 2 times; once is allowed$/],
      [`${"x".repeat(500)}=1`, /^x{80} is unknown/],
    ];
    for (const [query, expected] of rows) {
      const read = parse(query);
      assert.match(read.ok ? "nothing" : read.problems.join("; "), expected, query);
    }
  },
});

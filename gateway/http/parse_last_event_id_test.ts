import assert from "node:assert/strict";
import { parseLastEventId } from "./parse_last_event_id.ts";

Deno.test({
  name: "parseLastEventId: a number that the job has come to, else the start",
  permissions: "none",
  fn() {
    const rows: [header: string | undefined, after: number][] = [
      [undefined, 0],
      ["0", 0],
      ["7", 7],
      ["10", 10],
      ["11", 0],
      ["", 0],
      ["-1", 0],
      ["07", 0],
      ["7.0", 0],
      ["7 ", 0],
      ["1e1", 0],
      ["9".repeat(400), 0],
      ["abc", 0],
    ];
    for (const [header, after] of rows) {
      assert.equal(parseLastEventId(header, 10), after, header ?? "no header");
    }
  },
});

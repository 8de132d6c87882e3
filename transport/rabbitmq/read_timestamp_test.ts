import assert from "node:assert/strict";
import { readTimestamp } from "./read_timestamp.ts";

Deno.test({
  name: "[W13] rabbitmq: only what is a time in seconds is a message's time",
  permissions: "none",
  fn() {
    const table: [unknown, string | undefined][] = [
      [0, "1970-01-01T00:00:00.000Z"],
      [1_772_600_767, "2026-03-04T05:06:07.000Z"],
      [253_402_300_799, "9999-12-31T23:59:59.000Z"],
      [253_402_300_800, undefined],
      // milliseconds, microseconds, nanoseconds, and the largest that AMQP can say
      [1_772_600_767_000, undefined],
      [1_772_600_767_000_000, undefined],
      [1_772_600_767_000_000_000, undefined],
      [2 ** 64, undefined],
      [-1, undefined],
      [NaN, undefined],
      ["1772600767", undefined],
      [undefined, undefined],
    ];
    for (const [value, expected] of table) {
      assert.equal(readTimestamp(value)?.toISOString(), expected, String(value));
    }
  },
});

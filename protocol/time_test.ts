import assert from "node:assert/strict";
import { isTime } from "./time.ts";

Deno.test({
  name: "times are RFC 3339, with their zone",
  permissions: "none",
  fn() {
    for (
      const time of [
        "2030-01-02T03:04:05Z",
        "2030-01-02T03:04:05.123456789Z",
        "2030-01-02T03:04:05+05:30",
        "2030-01-02t03:04:05z",
      ]
    ) {
      assert.equal(isTime(time), true, time);
    }
    for (
      const other of [
        "2030-01-02",
        "2030-01-02T03:04Z",
        "2030-01-02T03:04:05",
        "2030-01-02 03:04:05Z",
        "2030-13-02T03:04:05Z",
        "2030-01-02T25:04:05Z",
        "2030-01-02T03:04:05+24:00",
        "+012030-01-02T03:04:05Z",
        "now",
        "",
        1893553445000,
        null,
        undefined,
        new Date(),
      ]
    ) {
      assert.equal(isTime(other), false, String(other));
    }
  },
});

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
        "2028-02-29T23:59:59-00:00",
        "2030-12-31T00:00:00+23:59",
        "0001-01-01T00:00:00Z",
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
        "2030-02-29T03:04:05Z",
        "2030-04-31T03:04:05Z",
        "2030-01-00T03:04:05Z",
        "2030-01-02T24:00:00Z",
        "2030-01-02T03:04:60Z",
        "2030-01-02T03:04:05+01:60",
        "2030-01-02T03:04:05Z\n",
        "٢٠٣٠-01-02T03:04:05Z",
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

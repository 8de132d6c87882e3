import assert from "node:assert/strict";
import { ago } from "../assets/ago.js";
import { formatMs } from "./duration.ts";

const pure = { permissions: "none" } as const;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

Deno.test({
  name: "durations: as short as they can be read",
  ...pure,
  fn() {
    const shown: readonly (readonly [number, string])[] = [
      ...[[0, "0 ms"], [0.4, "0 ms"], [999, "999 ms"], [999.6, "1.00 s"], [
        1_250,
        "1.25 s",
      ]] as const,
      ...[[9_994, "9.99 s"], [9_996, "10.0 s"], [59_900, "59.9 s"], [59_960, "1 min"]] as const,
      ...[[MINUTE, "1 min"], [MINUTE + 5_400, "1 min 5 s"], [59 * MINUTE, "59 min"]] as const,
      ...[[HOUR, "1 h"], [HOUR + 5 * MINUTE, "1 h 5 min"], [DAY + HOUR, "1 d 1 h"]] as const,
    ];
    for (const [ms, text] of shown) assert.equal(formatMs(ms), text, String(ms));
  },
});

Deno.test({
  name: "durations: how long ago something was, or how soon it will be",
  ...pure,
  fn() {
    const now = Date.parse("2026-01-02T00:00:00Z");
    const shown: readonly (readonly [number, string])[] = [
      ...[[0, "now"], [400, "now"], [12_000, "12 s ago"], [-12_000, "in 12 s"]] as const,
      ...[[HOUR - 1_000, "59 min ago"], [HOUR, "1 h ago"], [3 * DAY, "3 d ago"]] as const,
    ];
    for (const [ms, text] of shown) assert.equal(ago(now - ms, now), text);
  },
});

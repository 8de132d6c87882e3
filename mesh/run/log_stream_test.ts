import assert from "node:assert/strict";
import { formatLogLine, type LogStyle } from "./log_stream.ts";

const pure = { permissions: "none" } as const;
const now = new Date("2026-03-04T05:06:07.008Z");
const processes = ["gateway", "ocr.sidecar"];
const pretty: LogStyle = { format: "pretty", colour: false, processes };
const json: LogStyle = { ...pretty, format: "json" };
const line = JSON.stringify({
  time: "2026-01-01T00:00:00.000Z",
  level: "WARN",
  program: "sidecar",
  message: "runtime is away",
  attempt: 2,
});

Deno.test("what a program logs has its name before it", pure, () => {
  assert.equal(
    formatLogLine("ocr.sidecar", line, pretty, now),
    "ocr.sidecar │ 00:00:00.000 WARN  runtime is away attempt=2",
  );
  assert.equal(
    formatLogLine("gateway", line, pretty, now).split("│")[0],
    "gateway     ",
  );
});

Deno.test("each process has a colour of its own", pure, () => {
  const colours = processes.map((name) =>
    formatLogLine(name, "x", { ...pretty, colour: true }, now).slice(0, 5)
  );
  assert.equal(new Set(colours).size, 2);
});

Deno.test("[C6] as JSON every line says whose it is", pure, () => {
  assert.deepEqual(JSON.parse(formatLogLine("ocr.sidecar", line, json, now)), {
    time: "2026-01-01T00:00:00.000Z",
    level: "WARN",
    program: "sidecar",
    message: "runtime is away",
    process: "ocr.sidecar",
    attempt: 2,
  });
  assert.deepEqual(JSON.parse(formatLogLine("ocr.runtime", "printed", json, now)), {
    time: now.toISOString(),
    level: "INFO",
    program: "runtime",
    message: "printed",
    process: "ocr.runtime",
  });
});

Deno.test("[R8] what a handler prints stays one line and moves no cursor", pure, () => {
  for (const text of ["\x1b[2J\x1b[Hgone", '{"half":', '{"time":1}', "[]", "\r"]) {
    const shown = formatLogLine("gateway", text, pretty, now);
    assert.match(shown, /^gateway {5}│ 05:06:07\.008 INFO {2}/, JSON.stringify(text));
    assert.doesNotMatch(shown, /\p{Cc}/u, JSON.stringify(text));
  }
});

Deno.test("what a handler prints in colour is shown without", pure, () => {
  const shown = formatLogLine("gateway", "\x1b[0m\x1b[1;31merror\x1b[0m: no", pretty);
  assert.equal(shown, "gateway     │ error: no");
});

Deno.test("an error's stack stands below it, under the same name", pure, () => {
  const failed = JSON.stringify({
    time: "2026-01-01T00:00:00.000Z",
    level: "ERROR",
    program: "runtime",
    message: "a call failed",
    error: { name: "TypeError", message: "no", stack: "TypeError: no\n  at f (a.ts:1:2)" },
  });
  const lines = formatLogLine("gateway", failed, pretty, now).split("\n");
  assert.equal(lines.length, 3);
  assert(lines.every((shown) => shown.startsWith("gateway     │ ")));
});

import assert from "node:assert/strict";
import { RecordedTracing } from "../tests/kit/recorded_tracing.ts";
import { createLogger, type LoggerOptions } from "./log.ts";

const permissions = "none";

function record(options: Partial<LoggerOptions>) {
  const lines: string[] = [];
  const logger = createLogger({
    program: "tool",
    level: "INFO",
    format: "json",
    write: (line) => lines.push(line),
    now: () => new Date(0),
    ...options,
  });
  return { lines, logger };
}

Deno.test("[C6] a JSON line has time, level, program, message and fields", { permissions }, () => {
  const { lines, logger } = record({});
  logger.warn("runtime is away", { attempt: 2, level: "mine" });
  assert.deepEqual(lines.map((line) => JSON.parse(line)), [{
    time: "1970-01-01T00:00:00.000Z",
    level: "WARN",
    program: "tool",
    message: "runtime is away",
    attempt: 2,
    level_: "mine",
  }]);
});

Deno.test("[C6] a JSON line stays one line", { permissions }, () => {
  const { lines, logger } = record({});
  logger.error("failed", { error: new Error("two\nlines") });
  assert.equal(lines.length, 1);
  assert(!lines[0]?.includes("\n"));
});

Deno.test("[N5] a line about work with a trace is written as a part of it, any other is not", {
  permissions,
}, () => {
  const tracing = new RecordedTracing();
  const { logger } = record({
    tracing,
    write: (line) => void tracing.start(line, { parent: "active" }),
  });
  logger.info("of a trace", { trace_id: "a".repeat(32), span_id: "b".repeat(16) });
  logger.info("of none", { job_id: "j1" });
  assert.deepEqual(tracing.spans.map(({ parentId }) => parentId), ["b".repeat(16), undefined]);
});

for (const [level, written] of [["DEBUG", 4], ["INFO", 3], ["WARN", 2], ["ERROR", 1]] as const) {
  Deno.test(`at level ${level} ${written} of 4 lines are written`, { permissions }, () => {
    const { lines, logger } = record({ level });
    for (const log of [logger.debug, logger.info, logger.warn, logger.error]) log("x");
    assert.equal(lines.length, written);
  });
}

Deno.test("a pretty line quotes what has spaces", { permissions }, () => {
  const { lines, logger } = record({ format: "pretty" });
  logger.info("connected", { host: "a.b", reason: "first try", tries: 1, at: {} });
  assert.deepEqual(lines, [
    '00:00:00.000 INFO  tool: connected host=a.b reason="first try" tries=1 at={}',
  ]);
});

Deno.test("a pretty line has the stack of an error below", { permissions }, () => {
  const { lines, logger } = record({ format: "pretty" });
  logger.error("failed", { error: new RangeError("far\x1b[2J") });
  const [first, second, third] = (lines[0] ?? "").split("\n");
  assert.equal(first, "00:00:00.000 ERROR tool: failed");
  assert.equal(second, "    RangeError: far [2J");
  assert.match(third ?? "", /^ {4}at /);
});

Deno.test("[U8] nothing in a pretty line commands a terminal", { permissions }, () => {
  const { lines, logger } = record({ format: "pretty" });
  const evil = "a\x1b]0;title\x07\x9b2J\rb\u202e";
  logger.info(evil, { [evil]: evil, list: [evil], error: { stack: evil } });
  assert(!/\p{Cc}/u.test((lines[0] ?? "").replaceAll("\n", "")), JSON.stringify(lines[0]));
});

Deno.test("[C2] a secret is masked in either format", { permissions }, () => {
  for (const format of ["json", "pretty"] as const) {
    const { lines, logger } = record({ format, redact: ["hush"] });
    logger.info("connected", { url: "amqp://me:hush@host" });
    assert(lines[0]?.includes("amqp://me:***@host"));
  }
});

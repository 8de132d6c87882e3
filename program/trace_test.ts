import assert from "node:assert/strict";
import { createTraceContext, formatTraceparent, parseTraceparent } from "./trace.ts";

const permissions = "none";
const trace = "0af7651916cd43dd8448eb211c80319c";
const span = "b7ad6b7169203331";

const accepted: [string, string][] = [
  ["a sampled context", `00-${trace}-${span}-01`],
  ["one that is not sampled", `00-${trace}-${span}-00`],
  ["a later version with more fields", `01-${trace}-${span}-01-what-ever`],
  ["spaces around it", `  00-${trace}-${span}-01 `],
];

for (const [what, value] of accepted) {
  Deno.test(`traceparent: ${what} is accepted`, { permissions }, () => {
    const context = parseTraceparent(value);
    assert.equal(context?.traceId, trace);
    assert.equal(context?.spanId, span);
  });
}

const refused: [string, unknown][] = [
  ["version 00 with more fields", `00-${trace}-${span}-01-more`],
  ["version ff", `ff-${trace}-${span}-01`],
  ["a zero trace id", `00-${"0".repeat(32)}-${span}-01`],
  ["a zero span id", `00-${trace}-${"0".repeat(16)}-01`],
  ["upper-case digits", `00-${trace.toUpperCase()}-${span}-01`],
  ["a short span id", `00-${trace}-${span.slice(1)}-01`],
  ["an empty text", ""],
  ["a number", 7],
  ["nothing", undefined],
];

for (const [what, value] of refused) {
  Deno.test(`traceparent: ${what} is refused`, { permissions }, () => {
    assert.equal(parseTraceparent(value), undefined);
  });
}

Deno.test(
  "a child keeps the trace and its flags, and has a span of its own",
  { permissions },
  () => {
    const parent = { traceId: trace, spanId: span, flags: 0 };
    const child = createTraceContext(parent);
    assert.equal(child.traceId, trace);
    assert.equal(child.flags, 0);
    assert.notEqual(child.spanId, span);
  },
);

Deno.test("what is formatted is read back", { permissions }, () => {
  const context = createTraceContext();
  assert.deepEqual(parseTraceparent(formatTraceparent(context)), context);
});

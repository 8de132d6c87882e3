import { createLogger } from "@asya/program";
import assert from "node:assert/strict";
import { FakeClock } from "../testing/fake_clock.ts";
import { type Audit, createAudit } from "./audit.ts";

function createBench(): { audit: Audit; clock: FakeClock; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger({
    program: "gateway",
    level: "INFO",
    format: "json",
    write: (line) => lines.push(JSON.parse(line)),
  });
  const clock = new FakeClock();
  return { audit: createAudit(log, clock), clock, lines };
}

Deno.test({
  name: "[A6] audit: a refusal is one line, with who, from where, for what, and why not",
  permissions: "none",
  fn: () => {
    const { audit, lines } = createBench();
    const refusal = {
      reason: "scope",
      route: "/jobs/:id",
      from: "10.0.0.1",
      caller: "me",
      detail: "jobs:read",
    } as const;
    audit.write(refusal);
    assert.equal(lines.length, 1);
    const { time: _, ...fields } = lines[0] ?? {};
    const message = "a request was denied";
    assert.deepEqual(fields, { level: "WARN", program: "gateway", message, ...refusal });
  },
});

Deno.test({
  name: "[A6] audit: a flood is counted, says so later, and hides nothing else",
  permissions: "none",
  fn: async () => {
    const { audit, clock, lines } = createBench();
    for (let count = 0; count < 10_000; count++) {
      audit.write({ reason: "no_token", route: "/mcp" });
    }
    assert.equal(lines.length, 20);
    audit.write({ reason: "owner", route: "/jobs/:id", caller: "you" });
    assert.equal(lines.at(-1)?.caller, "you");
    await clock.pass(10_000);
    const { message, reason, count } = lines.at(-1) ?? {};
    assert.deepEqual([message, reason, count], ["more requests were denied", "no_token", 9_980]);
    await clock.pass(3_600_000);
    assert.equal(lines.length, 22, "nothing is said when nothing happens");
  },
});

Deno.test({
  name: "[A6] audit: an hour of attack is a few hundred lines, and none is lost from the count",
  permissions: "none",
  fn: async () => {
    const { audit, clock, lines } = createBench();
    for (let second = 0; second < 3_600; second++) {
      for (let count = 0; count < 10; count++) {
        audit.write({ reason: "wrong_token", route: "/mcp" });
      }
      await clock.pass(1_000);
    }
    audit.flush();
    assert(lines.length < 1_200, `${lines.length} lines`);
    const said = lines.reduce(
      (sum, { count }) => sum + (count === undefined ? 1 : Number(count)),
      0,
    );
    assert.equal(said, 36_000);
  },
});

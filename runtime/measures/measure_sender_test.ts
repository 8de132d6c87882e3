import assert from "node:assert/strict";
import { MeasureSender } from "./measure_sender.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

/** A sender with what it sent, and its timers, which a test lets ring. */
function start() {
  const sent: unknown[] = [];
  const timers = new Map<() => void, number>();
  const sender = new MeasureSender({
    send: (text) => sent.push(JSON.parse(text)),
    after: (delayMs, wake) => {
      timers.set(wake, delayMs);
      return () => void timers.delete(wake);
    },
  });
  const ring = () => {
    for (const wake of timers.keys()) {
      timers.delete(wake);
      wake();
    }
  };
  return { sender, sent, timers, ring };
}

const count = { kind: "count", name: "pages_total", value: 1, labels: {} } as const;

test("[K1] what a call measured is sent at its end, together", () => {
  const { sender, sent } = start();
  sender.add(7, count);
  sender.add(8, count);
  sender.add(7, count);
  sender.send(7);
  sender.send(7);
  sender.send(9);
  assert.deepEqual(sent, [{ measure: 7, measures: [{ ...count, value: 2 }] }]);
});

test("[K1] what a long call measures is sent while it works, with one timer for all", () => {
  const { sender, sent, timers, ring } = start();
  sender.add(7, count);
  sender.add(8, count);
  assert.deepEqual([...timers.values()], [1_000]);
  ring();
  assert.deepEqual(sent, [
    { measure: 7, measures: [count] },
    { measure: 8, measures: [count] },
  ]);
  assert.equal(timers.size, 0);
  sender.add(7, count);
  assert.equal(timers.size, 1);
  sender.send(7);
  ring();
  assert.equal(sent.length, 3);
});

test("[K2] of a flood the host sends little, and says how much it left out", () => {
  const { sender, sent } = start();
  for (let i = 0; i < 100_000; i++) {
    sender.add(7, { kind: "observe", name: "score", values: [i], labels: {} });
  }
  sender.send(7);
  const [frame] = sent as [{ measures: [{ values: number[] }]; dropped: number }];
  assert.equal(frame.measures[0].values.length + frame.dropped, 100_000);
  assert(JSON.stringify(sent).length < 10_000);
});

test("a session that is over waits for nothing", () => {
  const { sender, sent, timers } = start();
  sender.add(7, count);
  sender.close();
  sender.send(7);
  assert.deepEqual([sent.length, timers.size], [0, 0]);
});

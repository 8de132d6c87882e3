import assert from "node:assert/strict";
import { ChunkWaits } from "./chunk_waits.ts";
import { FakeClock } from "./testing/fake_clock.ts";

interface Given {
  readonly clock: FakeClock;
  readonly waits: ChunkWaits;
  readonly outcomes: string[];
  /** Waits for a report; gives whether it goes on by now. */
  readonly wait: (number: number) => () => boolean;
}

function given(limitMs = 250): Given {
  const clock = new FakeClock();
  const outcomes: string[] = [];
  const waits = new ChunkWaits({
    clock,
    limitMs,
    emit: (event) => event.kind === "chunks_awaited" && outcomes.push(event.outcome),
  });
  const wait = (number: number) => {
    let isOver = false;
    waits.wait(number).then(() => isOver = true);
    return () => isOver;
  };
  return { clock, waits, outcomes, wait };
}

const core = (name: string, fn: (context: Given) => Promise<void>) =>
  Deno.test({ name: `[D12] [D23] ${name}`, permissions: "none", fn: () => fn(given()) });

core("who waits goes on when the gateway has answered its report, and no sooner", async (t) => {
  const [second, fourth] = [t.wait(2), t.wait(4)];
  t.waits.noteAnswer(3, 10);
  await t.clock.pass(0);
  assert.deepEqual([second(), fourth()], [true, false]);
  t.waits.noteAnswer(4, 10);
  await t.clock.pass(0);
  assert(fourth());
  assert.deepEqual(t.outcomes, ["answered", "answered"]);
  assert.equal(t.clock.waiting, 0);
});

core("nobody waits for what is answered already, nor counts as one who did", async (t) => {
  t.waits.noteAnswer(3, 10);
  const isOver = t.wait(3);
  await t.clock.pass(0);
  assert(isOver());
  assert.deepEqual(t.outcomes, []);
});

core("a wait has a limit, and then none begins until the gateway is quick again", async (t) => {
  const first = t.wait(1);
  await t.clock.pass(249);
  assert.equal(first(), false);
  await t.clock.pass(1);
  assert(first());
  t.wait(2);
  await t.clock.pass(0);
  t.waits.noteAnswer(2, 126);
  t.wait(3);
  await t.clock.pass(0);
  assert.deepEqual(t.outcomes, ["late", "skipped", "skipped"]);
  t.waits.noteAnswer(3, 125);
  const last = t.wait(4);
  await t.clock.pass(0);
  assert.equal(last(), false, "it waits again");
  t.waits.noteAnswer(4, 10);
  await t.clock.pass(0);
  assert.deepEqual(t.outcomes.slice(3), ["answered"]);
});

core("when the gateway goes away all go on, and none waits until it is back", async (t) => {
  const waiting = [t.wait(1), t.wait(2)];
  t.waits.giveUp();
  t.wait(3);
  await t.clock.pass(0);
  assert(waiting.every((isOver) => isOver()));
  assert.deepEqual(t.outcomes, ["skipped", "skipped", "skipped"]);
  assert.equal(t.clock.waiting, 0);
});

Deno.test({
  name: "[D12] who sets no time for it never waits",
  permissions: "none",
  fn: async () => {
    const { clock, outcomes, wait } = given(0);
    const isOver = wait(1);
    await clock.pass(0);
    assert(isOver());
    assert.deepEqual(outcomes, []);
  },
});

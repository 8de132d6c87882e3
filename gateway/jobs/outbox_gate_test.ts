import assert from "node:assert/strict";
import { FakeClock, settle } from "../testing/fake_clock.ts";
import { OutboxGate } from "./outbox_gate.ts";

/** A gate, and who has come through it. */
function createBench() {
  const clock = new FakeClock();
  const state = { isOpen: true };
  const gate = new OutboxGate({ clock, isOpen: () => state.isOpen });
  const entered: string[] = [];
  const come = (name: string) => {
    const waiting = gate.pass();
    if (!waiting) return void entered.push(`${name} at once`);
    waiting.then(() => entered.push(name));
  };
  return { clock, state, gate, entered, come };
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `outbox gate: ${name}`, permissions: "none", fn });
}

test("nobody waits while it is open", async () => {
  const { come, entered } = createBench();
  come("a");
  await settle();
  assert.deepEqual(entered, ["a at once"]);
});

test("who waits comes in as others leave, in order, and before who comes later", async () => {
  const { come, entered, gate, state } = createBench();
  state.isOpen = false;
  for (const name of ["a", "b", "c"]) come(name);
  gate.let(2);
  await settle();
  assert.deepEqual(entered, []);
  state.isOpen = true;
  come("d");
  gate.let(2);
  await settle();
  assert.deepEqual(entered, ["a", "b"]);
  gate.let(5);
  await settle();
  assert.deepEqual(entered, ["a", "b", "c", "d"]);
});

test("nobody waits for longer than a while", async () => {
  const { come, entered, clock, state } = createBench();
  state.isOpen = false;
  come("a");
  await clock.pass(900);
  assert.deepEqual(entered, []);
  await clock.pass(200);
  assert.deepEqual(entered, ["a"]);
});

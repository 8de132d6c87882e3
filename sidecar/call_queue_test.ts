import assert from "node:assert/strict";
import { CallQueue } from "./call_queue.ts";

const core = (name: string, fn: () => void) => Deno.test({ name, permissions: "none", fn });

function take(queue: CallQueue<string>, capacity: number): string[] {
  const taken: string[] = [];
  for (let call; (call = queue.next(capacity)) !== undefined;) taken.push(call);
  return taken;
}

core("calls begin in their order, up to the capacity", () => {
  const queue = new CallQueue<string>();
  for (const call of ["a", "b", "c"]) queue.add(call);
  assert.deepEqual(take(queue, 2), ["a", "b"]);
  queue.finish("a");
  assert.deepEqual(take(queue, 2), ["c"]);
  assert.deepEqual([...queue.running], ["b", "c"]);
});

core("calls that waited before come first", () => {
  const queue = new CallQueue<string>();
  queue.add("c");
  queue.addFirst(["a", "b"]);
  assert.deepEqual(take(queue, 9), ["a", "b", "c"]);
});

core("suspects run one by one, with no other call beside them", () => {
  const queue = new CallQueue<string>();
  queue.add("before");
  assert.deepEqual(take(queue, 9), ["before"]);
  queue.add("c");
  queue.addSuspects(["a", "b"]);
  assert.deepEqual(take(queue, 9), [], "a suspect waits for the calls that run");
  queue.finish("before");
  assert.deepEqual(take(queue, 9), ["a"]);
  queue.finish("a");
  assert.deepEqual(take(queue, 9), ["b"]);
  queue.add("d");
  assert.deepEqual(take(queue, 9), [], "nobody runs beside the last suspect either");
  queue.finish("b");
  assert.deepEqual(take(queue, 9), ["c", "d"]);
});

core("a call that waits can be removed, one that runs cannot", () => {
  const queue = new CallQueue<string>();
  for (const call of ["a", "b"]) queue.add(call);
  queue.addSuspects(["s"]);
  assert.equal(queue.next(1), "s");
  assert.equal(queue.remove("a"), true);
  assert.equal(queue.remove("s"), false);
  queue.finish("s");
  assert.deepEqual(take(queue, 9), ["b"]);
});

core("what waits can be taken away, suspects by themselves", () => {
  const queue = new CallQueue<string>();
  queue.add("a");
  queue.addSuspects(["s"]);
  assert.deepEqual(queue.takeWaiting(), ["a"]);
  assert.deepEqual(queue.takeSuspects(), ["s"]);
  assert.equal(queue.next(1), undefined);
});

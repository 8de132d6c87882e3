import assert from "node:assert/strict";
import { type Call, Calls, type CallsOptions, type Clock, STOP_GRACE_MS } from "./calls.ts";
import type { Event } from "./event.ts";
import type { LedgerCall } from "./ledger.ts";
import type { Outcome } from "./read_result.ts";

/** A clock that stands until it is told to go on. */
class FakeClock implements Clock {
  nowMs = 1_000;
  #alarms: { atMs: number; wake: () => void }[] = [];

  now(): number {
    return this.nowMs;
  }

  at(timeMs: number, wake: () => void): () => void {
    const alarm = { atMs: timeMs, wake };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  goTo(timeMs: number): void {
    this.nowMs = timeMs;
    for (const alarm of this.#alarms.filter(({ atMs }) => atMs <= timeMs)) {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
      alarm.wake();
    }
  }
}

/** A desk of calls with everything it tells the outside. */
function setUp(options: Partial<CallsOptions> = {}) {
  const clock = new FakeClock();
  const events: Event[] = [];
  const slots: (LedgerCall | undefined)[] = [];
  let recycled = 0;
  const calls = new Calls({
    concurrency: 1,
    slowAfterMs: 0,
    ledger: { write: (slot, call) => slots[slot] = call },
    clock,
    onEvent: (event) => events.push(event),
    onRecycle: () => recycled++,
    ...options,
  });
  return { calls, clock, events, slots, recycled: () => recycled };
}

/** A call whose handler ends when the test says so. */
class ScriptedCall implements Call {
  readonly session = 1;
  readonly number: number;
  readonly jobId: string;
  readonly deadlineMs: number;
  readonly handler = Promise.withResolvers<Outcome>();
  isEntered = false;
  stopReason: Error | undefined;
  outcome: Outcome | undefined;

  constructor(number: number, deadlineMs = 60_000) {
    this.number = number;
    this.jobId = `job-${number}`;
    this.deadlineMs = deadlineMs;
  }

  run(): Outcome | Promise<Outcome> {
    this.isEntered = true;
    return this.handler.promise;
  }

  stop(reason: Error): void {
    this.stopReason = reason;
  }

  answer(outcome: Outcome): void {
    assert.equal(this.outcome, undefined, "a call is answered once");
    this.outcome = outcome;
  }

  async finish(outcome: Outcome = done): Promise<void> {
    this.handler.resolve(outcome);
    await settled();
  }

  get isStopped(): boolean {
    return this.stopReason !== undefined;
  }

  /** The code of the failure it was answered with. */
  get code(): string | undefined {
    const { outcome } = this;
    if (outcome?.kind !== "reply" || outcome.reply.kind !== "failure") return undefined;
    return outcome.reply.failure.code;
  }
}

const done: Outcome = { kind: "payload", text: "{}" };
const failed: Outcome = {
  kind: "reply",
  reply: {
    kind: "failure",
    failure: { code: "processing_error", message: "stopped", severity: "fatal" },
  },
};

/** Promises that are resolved already have had their say. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

Deno.test(
  "[R9] so many calls run at a time, the others in order",
  { permissions: "none" },
  async () => {
    const { calls } = setUp({ concurrency: 2 });
    const all = [1, 2, 3, 4].map((number) => new ScriptedCall(number));
    for (const call of all) calls.submit(call);
    assert.deepEqual(all.map((call) => call.isEntered), [true, true, false, false]);
    await all[1]!.finish();
    assert.deepEqual(all.map((call) => call.isEntered), [true, true, true, false]);
    assert.deepEqual(all.map((call) => call.outcome !== undefined), [false, true, false, false]);
  },
);

Deno.test("[R9] many synchronous calls are answered in order, without depth", {
  permissions: "none",
}, () => {
  const { calls } = setUp();
  const answered: number[] = [];
  for (let number = 0; number < 20_000; number++) {
    calls.submit({
      session: 1,
      number,
      jobId: "",
      deadlineMs: 60_000,
      run: () => done,
      stop: () => {},
      answer: () => answered.push(number),
    });
  }
  assert.equal(answered.length, 20_000);
  assert.deepEqual(answered.slice(0, 3), [0, 1, 2]);
});

Deno.test("[R3] the ledger tells where a call is before the handler can block", {
  permissions: "none",
}, async () => {
  const { calls, slots } = setUp();
  const call = new ScriptedCall(7);
  let duringRun: LedgerCall | undefined;
  call.run = () => {
    duringRun = slots[0];
    return call.handler.promise;
  };
  calls.submit(call);
  assert.deepEqual(duringRun, { session: 1, call: 7, stage: "entered", deadlineMs: 60_000 });
  assert.equal(slots[0]?.stage, "awaited");
  await call.finish();
  assert.equal(slots[0], undefined);
});

Deno.test(
  "[R3] [R10] a call is told to stop at its deadline, and what it then throws is a timeout",
  {
    permissions: "none",
  },
  async () => {
    const { calls, clock, recycled } = setUp();
    const call = new ScriptedCall(1, 5_000);
    calls.submit(call);
    clock.goTo(4_999);
    assert.equal(call.isStopped, false);
    clock.goTo(5_000);
    assert.equal(call.stopReason?.name, "TimeoutError");
    await call.finish(failed);
    assert.equal(call.code, "timeout_error");
    assert.equal(recycled(), 0);
  },
);

Deno.test("[R3] a result that comes within the grace counts", { permissions: "none" }, async () => {
  const { calls, clock } = setUp();
  const call = new ScriptedCall(1, 5_000);
  calls.submit(call);
  clock.goTo(5_000);
  await call.finish(done);
  assert.equal(call.outcome, done);
});

Deno.test("[R3] a handler that does not stop is answered for, and the host recycled", {
  permissions: "none",
}, async () => {
  const { calls, clock, slots, events, recycled } = setUp({ concurrency: 2 });
  const [stuck, other, later] = [
    new ScriptedCall(1, 5_000),
    new ScriptedCall(2, 9_000),
    new ScriptedCall(3, 9_000),
  ];
  for (const call of [stuck, other, later]) calls.submit(call);
  clock.goTo(5_000);
  clock.goTo(5_000 + STOP_GRACE_MS);
  assert.equal(stuck.code, "timeout_error");
  assert.equal(slots[0]?.stage, "abandoned");
  assert.equal(recycled(), 1);
  assert.deepEqual(events, [{ kind: "call_abandoned", jobId: "job-1", runningMs: 5_000 }]);
  let isIdle = false;
  calls.idle().then(() => isIdle = true);
  await settled();
  assert.equal(isIdle, false, "the other call is still in hand");
  await other.finish();
  assert.equal(isIdle, true);
  assert.equal(later.isEntered, false, "nothing begins in a host that is recycled");
  await stuck.finish();
  assert.equal(stuck.code, "timeout_error");
});

Deno.test("[R10] a cancelled call that does not stop keeps its place until its time is over", {
  permissions: "none",
}, async () => {
  const { calls, clock, recycled } = setUp({ concurrency: 2 });
  const stuck = new ScriptedCall(1, 9_000);
  calls.submit(stuck);
  calls.stop(1, 1, new DOMException("cancelled", "AbortError"));
  assert.equal(stuck.stopReason?.message, "cancelled");
  clock.goTo(1_000 + STOP_GRACE_MS);
  assert.equal(stuck.code, "timeout_error");
  assert.equal(recycled(), 0, "there is a place left");
  const [second, third] = [new ScriptedCall(2), new ScriptedCall(3)];
  calls.submit(second);
  calls.submit(third);
  assert.deepEqual([second.isEntered, third.isEntered], [true, false]);
  clock.goTo(9_000);
  assert.equal(recycled(), 1, "leaked work does not outlive its time");
  await second.finish();
});

Deno.test(
  "[R10] a cancelled call that fails keeps its own failure",
  { permissions: "none" },
  async () => {
    const { calls } = setUp();
    const call = new ScriptedCall(1);
    calls.submit(call);
    calls.stop(1, 1, new DOMException("cancelled", "AbortError"));
    await call.finish(failed);
    assert.equal(call.code, "processing_error");
  },
);

Deno.test(
  "[R10] a waiting call that is cancelled never begins",
  { permissions: "none" },
  async () => {
    const { calls } = setUp();
    const [first, waiting] = [new ScriptedCall(1), new ScriptedCall(2)];
    calls.submit(first);
    calls.submit(waiting);
    calls.stop(1, 2, new DOMException("cancelled", "AbortError"));
    await first.finish();
    assert.equal(waiting.isEntered, false);
    assert.equal(waiting.code, "timeout_error");
  },
);

Deno.test("a call whose time is over before the handler is free never begins", {
  permissions: "none",
}, async () => {
  const { calls, clock } = setUp();
  const [first, waiting] = [new ScriptedCall(1, 60_000), new ScriptedCall(2, 3_000)];
  calls.submit(first);
  calls.submit(waiting);
  clock.goTo(3_000);
  assert.equal(waiting.code, "timeout_error");
  await first.finish();
  assert.equal(waiting.isEntered, false);
  assert.equal(first.outcome, done);
});

Deno.test("the calls of a session that is gone are told to stop, no others", {
  permissions: "none",
}, () => {
  const { calls } = setUp({ concurrency: 2 });
  const gone = new ScriptedCall(1);
  const other = Object.assign(new ScriptedCall(1), { session: 2 });
  calls.submit(gone);
  calls.submit(other);
  calls.stopSession(1, new DOMException("gone", "AbortError"));
  assert.equal(gone.stopReason?.message, "gone");
  assert.equal(other.isStopped, false);
});

Deno.test("a slow call is told of once, and goes on", { permissions: "none" }, async () => {
  const { calls, clock, events } = setUp({ slowAfterMs: 500 });
  const call = new ScriptedCall(1);
  calls.submit(call);
  clock.goTo(1_600);
  clock.goTo(2_600);
  assert.deepEqual(events, [{ kind: "call_slow", jobId: "job-1", runningMs: 600 }]);
  await call.finish();
  assert.equal(call.outcome, done);
});

Deno.test("[D11] once closed it takes no call, and is idle when those taken are done", {
  permissions: "none",
}, async () => {
  const { calls } = setUp();
  const [first, second, late] = [1, 2, 3].map((number) => new ScriptedCall(number));
  calls.submit(first!);
  calls.submit(second!);
  calls.close();
  calls.submit(late!);
  let isIdle = false;
  calls.idle().then(() => isIdle = true);
  await first!.finish();
  assert.deepEqual([isIdle, second!.isEntered], [false, true]);
  await second!.finish();
  assert.deepEqual([isIdle, late!.isEntered], [true, false]);
});

Deno.test("a crowd of waiting calls holds its sender up until there is room", {
  permissions: "none",
}, async () => {
  const { calls } = setUp();
  const all = Array.from({ length: 80 }, (_, number) => new ScriptedCall(number));
  for (const call of all) calls.submit(call);
  let hasRoom = false;
  calls.room().then(() => hasRoom = true);
  await settled();
  assert.equal(hasRoom, false);
  for (const call of all.slice(0, 20)) await call.finish();
  assert.equal(hasRoom, true);
});

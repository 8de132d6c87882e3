import assert from "node:assert/strict";
import { createFailure, type InstanceExit } from "@asya/protocol";
import type { Event } from "./events.ts";
import { type HandlerCall, HandlerClient } from "./handler_client.ts";
import { FakeClock, turn } from "./testing/fake_clock.ts";
import { FakeHost, FakePlace } from "./testing/fake_host.ts";

interface Given {
  readonly clock: FakeClock;
  readonly place: FakePlace;
  readonly client: HandlerClient;
  readonly events: Event[];
  readonly states: string[];
  /** Makes a call whose end is written down under its name. */
  /** Brings up a host, and lets the client find it. */
  readonly host: (...change: ConstructorParameters<typeof FakeHost>) => Promise<FakeHost>;
  readonly call: (name: string) => HandlerCall;
  /** How the calls that have ended did so, by name. */
  readonly ends: () => Record<string, string>;
}

function given(): Given {
  const clock = new FakeClock();
  const place = new FakePlace();
  const events: Event[] = [];
  const states: Given["states"] = [];
  const ends: Record<string, string> = {};
  const client = new HandlerClient({
    place,
    clock,
    random: () => 0,
    emit: (event) => events.push(event),
    patienceMs: 5000,
    onHost: (state) => states.push(state?.kind ?? "away"),
  });
  const call = (name: string) => {
    const body = new TextEncoder().encode(name);
    const made = client.call({
      body,
      onSent: () => {},
      onProgress: () => {},
      onMeasured: () => {},
    });
    made.ended.then((end) => ends[name] = end.kind === "died" ? `died: ${end.reason}` : end.kind);
    return made;
  };
  const host = async (...change: ConstructorParameters<typeof FakeHost>) => {
    const put = place.put(new FakeHost(...change));
    await clock.pass(500);
    return put;
  };
  return { host, clock, place, client, events, states, call, ends: () => ({ ...ends }) };
}

function names(host: FakeHost): string[] {
  return host.calls.map(({ request }) => new TextDecoder().decode(request.body));
}

function exit(reason: InstanceExit["reason"], culprits?: number[]): InstanceExit {
  return { instance: "i1", reason, at: "", ...(culprits && { culprits }) };
}

const core = (name: string, fn: (context: Given) => Promise<void>) =>
  Deno.test({
    name,
    permissions: "none",
    fn: async () => {
      const context = given();
      context.client.start();
      await fn(context);
      await context.client.close();
      await turn();
      assert.equal(context.clock.waiting, 0, "no timer outlives the client");
    },
  });

core("[R9] a host gets as many calls as it takes, the others in their order", async (t) => {
  const host = await t.host({ concurrency: 2 });
  await turn();
  for (const name of ["a", "b", "c"]) t.call(name);
  assert.deepEqual(names(host), ["a", "b"]);
  host.reply({ done: 1 });
  await turn();
  assert.deepEqual(names(host), ["b", "c"]);
  assert.deepEqual(t.ends(), { a: "replied" });
});

core("calls made while the host is away are made when it comes", async (t) => {
  t.call("a");
  await t.clock.pass(4000);
  const host = await t.host();
  await turn();
  assert.deepEqual(names(host), ["a"]);
  assert.deepEqual(t.states, ["session"]);
});

core("[D4] a host that was long away is found within half a second", async (t) => {
  await t.clock.pass(600_000);
  const before = t.place.attempts;
  await t.clock.pass(10_000);
  assert(t.place.attempts - before >= 20, "it is looked for at least twice a second");
  assert(t.place.attempts - before <= 40, "it is not looked for without pause");
  t.place.put(new FakeHost());
  await t.clock.pass(500);
  assert.deepEqual(t.states, ["session"]);
});

core("[D4] what waits for a host that stays away is given back", async (t) => {
  const host = await t.host({ concurrency: 1 });
  await turn();
  t.call("running");
  t.call("waiting");
  host.die();
  await t.clock.pass(4999);
  assert.deepEqual(t.ends(), {});
  await t.clock.pass(1);
  assert.deepEqual(t.ends(), { waiting: "given_back" });
  t.call("late");
  await turn();
  assert.equal(t.ends().late, "given_back");
  assert.equal(t.ends().running, undefined, "who may be to blame is kept until that is known");
});

core("[D5] a call that was alone when its instance died is to blame", async (t) => {
  for (
    const [name, record, end] of [
      ["a", [exit("oom")], "died: oom"],
      ["b", [exit("killed")], "died: killed"],
      ["c", [], "died: unknown"],
      ["d", [{ ...exit("oom"), instance: "another" }], "died: unknown"],
    ] as const
  ) {
    const host = await t.host();
    await t.clock.pass(100);
    t.call(name);
    host.die();
    await turn();
    assert.equal(t.ends()[name], undefined);
    const next = await t.host({ instance: "i2", exits: record });
    await t.clock.pass(100);
    assert.equal(t.ends()[name], end);
    next.die();
    await turn();
  }
});

core("[D4] calls that died in company are run one by one, with no other beside them", async (t) => {
  const first = await t.host({ concurrency: 3 });
  await turn();
  for (const name of ["a", "b", "c"]) t.call(name);
  first.die();
  await turn();
  t.call("d");
  const exits = [exit("oom")];
  const second = await t.host({ concurrency: 3, instance: "i2", exits });
  await t.clock.pass(100);
  assert.deepEqual(names(second), ["a"]);
  second.reply(1);
  await turn();
  assert.deepEqual(names(second), ["b"]);
  second.die();
  await turn();
  const third = await t.host({
    concurrency: 3,
    instance: "i3",
    exits: [...exits, { ...exit("oom"), instance: "i2" }],
  });
  await t.clock.pass(100);
  assert.deepEqual(t.ends(), { a: "replied", b: "died: oom" });
  assert.deepEqual(names(third), ["c"]);
  third.reply(1);
  await turn();
  assert.deepEqual(names(third), ["d"]);
});

core("[R3] where a culprit is named, the others are simply made again", async (t) => {
  const first = await t.host({ concurrency: 3 });
  await turn();
  for (const name of ["a", "b", "c"]) t.call(name);
  const culprit = first.calls[1]?.call ?? 0;
  first.die();
  await turn();
  const second = await t.host({
    concurrency: 3,
    instance: "i2",
    exits: [exit("timeout", [culprit])],
  });
  await t.clock.pass(100);
  assert.deepEqual(t.ends(), { b: "died: timeout" });
  assert.deepEqual(names(second), ["a", "c"]);
  assert(
    t.events.some((event) =>
      event.kind === "runtime_died" && event.reason === "timeout" && event.culprits === 1 &&
      event.calls === 3 && event.suspects === 0
    ),
  );
});

core("[D4] calls that were not wholly written are made again, in their order", async (t) => {
  const first = await t.host({ concurrency: 2 });
  await turn();
  for (const name of ["a", "b", "c"]) t.call(name);
  first.die({ kind: "spared" });
  const second = await t.host({ concurrency: 3 });
  await t.clock.pass(100);
  assert.deepEqual(names(second), ["a", "b", "c"]);
  assert.deepEqual(t.ends(), {});
});

core("[W4] a reply over the cap fails the call that was alone", async (t) => {
  const host = await t.host();
  await turn();
  t.call("a");
  host.die({ kind: "lost", failure: createFailure("frame_too_large", "too large") });
  await turn();
  assert.deepEqual(t.ends(), { a: "replied" });
});

core("[R3] calls that another one made late are made again", async (t) => {
  const first = await t.host({ concurrency: 2 });
  t.call("a");
  t.call("b");
  const culprit = first.calls[1]?.call ?? 0;
  first.die({ kind: "lost", isLate: true });
  const second = await t.host({
    concurrency: 2,
    instance: "i2",
    exits: [exit("timeout", [culprit])],
  });
  assert.deepEqual(t.ends(), { b: "died: timeout" });
  assert.deepEqual(names(second), ["a"]);
});

core("a call that was late and alone is not kept for its host to come back", async (t) => {
  const host = await t.host();
  t.call("a");
  host.die({ kind: "lost", isLate: true });
  await turn();
  assert.deepEqual(t.ends(), { a: "timed_out" });
});

core("a call that took too long has its end, whatever becomes of the host", async (t) => {
  const host = await t.host({ concurrency: 2 });
  await turn();
  t.call("a");
  t.call("b");
  host.calls[0]?.end({ kind: "timed_out" });
  await turn();
  assert.deepEqual(t.ends(), { a: "timed_out" });
});

core(
  "[D15] a cancelled call ends at once where it waits, and by the host where it runs",
  async (t) => {
    const host = await t.host();
    await turn();
    const running = t.call("running");
    const waiting = t.call("waiting");
    running.cancel();
    waiting.cancel();
    await turn();
    assert.deepEqual(host.cancelled, [host.calls[0]?.call]);
    assert.deepEqual(t.ends(), { waiting: "cancelled" });
    host.reply(1);
    await turn();
    assert.deepEqual(t.ends(), { waiting: "cancelled", running: "replied" });
  },
);

core("[D4] a suspect that did not reach its host is a suspect still", async (t) => {
  const first = await t.host({ concurrency: 2 });
  t.call("a");
  t.call("b");
  t.call("c");
  first.die();
  const second = await t.host({ concurrency: 2, instance: "i2" });
  assert.deepEqual(names(second), ["a"]);
  second.die({ kind: "spared" });
  const third = await t.host({ concurrency: 2, instance: "i3" });
  for (const name of ["b", "a", "c"]) {
    assert.deepEqual(names(third), [name]);
    third.reply(null);
    await turn();
  }
  assert.deepEqual(t.ends(), { a: "replied", b: "replied", c: "replied" });
});

core("[D4] a call that nobody waits for any more is company still", async (t) => {
  const host = await t.host({ concurrency: 2 });
  const cancelled = t.call("late");
  t.call("innocent");
  cancelled.cancel();
  host.calls[0]?.end({ kind: "lost", isLate: true });
  host.die();
  await turn();
  assert.deepEqual(t.ends(), { late: "cancelled" });
  const next = await t.host({ instance: "i2", exits: [exit("killed")] });
  assert.deepEqual(names(next), ["innocent"], "it was not late, and is made again");
  next.reply(null);
  await turn();
  assert.deepEqual(t.ends(), { late: "cancelled", innocent: "replied" });
});

core("[D15] a cancelled call is not made again after its host died", async (t) => {
  const host = await t.host({ concurrency: 2 });
  await turn();
  t.call("a").cancel();
  const b = t.call("b");
  host.die();
  await turn();
  b.cancel();
  await turn();
  assert.deepEqual(t.ends(), { a: "cancelled", b: "cancelled" });
});

core("[D11] while it drains, what runs goes on and all else is given back", async (t) => {
  const host = await t.host();
  await turn();
  t.call("running");
  t.call("waiting");
  t.client.drain();
  t.call("late");
  await turn();
  assert.deepEqual(t.ends(), { waiting: "given_back", late: "given_back" });
  host.reply(1);
  await turn();
  assert.equal(t.ends().running, "replied");
});

core("[D11] what still runs when it closes is given back, to blame or not", async (t) => {
  await t.host({ concurrency: 2 });
  await turn();
  t.call("a");
  t.call("b");
  await t.client.close();
  assert.deepEqual(t.ends(), { a: "given_back", b: "given_back" });
});

core("a host that answers the hello and then closes is not asked without pause", async (t) => {
  for (let time = 0; time < 100; time++) {
    t.place.host = new FakeHost();
    t.place.host.die();
    await t.clock.pass(100);
  }
  assert(t.place.attempts < 50, `${t.place.attempts} attempts in 10 s`);
});

import type { ConfirmChannel, Message } from "amqplib";
import assert from "node:assert/strict";
import { FakeClock } from "../testing/fake_clock.ts";
import type { PublishOutcome } from "../transport.ts";
import type { ChannelHandle } from "./channel_handle.ts";
import { Publisher } from "./publisher.ts";
import type { Session } from "./session.ts";

const none = { permissions: "none" as const };

/** A publisher on a channel that does what a test says. */
function createBench() {
  const clock = new FakeClock(0);
  const confirms: ((error: unknown) => void)[] = [];
  const outcomes: (PublishOutcome | undefined)[] = [];
  let onReturn: (message: Message) => void = () => {};
  const channel = {
    on: (_: string, listener: (message: Message) => void) => onReturn = listener,
    publish: (...all: unknown[]) => confirms.push(all[4] as (error: unknown) => void),
  };
  const handle = {
    channel: channel as unknown as ConfirmChannel,
    isOpen: true,
    ended: new Promise<undefined>(() => {}),
    close: () => Promise.resolve(void (handle.isOpen = false)),
  };
  const session = { isAlive: true, isBlocked: false, writeTogether: () => {} };
  let overdue = 0;
  const publisher = new Publisher(handle as unknown as ChannelHandle<ConfirmChannel>, {
    session: session as unknown as Session,
    clock,
    maxInFlightBytes: 10_000,
    confirmLimitMs: 30_000,
    onOverdue: () => overdue++,
  });
  return {
    clock,
    session,
    publisher,
    confirms,
    outcomes,
    overdue: () => overdue,
    publish: (messageId: string, queue = "a", size = 10) => {
      const index = outcomes.push(undefined) - 1;
      publisher.publish("asya", { queue, messageId, body: new Uint8Array(size) }, (outcome) => {
        outcomes[index] = outcome;
      });
    },
    giveBack: (messageId: string, routingKey: string) =>
      onReturn(
        { fields: { routingKey, exchange: "asya" }, properties: { messageId } } as Message,
      ),
  };
}

Deno.test("a broker that confirms slowly is waited for", none, () => {
  const { clock, publish, confirms, outcomes, overdue } = createBench();
  for (let number = 0; number < 10; number++) publish(`m${number}`);
  for (const confirm of confirms) {
    clock.pass(20_000);
    confirm(null);
  }
  assert.deepEqual([overdue(), new Set(outcomes)], [0, new Set(["confirmed"])]);
});

Deno.test("one confirm that does not come ends it, whatever else is confirmed", none, () => {
  const { clock, publish, confirms, outcomes, overdue } = createBench();
  publish("first");
  publish("lost");
  confirms[0]?.(null);
  for (let number = 0; number < 60 && overdue() === 0; number++) {
    publish(`m${number}`);
    confirms.at(-1)?.(null);
    clock.pass(1_000);
  }
  assert.equal(overdue(), 1);
  assert.deepEqual(outcomes.slice(0, 3), ["confirmed", "failed", "confirmed"]);
});

Deno.test("while the broker takes nothing, no confirm is overdue", none, () => {
  const { clock, publish, publisher, session, confirms, outcomes, overdue } = createBench();
  publish("m1");
  session.isBlocked = true;
  publish("m2");
  clock.pass(100_000);
  assert.equal(confirms.length, 1, "nothing more is written");
  session.isBlocked = false;
  publisher.unblock();
  clock.pass(29_000);
  assert.equal(overdue(), 0);
  for (const confirm of confirms) confirm(null);
  assert.deepEqual(outcomes, ["confirmed", "confirmed"]);
});

Deno.test("of two with one identity both count as given back, others do not", none, () => {
  const { publish, giveBack, confirms, outcomes } = createBench();
  for (const [messageId, queue] of [["m1", "a"], ["m1", "a"], ["m1", "b"], ["m2", "a"]]) {
    publish(messageId ?? "", queue);
  }
  giveBack("m1", "a");
  publish("m1", "a");
  for (const confirm of confirms) confirm(null);
  assert.deepEqual(outcomes, [
    ...["unroutable", "unroutable"],
    ...["confirmed", "confirmed", "confirmed"],
  ]);
});

Deno.test("more than there is room for waits, and one that is too large goes alone", none, () => {
  const { publish, confirms, outcomes } = createBench();
  publish("m1", "a", 8_000);
  publish("m2", "a", 50_000);
  publish("m3", "a", 10);
  for (let written = 1; written <= 3; written++) {
    assert.equal(confirms.length, written);
    confirms[written - 1]?.(null);
  }
  assert.deepEqual(new Set(outcomes), new Set(["confirmed"]));
});

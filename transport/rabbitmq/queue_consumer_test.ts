import type { Channel, ConsumeMessage } from "amqplib";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { FakeClock } from "../testing/fake_clock.ts";
import type { Delivery, TransportEvent } from "../transport.ts";
import type { ChannelHandle } from "./channel_handle.ts";
import type { Link } from "./link.ts";
import { OwnHolds } from "./own_holds.ts";
import { QueueConsumer } from "./queue_consumer.ts";
import type { Session } from "./session.ts";

const none = { permissions: "none" as const };

type Take = (message: ConsumeMessage | null) => void;

/** A consumer on a channel that does what a test says. */
function createBench(acknowledge: () => void = () => {}) {
  const clock = new FakeClock(0);
  const events: TransportEvent[] = [];
  const deliveries: Delivery[] = [];
  /** Every beginning: when, and how to send something. */
  const begun: { readonly atMs: number; readonly send: Take }[] = [];
  const channel = {
    prefetch: () => Promise.resolve(),
    consume: (_queue: string, send: Take) => {
      begun.push({ atMs: clock.now(), send });
      return Promise.resolve();
    },
    cancel: () => Promise.resolve(),
    ack: acknowledge,
    nack: acknowledge,
  };
  const handle = {
    channel: channel as unknown as Channel,
    isOpen: true,
    ended: new Promise<undefined>(() => {}),
    close: () => Promise.resolve(),
  };
  const session = {
    isAlive: true,
    writeTogether: () => {},
    openChannel: () => Promise.resolve(handle as unknown as ChannelHandle),
  } as unknown as Session;
  const consumer = new QueueConsumer({
    link: { ready: () => Promise.resolve(session) } as unknown as Link,
    queue: "a",
    consume: { prefetch: 2, onDelivery: (delivery) => deliveries.push(delivery) },
    ownHolds: new OwnHolds(),
    restoreQueue: () => Promise.resolve(),
    clock,
    random: () => 0.5,
    onEvent: (event) => events.push(event),
    onClosed: () => {},
  });
  return { clock, events, deliveries, begun, consumer };
}

/** Lets everything run that does not wait for time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

Deno.test("a consumer that the broker ends at once begins later each time", none, async () => {
  const { clock, events, begun, consumer } = createBench();
  await consumer.begin();
  for (let passedMs = 0; passedMs < 30_000; passedMs += 50) {
    if (begun.at(-1)?.atMs === clock.now()) begun.at(-1)?.send(null);
    clock.pass(50);
    await settle();
  }
  const waits = begun.slice(1).map(({ atMs }, index) => atMs - (begun[index]?.atMs ?? 0));
  assert.deepEqual(waits.slice(0, 7), [150, 300, 600, 1_200, 2_400, 3_750, 3_750]);
  assert.equal(events.length, 1, "it is told once");
  for (const ms of [10_000, 10_000]) {
    clock.pass(ms);
    await settle();
  }
  const endedMs = clock.now();
  begun.at(-1)?.send(null);
  await settle();
  assert.equal(begun.at(-1)?.atMs, endedMs, "one that lasted is followed at once");
  assert.equal(events.length, 2);
});

Deno.test("[D4] after a pause it begins at once, whatever was before", none, async () => {
  const { clock, begun, consumer } = createBench();
  await consumer.begin();
  begun[0]?.send(null);
  await settle();
  await consumer.pause();
  await consumer.resume();
  await settle();
  assert.deepEqual(begun.map(({ atMs }) => atMs), [0, 0]);
  assert.equal(clock.now(), 0);
});

Deno.test("[D2] an ack that the client refuses is a lost hold, and rejects not", none, async () => {
  const { deliveries, events, begun, consumer } = createBench(() => {
    throw new Error("Connection closing");
  });
  await consumer.begin();
  for (const deliveryTag of [1, 2]) {
    begun[0]?.send({
      content: Buffer.from("{}"),
      fields: { deliveryTag, redelivered: false },
      properties: { messageId: `m${deliveryTag}`, headers: {} },
    } as unknown as ConsumeMessage);
  }
  await settle();
  await deliveries[0]?.ack();
  await deliveries[1]?.requeue();
  assert.deepEqual(events, [
    { kind: "hold_lost", queue: "a", messageId: "m1" },
    { kind: "hold_lost", queue: "a", messageId: "m2" },
  ]);
});

Deno.test("[W5] an identity that cannot be published again is none", none, async () => {
  const { deliveries, begun, consumer } = createBench();
  await consumer.begin();
  // What the client makes of 255 bytes that are no text.
  const ids = ["\ufffd".repeat(255), "i".repeat(255)];
  for (const [index, messageId] of ids.entries()) {
    begun[0]?.send({
      content: Buffer.from("{}"),
      fields: { deliveryTag: index + 1, redelivered: false },
      properties: { messageId, headers: {} },
    } as unknown as ConsumeMessage);
  }
  await settle();
  assert.deepEqual(deliveries.map(({ messageId }) => messageId), [undefined, ids[1]]);
});

import assert from "node:assert/strict";
import { openInbox, patiently } from "./inbox.ts";
import type { Browser, Verdict } from "../browser.ts";
import type { Outgoing, QueueState, Transport, TransportEvent } from "../transport.ts";

/** A broker under test, with nothing in it. */
export interface TransportHarness {
  /**
   * Whether the broker tells, and at once, everything that a queue holds. Otherwise only its ready
   * messages are checked, and they may take a moment to be counted.
   */
  readonly tellsAll: boolean;
  /** Opens a client; the suite closes it. */
  open(onEvent?: (event: TransportEvent) => void): Promise<Transport & Browser>;
  /**
   * Runs a client that takes one message from a queue and dies while it holds it. Resolves when the
   * broker may show the message to others.
   */
  dieHolding(queue: string): Promise<void>;
  /** Lets so many milliseconds pass for the broker. */
  pass(ms: number): Promise<void>;
  /** Ends the broker, after every client is closed. */
  close(): Promise<void>;
}

/** What a test of the suite works with. */
interface Bench {
  /** Opens a client that is closed at the end of the test. */
  readonly open: TransportHarness["open"];
  readonly harness: TransportHarness;
  /** Checks what a queue holds, as far as its broker tells. */
  readonly holds: (transport: Transport, queue: string, expected: QueueState) => Promise<void>;
}

/**
 * Registers the tests that every transport passes.
 *
 * @param name what is under test
 * @param createHarness makes a fresh broker for each test
 * @param options whether to skip them all, where there is no such broker
 */
export function testTransport(
  name: string,
  createHarness: () => Promise<TransportHarness>,
  options: { readonly ignore?: boolean } = {},
): void {
  for (const [title, run] of Object.entries(promises)) {
    Deno.test(`${name}: ${title}`, options, async () => {
      const harness = await createHarness();
      const holds: Bench["holds"] = (transport, queue, expected) =>
        checkHolds(transport, queue, expected, harness.tellsAll);
      const clients: Transport[] = [];
      const open = async (onEvent?: (event: TransportEvent) => void) => {
        const client = await harness.open(onEvent);
        clients.push(client);
        return client;
      };
      try {
        await run({ open, harness, holds });
      } finally {
        for (const client of clients) await client.close();
        await harness.close();
      }
    });
  }
}

const promises: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  "declaring again leaves a queue as it is": async ({ open, holds }) => {
    const transport = await open();
    await transport.declare(["a", "b", "a"]);
    await publish(transport, message("a", "m1"));
    await transport.declare(["a"]);
    await holds(transport, "a", { ready: 1, unacked: 0, delayed: 0 });
    await holds(transport, "b", { ready: 0, unacked: 0, delayed: 0 });
  },

  "each published message has its own outcome, in order": async ({ open, holds }) => {
    const transport = await open();
    await transport.declare(["a", "b"]);
    const outcomes = await transport.publish([
      message("a", "m1"),
      message("nowhere", "m2"),
      message("b", "m3"),
      message("a", "m4"),
    ]);
    assert.deepEqual(outcomes, ["confirmed", "unroutable", "confirmed", "confirmed"]);
    await holds(transport, "a", { ready: 2, unacked: 0, delayed: 0 });
    await holds(transport, "b", { ready: 1, unacked: 0, delayed: 0 });
    assert.equal(await transport.inspect("nowhere"), undefined);
    assert.deepEqual(await transport.publish([]), []);
  },

  "[D14] with a prefetch of 1, order is kept": async ({ open }) => {
    const [publisher, consumer] = [await open(), await open()];
    await publisher.declare(["a"]);
    const ids = numbered(60);
    await publish(publisher, ...ids.slice(0, 20).map((id) => message("a", id)));
    const inbox = await openInbox(consumer, "a", 1);
    const publishing = (async () => {
      for (const id of ids.slice(20)) await publish(publisher, message("a", id));
    })();
    const got: (string | undefined)[] = [];
    for (const _ of ids) {
      const delivery = await inbox.next();
      got.push(delivery.messageId);
      assert.equal(delivery.redelivered, false);
      await delivery.ack();
    }
    await publishing;
    assert.deepEqual(got, ids);
  },

  "[D14] no more than prefetch are in hand": async ({ open, holds }) => {
    const transport = await open();
    await transport.declare(["a"]);
    await publish(transport, ...numbered(8).map((id) => message("a", id)));
    const inbox = await openInbox(transport, "a", 3);
    const held = await inbox.take(3);
    await holds(transport, "a", { ready: 5, unacked: 3, delayed: 0 });
    await held[1]?.ack();
    await inbox.next();
    await holds(transport, "a", { ready: 4, unacked: 3, delayed: 0 });
    assert.deepEqual(inbox.waiting, []);
  },

  "an acknowledged message is gone": async ({ open, holds }) => {
    const [one, other] = [await open(), await open()];
    await one.declare(["a"]);
    await publish(one, message("a", "m1"), message("a", "m2"));
    const inbox = await openInbox(one, "a", 1);
    await (await inbox.next()).ack();
    await (await inbox.next()).ack();
    await one.close();
    await holds(other, "a", { ready: 0, unacked: 0, delayed: 0 });
  },

  "a requeued message comes back, marked redelivered": async ({ open, holds }) => {
    const transport = await open();
    await transport.declare(["a"]);
    await publish(transport, message("a", "m1", "same"));
    const inbox = await openInbox(transport, "a", 1);
    const first = await inbox.next();
    assert.equal(first.redelivered, false);
    await first.requeue();
    const second = await inbox.next();
    assert.equal(second.redelivered, true);
    assert.equal(second.messageId, "m1");
    assert.deepEqual(second.body, first.body);
    await second.ack();
    await holds(transport, "a", { ready: 0, unacked: 0, delayed: 0 });
  },

  "settling twice does nothing": async ({ open, holds }) => {
    const events: TransportEvent[] = [];
    const transport = await open((event) => events.push(event));
    await transport.declare(["a"]);
    await publish(transport, message("a", "m1"), message("a", "m2"));
    const inbox = await openInbox(transport, "a", 1);
    const first = await inbox.next();
    await Promise.all([first.ack(), first.requeue(), first.ack()]);
    await first.requeue();
    const second = await inbox.next();
    assert.equal(second.messageId, "m2");
    await holds(transport, "a", { ready: 0, unacked: 1, delayed: 0 });
    assert.deepEqual(events.filter(({ kind }) => kind === "hold_lost"), []);
  },

  "[D7] a delayed message waits in the queue, and not less than its delay": async (bench) => {
    const transport = await bench.open();
    await transport.declare(["a"]);
    const inbox = await openInbox(transport, "a", 5);
    await publish(
      transport,
      { ...message("a", "late"), delayMs: 2_000 },
      { ...message("a", "soon"), delayMs: 1_000 },
      message("a", "now"),
    );
    assert.equal((await inbox.next()).messageId, "now");
    await bench.holds(transport, "a", { ready: 0, unacked: 1, delayed: 2 });
    assert.deepEqual(inbox.waiting, []);
    await bench.harness.pass(1_000);
    assert.equal((await inbox.next()).messageId, "soon");
    await bench.harness.pass(1_000);
    assert.equal((await inbox.next()).messageId, "late");
  },

  "[D7] a delay outlives its publisher": async ({ open, harness, holds }) => {
    const [publisher, consumer] = [await open(), await open()];
    await publisher.declare(["a"]);
    await publish(publisher, { ...message("a", "m1"), delayMs: 1_000 });
    await publisher.close();
    const inbox = await openInbox(consumer, "a", 1);
    await holds(consumer, "a", { ready: 0, unacked: 0, delayed: 1 });
    await harness.pass(1_000);
    assert.equal((await inbox.next()).redelivered, false);
  },

  "[D2] what a consumer held when it died comes back, marked redelivered": async (bench) => {
    const transport = await bench.open();
    await transport.declare(["a"]);
    await publish(transport, message("a", "m1"));
    await bench.harness.dieHolding("a");
    const delivery = await (await openInbox(transport, "a", 1)).next();
    assert.equal(delivery.messageId, "m1");
    assert.equal(delivery.redelivered, true);
    await delivery.ack();
    await bench.holds(transport, "a", { ready: 0, unacked: 0, delayed: 0 });
  },

  "a transport that closes gives back what it holds": async ({ open }) => {
    const [leaving, staying] = [await open(), await open()];
    await leaving.declare(["a"]);
    await publish(leaving, ...numbered(4).map((id) => message("a", id)));
    const inbox = await openInbox(leaving, "a", 3);
    await inbox.take(3);
    const other = await openInbox(staying, "a", 4);
    assert.equal((await other.next()).messageId, "m3");
    await leaving.close();
    const back = await other.take(3);
    assert.deepEqual(back.map(({ messageId }) => messageId).sort(), ["m0", "m1", "m2"]);
  },

  "an ack after the hold is lost does nothing, and is an event": async ({ open }) => {
    const events: TransportEvent[] = [];
    const leaving = await open((event) => events.push(event));
    const staying = await open();
    await leaving.declare(["a"]);
    await publish(leaving, message("a", "m1"), message("a", "m2"));
    const [first, second] = await (await openInbox(leaving, "a", 2)).take(2);
    await leaving.close();
    await first?.ack();
    await second?.requeue();
    assert.deepEqual(events.filter(({ kind }) => kind === "hold_lost"), [
      { kind: "hold_lost", queue: "a", messageId: "m1" },
      { kind: "hold_lost", queue: "a", messageId: "m2" },
    ]);
    const back = await (await openInbox(staying, "a", 2)).take(2);
    assert.deepEqual(back.map(({ messageId }) => messageId), ["m1", "m2"]);
  },

  "a paused consumer takes nothing, and can settle what it holds": async ({ open, holds }) => {
    const transport = await open();
    await transport.declare(["a"]);
    const inbox = await openInbox(transport, "a", 2);
    await publish(transport, message("a", "m1"));
    const held = await inbox.next();
    await inbox.consumer.pause();
    await publish(transport, message("a", "m2"));
    await held.ack();
    await holds(transport, "a", { ready: 1, unacked: 0, delayed: 0 });
    assert.deepEqual(inbox.waiting, []);
    await inbox.consumer.pause();
    await inbox.consumer.resume();
    await inbox.consumer.resume();
    assert.equal((await inbox.next()).messageId, "m2");
  },

  "of wishes to pause and to resume the last one counts, however fast they come": async (bench) => {
    const transport = await bench.open();
    await transport.declare(["a"]);
    for (const wishes of ["pr", "ppr", "prpr", "pprpr", "rpprprpr"]) {
      const inbox = await openInbox(transport, "a", 2);
      const { consumer } = inbox;
      await Promise.all(
        [...wishes].map((wish) => wish === "p" ? consumer.pause() : consumer.resume()),
      );
      await publish(transport, message("a", wishes));
      const delivery = await inbox.next();
      assert.deepEqual([delivery.messageId, delivery.redelivered], [wishes, false]);
      await delivery.ack();
      await Promise.all([consumer.pause(), consumer.resume(), consumer.pause()]);
      await publish(transport, message("a", "later"));
      await bench.holds(transport, "a", { ready: 1, unacked: 0, delayed: 0 });
      assert.deepEqual(inbox.waiting, []);
      await consumer.resume();
      await (await inbox.next()).ack();
      await consumer.close();
    }
  },

  "[D4] what a pause gives back unseen is not redelivered": async ({ open, harness }) => {
    const transport = await open();
    await transport.declare(["a"]);
    const ids = numbered(6);
    await publish(transport, ...ids.map((id) => message("a", id)));
    const inbox = await openInbox(transport, "a", 1);
    const seen = new Set<string | undefined>();
    while (seen.size < ids.length) {
      const held = await inbox.next();
      assert.equal(held.redelivered, false);
      seen.add(held.messageId);
      // While one is held a consumer that takes again may be sent another.
      await inbox.consumer.pause();
      await inbox.consumer.resume();
      await harness.pass(100);
      await inbox.consumer.pause();
      await held.ack();
      await inbox.consumer.resume();
    }
  },

  "a closed consumer takes nothing, and can settle what it holds": async ({ open, holds }) => {
    const transport = await open();
    await transport.declare(["a"]);
    await publish(transport, message("a", "m1"), message("a", "m2"));
    const closing = await openInbox(transport, "a", 1);
    const held = await closing.next();
    await closing.consumer.close();
    await held.ack();
    await closing.consumer.resume();
    await holds(transport, "a", { ready: 1, unacked: 0, delayed: 0 });
    assert.deepEqual(closing.waiting, []);
    const again = await openInbox(transport, "a", 1);
    assert.equal((await again.next()).messageId, "m2");
  },

  "a queue's state counts ready, unacked and delayed messages": async ({ open, holds }) => {
    const transport = await open();
    await transport.declare(["a", "b"]);
    await publish(
      transport,
      ...numbered(5).map((id) => message("a", id)),
      { ...message("a", "later"), delayMs: 60_000 },
      message("b", "other"),
    );
    await (await openInbox(transport, "a", 2)).take(2);
    await holds(transport, "a", { ready: 3, unacked: 2, delayed: 1 });
    assert.equal(await transport.inspect("nowhere"), undefined);
  },

  "any bytes arrive as they were sent": async ({ open }) => {
    const transport = await open();
    await transport.declare(["a"]);
    const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index);
    const large = new Uint8Array(16 * 1024 * 1024).map((_, index) => index * 31 + (index >> 8));
    const bodies = [new Uint8Array(), everyByte, large, everyByte.subarray(100, 200)];
    await publish(
      transport,
      ...bodies.map((body, index) => ({ queue: "a", body, messageId: `m${index}` })),
    );
    const inbox = await openInbox(transport, "a", 1);
    for (const body of bodies) {
      const delivery = await inbox.next();
      assert.equal(delivery.body.length, body.length);
      assert.ok(delivery.body.every((byte, index) => byte === body[index]));
      await delivery.ack();
    }
  },

  "headers, identity and time of publishing arrive": async ({ open, harness }) => {
    const transport = await open();
    await transport.declare(["a"]);
    const headers = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
    await publish(
      transport,
      { ...message("a", "m1"), headers: { ...headers, "x-näme": "größe\n✓" } },
      message("a", "m2"),
    );
    await harness.pass(1_000);
    await publish(transport, message("a", "m3"));
    const [first, second, third] = await (await openInbox(transport, "a", 3)).take(3);
    assert.deepEqual(first?.headers, { ...headers, "x-näme": "größe\n✓" });
    assert.deepEqual(second?.headers, {});
    assert.equal(first?.messageId, "m1");
    assert.equal(first?.queue, "a");
    const [early = 0, late = 0] = [first, third].map((delivery) => delivery?.timestamp?.getTime());
    assert.ok(late - early >= 1_000, `published a second apart, but ${late - early} ms are shown`);
  },

  "one call publishes to several queues": async ({ open }) => {
    const transport = await open();
    const queues = ["a", "b", "c"];
    await transport.declare(queues);
    await publish(transport, ...queues.map((queue) => message(queue, `to-${queue}`)));
    for (const queue of queues) {
      const delivery = await (await openInbox(transport, queue, 1)).next();
      assert.equal(delivery.messageId, `to-${queue}`);
    }
  },

  "consumers of one queue are served in turn": async ({ open }) => {
    const [one, other] = [await open(), await open()];
    await one.declare(["a"]);
    const served = [0, 0, 0];
    const total = 120;
    const done = Promise.withResolvers<void>();
    for (const [index, transport] of [one, one, other].entries()) {
      await transport.consume("a", {
        prefetch: 1,
        onDelivery: async (delivery) => {
          served[index] = (served[index] ?? 0) + 1;
          await delivery.ack();
          if (served.reduce((sum, count) => sum + count) === total) done.resolve();
        },
      });
    }
    await publish(one, ...numbered(total).map((id) => message("a", id)));
    await patiently(done.promise, "the last message");
    assert.ok(Math.min(...served) >= total / 10, `served unevenly: ${served}`);
  },

  "of ten thousand messages none is lost and none is handled twice": async ({ open, holds }) => {
    const [publisher, ...consumers] = [await open(), await open(), await open()];
    await publisher.declare(["a"]);
    const ids = numbered(10_000);
    const seen = new Map<string | undefined, number>();
    const done = Promise.withResolvers<void>();
    let acked = 0;
    for (const [index, transport] of [publisher, ...consumers].entries()) {
      await transport.consume("a", {
        prefetch: [1, 10, 100][index] ?? 1,
        onDelivery: async (delivery) => {
          seen.set(delivery.messageId, (seen.get(delivery.messageId) ?? 0) + 1);
          await delivery.ack();
          if (++acked === ids.length) done.resolve();
        },
      });
    }
    for (let start = 0; start < ids.length; start += 500) {
      await publish(publisher, ...ids.slice(start, start + 500).map((id) => message("a", id)));
    }
    await patiently(done.promise, "the last message");
    assert.equal(seen.size, ids.length);
    assert.deepEqual([...seen].filter(([, times]) => times !== 1), []);
    await holds(publisher, "a", { ready: 0, unacked: 0, delayed: 0 });
  },

  "[L1] who looks through a queue sees all of it in its order, and leaves it so": async (bench) => {
    const transport = await bench.open();
    await transport.declare(["a"]);
    const ids = numbered(20);
    const headers = { traceparent: "00-1" };
    await publish(transport, ...ids.map((id) => ({ ...message("a", id), headers })));
    await publish(transport, { ...message("a", "later"), delayMs: 60_000 });
    for (let round = 0; round < 3; round++) {
      const seen: (string | undefined)[] = [];
      const browsed = await transport.browse("a", 99, ({ messageId, body, headers, timestamp }) => {
        seen.push(messageId);
        assert.equal(new TextDecoder().decode(body), messageId);
        assert.equal(headers.traceparent, "00-1");
        assert.ok(timestamp);
        return "keep";
      });
      assert.deepEqual(seen, ids);
      assert.deepEqual(browsed, { looked: 20, reachedEnd: true });
    }
    await bench.holds(transport, "a", { ready: 20, unacked: 0, delayed: 1 });
  },

  "[L1] exactly what is chosen is removed from a queue, all else keeps its place": async (
    bench,
  ) => {
    const transport = await bench.open();
    await transport.declare(["a"]);
    await publish(transport, ...numbered(8).map((id) => message("a", id)));
    const browse = async (verdicts: Readonly<Record<string, Verdict>>) => {
      const seen: string[] = [];
      const browsed = await transport.browse("a", 99, ({ messageId = "" }) => {
        seen.push(messageId);
        return verdicts[messageId] ?? "keep";
      });
      return [seen.join(" "), browsed?.reachedEnd];
    };
    assert.deepEqual(await browse({ m2: "remove", m4: "remove_and_end" }), [
      "m0 m1 m2 m3 m4",
      false,
    ]);
    assert.deepEqual(await browse({ m3: "end" }), ["m0 m1 m3", false]);
    assert.deepEqual(await browse({ m0: "remove", m7: "remove" }), ["m0 m1 m3 m5 m6 m7", true]);
    assert.deepEqual(await browse({}), ["m1 m3 m5 m6", true]);
    await bench.holds(transport, "a", { ready: 4, unacked: 0, delayed: 0 });
    const taken = await (await openInbox(transport, "a", 4)).take(4);
    assert.deepEqual(taken.map(({ messageId }) => messageId).sort(), ["m1", "m3", "m5", "m6"]);
  },

  "[L1] two who look through a queue at once both see all of it": async ({ open, holds }) => {
    const [one, other] = [await open(), await open()];
    await one.declare(["a"]);
    await publish(one, ...numbered(30).map((id) => message("a", id)));
    const look = async (transport: Browser) => {
      const seen: (string | undefined)[] = [];
      await transport.browse("a", 99, ({ messageId }) => {
        seen.push(messageId);
        return "keep";
      });
      return seen;
    };
    for (const seen of await Promise.all([look(one), look(other), look(one), look(other)])) {
      // Who comes at the same moment may have one in hand, and give it back a little later.
      assert.deepEqual(seen.sort(), numbered(30).sort());
    }
    await holds(one, "a", { ready: 30, unacked: 0, delayed: 0 });
  },

  "[L1] a look that fails, and an empty or a missing queue, change nothing": async (
    { open, holds },
  ) => {
    const transport = await open();
    await transport.declare(["a", "b"]);
    await publish(transport, ...numbered(3).map((id) => message("a", id)));
    const failing = transport.browse("a", 99, ({ messageId }) => {
      if (messageId === "m1") throw new RangeError("no");
      return "keep";
    });
    await assert.rejects(failing, RangeError);
    assert.deepEqual(await transport.browse("b", 99, () => "remove"), {
      looked: 0,
      reachedEnd: true,
    });
    assert.equal(await transport.browse("nowhere", 99, () => "remove"), undefined);
    await holds(transport, "a", { ready: 3, unacked: 0, delayed: 0 });
    await transport.close();
    await assert.rejects(transport.browse("a", 99, () => "keep"), { code: "closed" });
  },

  "what cannot be done is refused by a code": async ({ open }) => {
    const transport = await open();
    const options = { prefetch: 1, onDelivery: () => {} };
    await transport.declare(["a"]);
    await assert.rejects(transport.consume("nowhere", options), { code: "unknown_queue" });
    await assert.rejects(transport.consume("a", { ...options, prefetch: 0 }), RangeError);
    assert.equal(transport.connected, true);
    await transport.close();
    await transport.close();
    assert.equal(transport.connected, false);
    assert.deepEqual(await transport.publish([message("a", "m1")]), ["failed"]);
    await assert.rejects(transport.declare(["a"]), { code: "closed" });
    await assert.rejects(transport.consume("a", options), { code: "closed" });
    await assert.rejects(transport.inspect("a"), { code: "closed" });
  },

  "what was published before closing is confirmed": async ({ open, holds }) => {
    const [leaving, staying] = [await open(), await open()];
    await leaving.declare(["a"]);
    const publishing = leaving.publish(numbered(600).map((id) => message("a", id)));
    await leaving.close();
    assert.deepEqual(new Set(await publishing), new Set(["confirmed"]));
    await holds(staying, "a", { ready: 600, unacked: 0, delayed: 0 });
  },
};

async function checkHolds(
  transport: Transport,
  queue: string,
  expected: QueueState,
  tellsAll: boolean,
): Promise<void> {
  if (tellsAll) return assert.deepEqual(await transport.inspect(queue), expected);
  const giveUpMs = performance.now() + 10_000;
  let ready: number | undefined;
  // Asks until the broker has counted.
  do ready = (await transport.inspect(queue))?.ready; while (
    ready !== expected.ready && performance.now() < giveUpMs
  );
  assert.equal(ready, expected.ready, `ready messages in "${queue}"`);
}

function message(queue: string, messageId: string, text: string = messageId): Outgoing {
  return { queue, messageId, body: new TextEncoder().encode(text) };
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `m${index}`);
}

async function publish(transport: Transport, ...messages: readonly Outgoing[]): Promise<void> {
  const outcomes = await transport.publish(messages);
  assert.deepEqual([...new Set(outcomes)], ["confirmed"]);
}

import assert from "node:assert/strict";
import { isJsonObject, type Json, parseErrorEnvelope } from "@asya/protocol";
import type { Delivery } from "@asya/transport";
import { aroundTransport } from "./testing/around_transport.ts";
import { turn } from "./testing/fake_clock.ts";
import { FakeSidecar, type FakeSidecarChange } from "./testing/fake_sidecar.ts";
import { bytesOf, CREATED, OWN_ID, sampleBody } from "./testing/samples.ts";

/** A test of a sidecar whose surroundings are all in memory. */
function carries(
  name: string,
  fn: (fake: FakeSidecar) => Promise<void>,
  change: FakeSidecarChange = {},
): void {
  Deno.test({
    name,
    permissions: "none",
    fn: async () => {
      const fake = new FakeSidecar(change);
      await fn(fake);
      await fake.end();
      assert.equal(fake.clock.waiting, 0, "no timer is left");
    },
  });
}

function page(number: number): Record<string, Json> {
  return sampleBody({ payload: { page: number } });
}

function payloads(bodies: readonly Json[]): Json[] {
  return bodies.map((body) => isJsonObject(body) ? body.payload ?? null : null);
}

carries("a message goes from its queue through the handler to the next queue", async (fake) => {
  await fake.start("classify");
  const host = await fake.host();
  await fake.send(page(1));
  assert.deepEqual(host.calls.map(({ request }) => request.body), [bytesOf(page(1))]);
  assert.equal((await fake.broker.inspect("ocr"))?.unacked, 1);
  host.reply({ text: "hello" });
  await turn();
  assert.deepEqual(payloads(await fake.take("classify")), [{ text: "hello" }]);
  assert.deepEqual(await fake.broker.inspect("ocr"), { ready: 0, unacked: 0, delayed: 0 });
});

carries("no message is taken before there is a host, nor while it is away", async (fake) => {
  await fake.start("classify");
  await fake.send();
  assert.equal((await fake.broker.inspect("ocr"))?.ready, 1);
  assert.equal(fake.sidecar.ready(), "the runtime has not answered");
  const host = await fake.host();
  await turn();
  assert.equal(fake.sidecar.ready(), true);
  host.reply({});
  await turn();
  host.die();
  await turn();
  await fake.send(page(2));
  await fake.clock.pass(60_000);
  assert.equal((await fake.broker.inspect("ocr"))?.ready, 1);
  const next = await fake.host();
  await turn();
  assert.equal(next.calls.length, 1);
});

carries(
  "a message whose route ends, or whose handler has nothing to send on, is finished",
  async (fake) => {
    await fake.start("classify");
    const host = await fake.host();
    const route = { steps: ["ocr"], current: 0 };
    await fake.send(sampleBody({ route }));
    host.reply({ done: true });
    await turn();
    await fake.send();
    host.reply(null);
    await turn();
    const finished = await fake.take("happy-end");
    assert.deepEqual(payloads(finished), [{ done: true }, { page: 1 }]);
    const statuses = fake.events.flatMap((event) =>
      event.kind === "processed" ? [event.status] : []
    );
    assert.deepEqual(statuses, ["success", "empty_response"]);
  },
);

carries("[C7] a sidecar that drains is not ready", async (fake) => {
  await fake.start();
  await fake.host();
  assert.equal(fake.sidecar.ready(), true);
  fake.sidecar.drain();
  assert.equal(fake.sidecar.ready(), "draining");
});

carries("[C7] a sidecar that has lost its broker is not ready", async (fake) => {
  await fake.start();
  await fake.host();
  assert.equal(fake.sidecar.ready(), "the broker cannot be reached");
}, { wrap: (transport) => aroundTransport(transport, { connected: false }) });

carries("[D14] at a prefetch of 1 order is kept", async (fake) => {
  await fake.start("classify");
  const host = await fake.host({ concurrency: 10 });
  for (const number of [1, 2, 3]) await fake.send(page(number));
  assert.equal(host.calls.length, 1);
  for (const number of [1, 2, 3]) {
    host.reply({ number });
    await turn();
  }
  const sent = payloads(await fake.take("classify"));
  assert.deepEqual(sent, [{ number: 1 }, { number: 2 }, { number: 3 }]);
});

carries("[D14] as many messages are worked on as the prefetch and the host allow", async (fake) => {
  await fake.start("classify");
  const host = await fake.host({ concurrency: 2 });
  for (const number of [1, 2, 3, 4, 5]) await fake.send(page(number));
  assert.equal(host.calls.length, 2);
  assert.deepEqual(await fake.broker.inspect("ocr"), { ready: 1, unacked: 4, delayed: 0 });
}, { options: { prefetch: 4 } });

carries(
  "[W6] a host of single exchanges is given one call, with one message in wait",
  async (fake) => {
    await fake.start("classify");
    const older = await fake.host({ kind: "one_exchange" });
    for (const number of [1, 2, 3, 4, 5]) await fake.send(page(number));
    assert.equal(older.calls.length, 1);
    assert.deepEqual(await fake.broker.inspect("ocr"), { ready: 3, unacked: 2, delayed: 0 });
    older.die({ kind: "spared" });
    const host = await fake.host({ concurrency: 10 });
    await fake.clock.pass(100);
    assert.equal(host.calls.length, 2, "what was taken is settled before more is");
    host.reply({});
    host.reply({});
    await turn();
    assert.equal(host.calls.length, 3, "a host of sessions is given all that the prefetch allows");
  },
  { options: { prefetch: 4 } },
);

/** Writes down in which order messages are published and settled. */
function witness(order: string[], confirm: () => Promise<void>): FakeSidecarChange["wrap"] {
  return (transport) =>
    aroundTransport(transport, {
      publish: async (messages) => {
        for (const { queue } of messages) order.push(`publish ${queue}`);
        await confirm();
        const outcomes = await transport.publish(messages);
        for (const { queue } of messages) order.push(`confirm ${queue}`);
        return outcomes;
      },
      consume: (queue, options) =>
        transport.consume(queue, {
          ...options,
          onDelivery: (delivery: Delivery) =>
            options.onDelivery({
              ...delivery,
              ack: () => {
                order.push("ack");
                return delivery.ack();
              },
            }),
        }),
    });
}

const order: string[] = [];
carries("[D1] every output is confirmed before the message is acknowledged", async (fake) => {
  await fake.start("classify");
  const host = await fake.host();
  await fake.send();
  host.reply([{ a: 1 }, { a: 2 }, null]);
  await turn();
  assert.deepEqual(order, [
    "publish classify",
    "publish classify",
    "publish happy-end",
    "confirm classify",
    "confirm classify",
    "confirm happy-end",
    "ack",
  ]);
}, { wrap: witness(order, () => Promise.resolve()) });

carries("[D3] outputs for a missing queue are held until it is there", async (fake) => {
  await fake.start();
  const host = await fake.host();
  await fake.send();
  host.reply({ a: 1 });
  await fake.clock.pass(29_000);
  assert.equal((await fake.broker.inspect("ocr"))?.unacked, 1);
  await fake.broker.declare(["classify"]);
  await fake.clock.pass(2_000);
  assert.deepEqual(payloads(await fake.take("classify")), [{ a: 1 }]);
  assert.equal((await fake.broker.inspect("ocr"))?.unacked, 0);
  assert.equal(host.calls.length, 0, "the handler was called once");
});

carries("[D3] a queue that stays missing is a route_error with its name", async (fake) => {
  await fake.start();
  const host = await fake.host();
  await fake.send();
  host.reply({ a: 1 });
  await fake.clock.pass(32_000);
  const [failed] = await fake.takeDeliveries("error-end");
  assert(failed);
  const { failure, body } = parseErrorEnvelope(failed.body);
  assert.equal(failure.code, "route_error");
  assert.match(failure.message, /no queue "classify"/);
  assert.deepEqual(body, bytesOf(sampleBody()));
  assert.equal((await fake.broker.inspect("ocr"))?.unacked, 0);
});

carries("[D3] of a fan-out only what is not confirmed is published again", async (fake) => {
  await fake.start();
  const host = await fake.host();
  await fake.send();
  host.reply([{ a: 1 }, null]);
  await fake.clock.pass(5_000);
  await fake.broker.declare(["classify"]);
  await fake.clock.pass(2_000);
  assert.equal((await fake.take("classify")).length, 1);
  assert.equal((await fake.take("happy-end")).length, 1);
});

carries("a next step's missing queue is created where all are", async (fake) => {
  await fake.start();
  const host = await fake.host();
  await fake.send();
  host.reply({ a: 1 });
  await turn();
  assert.deepEqual(payloads(await fake.take("classify")), [{ a: 1 }]);
}, { options: { queueCreate: "all" } });

carries("where nothing is created, the queue is waited for", async (fake) => {
  await fake.start();
  await fake.host();
  await fake.clock.pass(60_000);
  assert(fake.kinds().includes("consume_failed"));
  assert(!fake.kinds().includes("consuming"));
  await fake.broker.declare(["ocr"]);
  await fake.clock.pass(6_000);
  assert(fake.kinds().includes("consuming"));
}, { options: { queueCreate: "none" } });

carries("[W11] a message that comes again after it was done is not done again", async (fake) => {
  await fake.start("classify");
  const host = await fake.host();
  await fake.send(page(1), { messageId: OWN_ID });
  host.reply({});
  await turn();
  await fake.send(page(1), { messageId: OWN_ID });
  assert.equal(host.calls.length, 0);
  assert(fake.events.some((event) => event.kind === "dropped" && event.why === "duplicate"));
  assert.equal((await fake.broker.inspect("ocr"))?.unacked, 0);
});

carries(
  "[D4] a message that waits for a host that stays away goes back uncounted",
  async (fake) => {
    await fake.start("classify");
    const host = await fake.host();
    await fake.send(page(1), { messageId: "m1" });
    await fake.send(page(2), { messageId: "m2" });
    host.die({ kind: "spared" });
    await fake.clock.pass(5_000);
    assert.deepEqual(await fake.broker.inspect("ocr"), { ready: 2, unacked: 0, delayed: 0 });
    const deliveries = await fake.takeDeliveries("ocr");
    assert.deepEqual(deliveries.map(({ messageId }) => messageId), ["m1", "m2"]);
    assert.deepEqual(deliveries.map(({ body }) => body), [bytesOf(page(1)), bytesOf(page(2))]);
  },
  { options: { prefetch: 2 } },
);

carries("[D5] a message that kills the runtime each time ends in error-end", async (fake) => {
  await fake.start("classify");
  await fake.send();
  for (let death = 0; death < 5; death++) {
    const host = await fake.host({ instance: `i${death}` });
    await fake.clock.pass(2_000);
    assert.equal(host.calls.length, 1, `delivery ${death + 1}`);
    host.die();
  }
  await fake.host({ instance: "last" });
  await fake.clock.pass(2_000);
  const [failed] = await fake.takeDeliveries("error-end");
  assert(failed);
  assert.equal(parseErrorEnvelope(failed.body).failure.code, "connection_error");
  assert.deepEqual(await fake.broker.inspect("ocr"), { ready: 0, unacked: 0, delayed: 0 });
});

carries("a fault in the sidecar itself fails the message, not the process", async (fake) => {
  await fake.start("classify");
  const host = await fake.host();
  await fake.send(page(1));
  const cycle: Record<string, Json> = {};
  cycle.self = cycle;
  host.calls[0]?.end({ kind: "replied", reply: { kind: "output", output: { payload: cycle } } });
  await turn();
  assert.equal((await fake.broker.inspect("error-end"))?.ready, 1);
  await fake.send(page(2));
  assert.equal(host.calls.length, 1);
});

carries("[D11] a drain finishes what runs and gives back what waits", async (fake) => {
  await fake.start("classify");
  const host = await fake.host({ concurrency: 1 });
  for (const number of [1, 2, 3]) await fake.send(page(number));
  let isDrained = false;
  const drained = fake.sidecar.drain().then(() => isDrained = true);
  await turn();
  assert.deepEqual(await fake.broker.inspect("ocr"), { ready: 2, unacked: 1, delayed: 0 });
  assert.equal(isDrained, false);
  host.reply({ done: true });
  await fake.clock.pass(0);
  await drained;
  assert.deepEqual(payloads(await fake.take("classify")), [{ done: true }]);
  assert.deepEqual(payloads(await fake.take("ocr")), [{ page: 3 }, { page: 2 }]);
}, { options: { prefetch: 2 } });

carries("[D11] what does not end within the grace is given back, uncounted", async (fake) => {
  await fake.start("classify");
  await fake.host();
  await fake.send(page(1));
  fake.sidecar.drain();
  await fake.clock.pass(25_000);
  const given = await fake.take("ocr");
  assert.deepEqual(given, [page(1)]);
  assert.deepEqual(fake.events.findLast(({ kind }) => kind === "drained"), {
    kind: "drained",
    inHand: 0,
  });
});

carries(
  "[D11] outputs whose queue is missing at the end leave their message in its queue",
  async (fake) => {
    await fake.start();
    const host = await fake.host();
    await fake.send(page(1));
    host.reply({ a: 1 });
    await turn();
    fake.sidecar.drain();
    await fake.clock.pass(25_000);
    assert.deepEqual(await fake.take("ocr"), [page(1)]);
  },
  { options: { routeWaitMs: 3_600_000 } },
);

const terminal = { policy: { isTerminal: true, queue: "error-end" } };

carries("[D10] a terminal actor's sends are confirmed before its message is gone", async (fake) => {
  await fake.start("classify");
  const host = await fake.host();
  await fake.send("what is this", { headers: { "asya-failure": "{}" } });
  const raw = host.calls[0]?.request.raw?.();
  assert.equal(raw?.body, "what is this");
  assert.deepEqual(raw?.properties.headers, { "asya-failure": "{}" });
  host.calls[0]?.end({
    kind: "replied",
    reply: { kind: "sends", sends: [{ queue: "dead-letter-queue", body: "gone" }] },
  });
  await turn();
  const [dead] = await fake.takeDeliveries("dead-letter-queue");
  assert.deepEqual(dead?.body, bytesOf("gone"));
  assert.deepEqual(await fake.broker.inspect("error-end"), { ready: 0, unacked: 0, delayed: 0 });
}, terminal);

carries("[D10] a terminal actor that fails sees its message again, later", async (fake) => {
  await fake.start();
  const host = await fake.host();
  await fake.send("?");
  host.calls[0]?.end({ kind: "timed_out" });
  await turn();
  assert.deepEqual(await fake.broker.inspect("error-end"), { ready: 0, unacked: 0, delayed: 1 });
  await fake.clock.pass(5_000);
  assert.equal(host.calls.length, 1);
}, terminal);

for (const how of ["at its top", "carried along"]) {
  carries(
    `[D15] a deadline ${how} that passes while the message waits for the host keeps it from the handler`,
    async (fake) => {
      await fake.start("classify");
      const host = await fake.host({ concurrency: 1 });
      const deadline = new Date(fake.clock.now() + 2_000).toISOString();
      const metadata = { asya: { created: CREATED, deadline } };
      await fake.send(page(1));
      await fake.send(
        how === "at its top"
          ? { ...page(2), deadline }
          : { ...page(2), route: { steps: ["ocr", "classify"], current: 0, metadata } },
      );
      await fake.clock.pass(3_000);
      assert.equal(host.calls.length, 1);
      host.reply({});
      await turn();
      assert.deepEqual(host.calls, [], "nobody waits for the second one");
      const [failed] = await fake.takeDeliveries("error-end");
      const { failure, message } = parseErrorEnvelope(failed!.body);
      assert.equal(failure.code, "deadline_exceeded");
      assert.deepEqual(message?.payload, { page: 2 });
      assert.equal(fake.kinds().filter((kind) => kind === "called").length, 1);
    },
    { options: { prefetch: 2 } },
  );
}

carries("[D11] a broker that does not answer holds up no end beyond the grace", async (fake) => {
  await fake.start("classify");
  await fake.host();
  let isDrained = false;
  fake.sidecar.drain().then(() => isDrained = true);
  await fake.clock.pass(25_000);
  assert.equal(isDrained, true);
}, {
  wrap: (transport) =>
    aroundTransport(transport, {
      consume: async (queue, options) => {
        const consumer = await transport.consume(queue, options);
        return { ...consumer, close: () => new Promise<void>(() => {}) };
      },
    }),
});

const counted = Promise.withResolvers<void>();
carries(
  "[D6] no handler is called while a message that came again is being counted",
  async (fake) => {
    await fake.start("classify");
    const host = await fake.host({ concurrency: 2 });
    await fake.send(page(1));
    await fake.send(page(2));
    assert.equal(host.calls.length, 0, "a call may kill this process, with the counting half done");
    counted.resolve();
    await turn();
    assert.equal(host.calls.length, 2);
  },
  {
    options: { prefetch: 2 },
    wrap: (transport) => {
      let isFirst = true;
      return aroundTransport(transport, {
        publish: async (messages) => {
          await counted.promise;
          return transport.publish(messages);
        },
        consume: (queue, options) =>
          transport.consume(queue, {
            ...options,
            onDelivery: (delivery) => {
              options.onDelivery({ ...delivery, redelivered: isFirst });
              isFirst = false;
            },
          }),
      });
    },
  },
);

carries("[D11] what waits for others to be counted is given back at the end", async (fake) => {
  await fake.start("classify");
  await fake.host({ concurrency: 2 });
  await fake.send(page(1));
  await fake.send(page(2));
  fake.sidecar.drain();
  await turn();
  assert.deepEqual(payloads(await fake.take("ocr")), [{ page: 2 }]);
}, {
  options: { prefetch: 2 },
  wrap: (transport) => {
    let isFirst = true;
    return aroundTransport(transport, {
      publish: ([message, ...others]) =>
        new TextDecoder().decode(message?.body).includes('"page":1')
          ? new Promise<never>(() => {})
          : transport.publish(message ? [message, ...others] : []),
      consume: (queue, options) =>
        transport.consume(queue, {
          ...options,
          onDelivery: (delivery) => {
            options.onDelivery({ ...delivery, redelivered: isFirst });
            isFirst = false;
          },
        }),
    });
  },
});

let refusals = Infinity;
carries("[D6] what came again goes back counted, also when the process ends", async (fake) => {
  await fake.start("classify");
  await fake.host();
  await fake.send(page(1));
  fake.sidecar.drain();
  await fake.clock.pass(19_999);
  refusals = 1;
  await fake.clock.pass(5_001);
  const [given] = await fake.take("ocr");
  assert(given && isJsonObject(given) && isJsonObject(given.route));
  const asya = { created: CREATED, redeliveries: 1, at: 0 };
  assert.deepEqual(given.route.metadata, { asya });
}, {
  wrap: (transport) =>
    aroundTransport(transport, {
      publish: (messages) =>
        refusals-- > 0 ? Promise.resolve(["failed"]) : transport.publish(messages),
      consume: (queue, options) =>
        transport.consume(queue, {
          ...options,
          onDelivery: (delivery) => options.onDelivery({ ...delivery, redelivered: true }),
        }),
    }),
});

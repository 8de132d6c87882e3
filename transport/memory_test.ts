import assert from "node:assert/strict";
import { FakeClock } from "./testing/fake_clock.ts";
import { openInbox } from "./testing/inbox.ts";
import { createMemoryBroker } from "./memory.ts";
import { testTransport } from "./testing/transport_suite.ts";

testTransport("memory", () => {
  const clock = new FakeClock();
  const broker = createMemoryBroker(clock);
  return Promise.resolve({
    tellsAll: true,
    open: (onEvent) => Promise.resolve(broker.connect(onEvent)),
    dieHolding: async (queue) => {
      const dying = broker.connect();
      await (await openInbox(dying, queue, 1)).next();
      broker.sever(dying);
    },
    pass: (ms) => Promise.resolve(clock.pass(ms)),
    close: () => Promise.resolve(),
  });
});

Deno.test({
  name: "memory: what a closing client gives back is not marked redelivered",
  permissions: "none",
  fn: async () => {
    const broker = createMemoryBroker(new FakeClock());
    const [leaving, staying] = [broker.connect(), broker.connect()];
    await leaving.declare(["a"]);
    await leaving.publish([{ queue: "a", messageId: "m1", body: new Uint8Array([1]) }]);
    await (await openInbox(leaving, "a", 1)).next();
    await leaving.close();
    assert.equal((await (await openInbox(staying, "a", 1)).next()).redelivered, false);
  },
});

Deno.test({
  name: "memory: a publisher's and a consumer's bytes are their own",
  permissions: "none",
  fn: async () => {
    const transport = createMemoryBroker(new FakeClock()).connect();
    await transport.declare(["a"]);
    const body = new Uint8Array([1, 2, 3]);
    await transport.publish([{ queue: "a", messageId: "m1", body }]);
    body.fill(9);
    const inbox = await openInbox(transport, "a", 1);
    const first = await inbox.next();
    first.body.fill(8);
    await first.requeue();
    assert.deepEqual((await inbox.next()).body, new Uint8Array([1, 2, 3]));
  },
});

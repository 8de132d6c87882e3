import assert from "node:assert/strict";
import type { ByteStream, Exchange, HostDoor } from "./host.ts";
import { OneExchangeClient } from "./one_exchange_client.ts";
import { FakeClock, turn } from "./testing/fake_clock.ts";
import { bytesOf } from "./testing/samples.ts";

const LIMITS = { maxFrameBytes: 1_000, runtimeTimeoutMs: 60_000 };

Deno.test({
  name: "[R3] a handler's time runs from the moment at which its host has the whole request",
  permissions: "none",
  fn: async () => {
    const clock = new FakeClock();
    const { promise: room, resolve: makeRoom } = Promise.withResolvers<void>();
    const { promise: end, resolve: close } = Promise.withResolvers<null>();
    const stream: ByteStream = {
      read: () => end,
      write: (bytes) => room.then(() => bytes.length),
      close: () => close(null),
    };
    const door: HostDoor = {
      connect: () => Promise.resolve(stream),
      identify: () => Promise.resolve(1),
    };
    const isSameSocket = () => Promise.resolve(true);
    const client = new OneExchangeClient(door, isSameSocket, LIMITS, clock);
    let exchange: Exchange | undefined;
    client.exchange(1, {
      body: bytesOf("{}"),
      onSent: () => {},
      onProgress: () => {},
      onMeasured: () => {},
    })
      .then((ended) => exchange = ended);
    await clock.pass(50_000);
    makeRoom();
    await clock.pass(59_000);
    assert.equal(exchange, undefined, "it has had its time only since it was asked");
    await clock.pass(1_000);
    await turn();
    assert.deepEqual(exchange, { kind: "timed_out" });
    assert.equal(clock.waiting, 0);
  },
});

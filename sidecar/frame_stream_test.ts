import assert from "node:assert/strict";
import { FrameStream } from "./frame_stream.ts";
import type { ByteStream } from "./host.ts";
import { turn } from "./testing/fake_clock.ts";
import { bytesOf } from "./testing/samples.ts";

/** A peer that takes so many bytes, and then no more until it is gone. */
function peerWithRoomFor(bytes: number): { peer: ByteStream; leave: () => void } {
  const { promise: gone, reject } = Promise.withResolvers<never>();
  gone.catch(() => {});
  let room = bytes;
  const write = (part: Uint8Array) => {
    const taken = Math.min(room, part.length);
    room -= taken;
    return taken > 0 ? Promise.resolve(taken) : gone;
  };
  const peer: ByteStream = { write, read: () => gone, close: () => {} };
  return { peer, leave: () => reject(new Error("gone")) };
}

Deno.test({
  name: "[D5] a frame counts as written when all of it is, whatever comes after it",
  permissions: "none",
  fn: async () => {
    const { peer, leave } = peerWithRoomFor(4 + "first".length + 4 + "sec".length);
    const stream = new FrameStream(peer, 1_000);
    const written: string[] = [];
    for (const text of ["first", "second", "third"]) {
      stream.send([bytesOf(text)], () => written.push(text));
    }
    await turn();
    assert.deepEqual(written, ["first"], "the peer works on it, and may die of it");
    leave();
    await turn();
    assert.deepEqual(written, ["first"]);
  },
});

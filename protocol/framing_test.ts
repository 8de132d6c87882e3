import assert from "node:assert/strict";
import * as fc from "fast-check";
import { encodeFrame, FRAME_HEADER_BYTES, FrameDecoder } from "./framing.ts";

const bodies = fc.array(fc.uint8Array({ maxLength: 300, size: "max" }), {
  maxLength: 8,
  size: "max",
});

/** Cuts bytes into chunks of the given sizes, over and over; a size of 0 is an empty chunk. */
function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let offset = 0, turn = 0; offset < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    chunks.push(bytes.subarray(offset, offset + size));
    offset += size;
  }
  return chunks;
}

function streamOf(frames: readonly Uint8Array[]): Uint8Array {
  const parts = frames.map((body) => encodeFrame(body));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("[W3] frames come out as they went in, however the bytes are cut", () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 6 })
    .filter((list) => list.some((size) => size > 0));
  fc.assert(fc.property(bodies, sizes, (frames, chunkSizes) => {
    const decoder = new FrameDecoder(300);
    const out = cut(streamOf(frames), chunkSizes).flatMap((chunk) => decoder.push(chunk).frames);
    assert.deepEqual(out, frames);
    assert.equal(decoder.pendingBytes, 0);
  }));
});

test("[W3] frames come out the same when cut in two at every position", () => {
  fc.assert(
    fc.property(bodies, (frames) => {
      const bytes = streamOf(frames);
      for (let at = 0; at <= bytes.length; at++) {
        const decoder = new FrameDecoder(300);
        const first = decoder.push(bytes.subarray(0, at)).frames;
        const second = decoder.push(bytes.subarray(at)).frames;
        assert.deepEqual([...first, ...second], frames);
      }
    }),
    { numRuns: 20 },
  );
});

test("[W3] a stream that ends early leaves the bytes of its unfinished frame pending", () => {
  fc.assert(fc.property(bodies, fc.nat(), (frames, seed) => {
    const bytes = streamOf(frames);
    const end = seed % (bytes.length + 1);
    const decoder = new FrameDecoder(300);
    const out = decoder.push(bytes.subarray(0, end)).frames;
    const taken = out.reduce((sum, body) => sum + FRAME_HEADER_BYTES + body.length, 0);
    assert.equal(decoder.pendingBytes, end - taken);
  }));
});

test("[W4] a length over the cap is refused at its fourth byte, with no body begun", () => {
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 0xffff_fffe }),
    fc.integer({ min: 1, max: 0xffff_ffff }),
    fc.integer({ min: 0, max: 4 }),
    (cap, over, at) => {
      const length = Math.min(0xffff_ffff, cap + over);
      const header = new Uint8Array(FRAME_HEADER_BYTES);
      new DataView(header.buffer).setUint32(0, length);
      const decoder = new FrameDecoder(cap);
      decoder.push(header.subarray(0, at));
      const { frames, failure } = decoder.push(header.subarray(at));
      const last = failure ?? decoder.push(new Uint8Array([0])).failure;
      assert.equal(last?.code, "frame_too_large");
      assert.match(last?.message ?? "", new RegExp(`\\b${length}\\b.*\\b${cap}\\b`));
      assert.deepEqual(frames, []);
      // The header is all that is held: there is no body that bytes could go to.
      assert.equal(decoder.pendingBytes, FRAME_HEADER_BYTES);
    },
  ));
});

test("[W4] nothing is read behind a refused frame", () => {
  const decoder = new FrameDecoder(4);
  const good = encodeFrame(new Uint8Array([1]));
  const bad = encodeFrame(new Uint8Array(5));
  const { frames, failure } = decoder.push(new Uint8Array([...good, ...bad, ...good]));
  assert.deepEqual(frames, [new Uint8Array([1])]);
  assert.equal(failure?.code, "frame_too_large");
  assert.deepEqual(decoder.push(good), { frames: [], failure });
});

test("[W4] the peak of memory taken follows the cap, not the announced length", () => {
  const allocated: number[] = [];
  const Original = Uint8Array;
  const spy = new Proxy(Original, {
    construct(target, args: [number], newTarget) {
      allocated.push(args[0]);
      return Reflect.construct(target, args, newTarget);
    },
  });
  globalThis.Uint8Array = spy;
  try {
    const decoder = new FrameDecoder(64);
    decoder.push(Original.of(0xff, 0xff, 0xff, 0xff));
  } finally {
    globalThis.Uint8Array = Original;
  }
  assert.deepEqual(allocated, [FRAME_HEADER_BYTES]);
});

test("bodies are copies: the caller may use its read buffer again", () => {
  const buffer = encodeFrame(new Uint8Array([1, 2, 3]));
  const { frames } = new FrameDecoder().push(buffer);
  buffer.fill(9);
  assert.deepEqual(frames, [new Uint8Array([1, 2, 3])]);
});

test("parts are laid one behind the other in one frame", () => {
  fc.assert(fc.property(bodies, (parts) => {
    const whole = new Uint8Array(parts.flatMap((part) => [...part]));
    assert.deepEqual(encodeFrame(...parts), encodeFrame(whole));
  }));
});

test("a body that no 32-bit length can announce is refused", () => {
  // A stand-in with a length: 4 GiB are not taken for a test.
  const vast = { length: 0xffff_ffff } as Uint8Array;
  assert.throws(() => encodeFrame(new Uint8Array(1), vast), RangeError);
});

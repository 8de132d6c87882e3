import assert from "node:assert/strict";
import {
  AmqpFrameDecoder,
  AmqpMethod,
  consumedQueue,
  readAck,
} from "../../tests/kit/amqp_frames.ts";
import { concat, messageFrames, methodFrame } from "./method_frame.ts";

const none = { permissions: "none" } as const;

Deno.test("method frame: every type of argument, byte by byte", none, () => {
  const args = [
    ...[{ u8: 1 }, { u16: 0x0203 }, { u32: 0x04050607 }, { u64: 2 ** 40 + 8 }],
    ...[{ short: "ab" }, { long: "cd" }, { table: "empty" } as const],
  ];
  const payload = [
    ...[0, 60, 0, 80, 1, 2, 3, 4, 5, 6, 7, 0, 0, 1, 0, 0, 0, 0, 8],
    ...[2, 0x61, 0x62, 0, 0, 0, 2, 0x63, 0x64, 0, 0, 0, 0],
  ];
  assert.deepEqual(
    [...methodFrame(9, [60, 80], args)],
    [1, 0, 9, 0, 0, 0, payload.length, ...payload, 0xce],
  );
});

Deno.test("method frame: what it writes is read again", none, () => {
  const consume = [{ u16: 0 }, { short: "ocr" }, { short: "me" }, { u8: 0 }];
  const bytes = concat([
    methodFrame(1, [60, 20], [...consume, { table: "empty" }]),
    methodFrame(1, [60, 80], [{ u64: 77 }, { u8: 1 }]),
  ]);
  const [first, second] = new AmqpFrameDecoder("broker").push(bytes);
  assert.ok(first?.method === AmqpMethod.consume && second?.method === AmqpMethod.ack);
  assert.equal(consumedQueue(first), "ocr");
  assert.deepEqual(readAck(second), { tag: 77, isAll: true });
});

Deno.test("method frame: a message is a method, a header and a body", none, () => {
  const body = new TextEncoder().encode("hello");
  const frames = new AmqpFrameDecoder("broker").push(messageFrames(3, "asya", "ocr", body));
  assert.deepEqual(frames.map(({ bytes }) => bytes[0]), [1, 2, 3]);
  assert.deepEqual(frames.map(({ channel }) => channel), [3, 3, 3]);
  assert.equal(frames[0]!.method, AmqpMethod.publish);
  assert.deepEqual(frames[2]!.bytes.subarray(7, -1), body);
});

import assert from "node:assert/strict";
import {
  AmqpFrameDecoder,
  AmqpMethod,
  consumedQueue,
  isRedelivery,
  readAck,
} from "./amqp_frames.ts";

const permissions = "none";

/** A frame as https://www.rabbitmq.com/amqp-0-9-1-protocol draws it. */
function frame(type: number, channel: number, payload: readonly number[]): number[] {
  return [type, 0, channel, 0, 0, 0, payload.length, ...payload, 0xce];
}

function text(value: string): number[] {
  return [value.length, ...new TextEncoder().encode(value)];
}

const protocol = [...new TextEncoder().encode("AMQP"), 0, 0, 9, 1];
const tag = [0, 0, 0, 0, 0, 0, 0, 7];
const consume = frame(1, 2, [0, 60, 0, 20, 0, 0, ...text("ocr"), ...text("me"), 0, 0, 0, 0, 0]);
const deliver = (again: number) =>
  frame(1, 2, [0, 60, 0, 60, ...text("me"), ...tag, again, ...text("asya"), 0]);
const ack = frame(1, 3, [0, 60, 0, 80, ...tag, 1]);
const body = frame(3, 2, [123, 125]);

Deno.test("AMQP frames: they are the same wherever the bytes are split", { permissions }, () => {
  const bytes = Uint8Array.from([protocol, consume, body, ack].flat());
  for (let size = 1; size <= bytes.length; size++) {
    const decoder = new AmqpFrameDecoder("client");
    const frames = [];
    for (let from = 0; from < bytes.length; from += size) {
      frames.push(...decoder.push(bytes.slice(from, from + size)));
    }
    assert.deepEqual(frames.map(({ channel, method }) => [channel, method]), [
      [0, undefined],
      [2, AmqpMethod.consume],
      [2, undefined],
      [3, AmqpMethod.ack],
    ]);
    assert.deepEqual(Uint8Array.from(frames.flatMap(({ bytes }) => [...bytes])), bytes);
  }
});

Deno.test("AMQP frames: what they say can be read", { permissions }, () => {
  const read = (bytes: readonly number[]) =>
    new AmqpFrameDecoder("broker").push(Uint8Array.from(bytes))[0]!;
  assert.equal(consumedQueue(read(consume)), "ocr");
  assert.equal(isRedelivery(read(deliver(1))), true);
  assert.equal(isRedelivery(read(deliver(0))), false);
  assert.deepEqual(readAck(read(ack)), { tag: 7, isAll: true });
});

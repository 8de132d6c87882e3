import assert from "node:assert/strict";
import { FrameDecoder } from "@asya/protocol/framing";
import { FrameWriter } from "./frame_writer.ts";

/** A far end that takes a few bytes at a time, when the test lets it. */
function setUp(options: { bytesPerWrite?: number } = {}) {
  const decoder = new FrameDecoder();
  const texts: string[] = [];
  const sink = { writes: 0, gate: Promise.resolve(), fails: false };
  const writer = new FrameWriter(async (bytes) => {
    await sink.gate;
    if (sink.fails) throw new Error("gone");
    sink.writes++;
    const taken = bytes.slice(0, options.bytesPerWrite ?? bytes.length);
    for (const body of decoder.push(taken).frames) texts.push(new TextDecoder().decode(body));
    return taken.length;
  });
  return { writer, texts, sink };
}

Deno.test("what is ready in one turn goes out in one write", { permissions: "none" }, async () => {
  const { writer, texts, sink } = setUp();
  for (let index = 0; index < 100; index++) writer.send(`${index}`);
  await writer.flushed();
  assert.deepEqual([texts.length, texts[99], sink.writes], [100, "99", 1]);
});

Deno.test("frames of every size arrive whole and in order", { permissions: "none" }, async () => {
  const sizes = [0, 1, 100, 16_384, 16_385, 65_536, 70_000, 300_000, 5, 21_845];
  for (const bytesPerWrite of [1_000, 65_536, 1_000_000]) {
    for (const letter of ["a", "ü", "€", "😀"]) {
      const { writer, texts } = setUp({ bytesPerWrite });
      const sent = sizes.map((size) => letter.repeat(size / letter.length));
      for (const text of sent) writer.send(text);
      await writer.flushed();
      assert.deepEqual(texts, sent);
      for (const text of sent) writer.send(text);
      await writer.flushed();
      assert.deepEqual(texts.slice(sent.length), sent);
      assert.equal(writer.pendingBytes, 0);
    }
  }
});

Deno.test(
  "[D12] of reports on one subject only the newest is sent",
  { permissions: "none" },
  async () => {
    const { writer, texts, sink } = setUp();
    const { promise, resolve } = Promise.withResolvers<void>();
    sink.gate = promise;
    writer.send("first");
    for (let index = 0; index < 10_000; index++) writer.sendLatest(index % 2, `report ${index}`);
    resolve();
    await writer.flushed();
    assert.deepEqual(texts, ["first", "report 9998", "report 9999"]);
  },
);

Deno.test(
  "a settled report goes out before what is sent later",
  { permissions: "none" },
  async () => {
    const { writer, texts } = setUp();
    writer.sendLatest(1, "report");
    writer.settleLatest(1);
    writer.settleLatest(2);
    writer.send("reply");
    await writer.flushed();
    assert.deepEqual(texts, ["report", "reply"]);
  },
);

Deno.test("written tells when what was sent is written, though more follows", {
  permissions: "none",
}, async () => {
  const { writer, texts } = setUp();
  const seen: number[] = [];
  for (let index = 0; index < 3; index++) {
    writer.send(`${index}`);
    writer.written().then(() => {
      seen.push(texts.length);
      if (seen.length <= 3) writer.send("more");
    });
  }
  await writer.flushed();
  assert.deepEqual(seen, [3, 3, 3]);
  assert.equal(texts.length, 6);
});

Deno.test(
  "[R8] a peer that is gone takes nothing, and holds nobody up",
  { permissions: "none" },
  async () => {
    const { writer, texts, sink } = setUp();
    sink.fails = true;
    writer.send("lost");
    writer.sendLatest(1, "lost");
    await writer.written();
    await writer.flushed();
    assert.equal(writer.isBroken, true);
    writer.send("lost");
    writer.sendLatest(1, "lost");
    await writer.flushed();
    assert.deepEqual([texts.length, writer.pendingBytes], [0, 0]);
  },
);

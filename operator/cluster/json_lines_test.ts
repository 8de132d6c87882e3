import assert from "node:assert/strict";
import { jsonLines } from "./json_lines.ts";

const permissions = "none";

const TEXT = '{"a":"ö"}\n\n{"b":[1,\t2]}\r\n{"c":"€ 🙂"}';

async function read(chunks: readonly Uint8Array<ArrayBuffer>[]): Promise<unknown[]> {
  return await Array.fromAsync(jsonLines(ReadableStream.from(chunks)));
}

Deno.test({
  name: "[F4] lines are the same wherever they are cut",
  permissions,
  fn: async () => {
    const bytes = new TextEncoder().encode(TEXT);
    const whole = [{ a: "ö" }, { b: [1, 2] }, { c: "€ 🙂" }];
    for (let cut = 0; cut <= bytes.length; cut++) {
      assert.deepEqual(await read([bytes.slice(0, cut), bytes.slice(cut)]), whole);
    }
    assert.deepEqual(await read([...bytes].map((byte) => Uint8Array.of(byte))), whole);
  },
});

Deno.test({
  name: "[F4] a line that is cut off is an error",
  permissions,
  fn: async () => {
    await assert.rejects(read([new TextEncoder().encode('{"a":1}\n{"b"')]), SyntaxError);
  },
});

Deno.test({
  name: "[F4] a stream that says nothing ends when it is told to, and is let go",
  permissions,
  fn: async () => {
    const stop = new AbortController();
    let isLetGo = false;
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"a":1}\n')),
      cancel: () => void (isLetGo = true),
    });
    const seen: unknown[] = [];
    for await (const value of jsonLines(stream, stop.signal)) {
      seen.push(value);
      queueMicrotask(() => stop.abort());
    }
    assert.deepEqual(seen, [{ a: 1 }]);
    assert(isLetGo);
  },
});

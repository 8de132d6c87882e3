import assert from "node:assert/strict";
import { SseDecoder } from "./sse_decoder.ts";

const pure = { permissions: "none" } as const;
const text = ": hello\n\nevent: status\ndata: Pending\n\nid: 7\nevent: update\r\ndata: {\r\n" +
  "data: }\r\n\r\ndata:bare\n\nevent: empty\n\ndata\n\n";
const events = [
  { event: "status", data: "Pending" },
  { event: "update", data: "{\n}", id: "7" },
  { event: "message", data: "bare", id: "7" },
  { event: "message", data: "", id: "7" },
];

Deno.test("events are read the same wherever the text is cut", pure, () => {
  for (let at = 0; at <= text.length; at++) {
    const decoder = new SseDecoder();
    const got = [...decoder.push(text.slice(0, at)), ...decoder.push(text.slice(at))];
    assert.deepEqual(got, events, `cut at ${at}`);
  }
});

Deno.test("events are read letter by letter", pure, () => {
  const decoder = new SseDecoder();
  assert.deepEqual([...text].flatMap((letter) => decoder.push(letter)), events);
});

import assert from "node:assert/strict";
import { toRawBody } from "./raw_body.ts";
import { sampleReceived } from "./testing/samples.ts";

const core = (name: string, fn: () => void) => Deno.test({ name, permissions: "none", fn });

core("[W10] a text reaches a terminal actor as it is, with what the broker says of it", () => {
  const timestamp = new Date("2026-01-01T00:00:00Z");
  const received = sampleReceived("\uFEFFwhat?", {
    messageId: "7",
    timestamp,
    headers: { "asya-failure": "{}" },
  });
  assert.deepEqual(toRawBody(received), {
    body: "\uFEFFwhat?",
    encoding: "utf8",
    properties: {
      message_id: "7",
      timestamp: "2026-01-01T00:00:00.000Z",
      headers: { "asya-failure": "{}" },
    },
  });
});

core("[W10] bytes that are no text reach a terminal actor in base64", () => {
  const { messageId: _, ...received } = sampleReceived(new Uint8Array([0xff, 0x00]));
  assert.deepEqual(toRawBody(received), {
    body: "/wA=",
    encoding: "base64",
    properties: { headers: {} },
  });
});

core("[W10] a large text that quoting would double reaches a terminal actor in base64", () => {
  const large = 1024 * 1024;
  const encodings = ["x".repeat(large), '"'.repeat(large), '"'.repeat(large - 1)].map((text) =>
    toRawBody(sampleReceived(text)).encoding
  );
  assert.deepEqual(encodings, ["utf8", "base64", "utf8"]);
});

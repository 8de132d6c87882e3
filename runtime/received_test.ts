import assert from "node:assert/strict";
import { parseMessage } from "@asya/protocol/message";
import { receiveMessage, receiveRaw } from "./received.ts";

const body = {
  id: "j1",
  route: { actors: ["a", "b"], current: 1, metadata: { asya: { at: 1, attempt: 4 } } },
  headers: { traceparent: "00-t", other: 1 },
  payload: { n: 1 },
};

Deno.test(
  "a handler sees the payload, and the rest where it is asked for",
  { permissions: "none" },
  () => {
    const parsed = parseMessage(body);
    assert(parsed.ok);
    const plain = receiveMessage(parsed.message, false);
    assert.deepEqual(plain.forHandler, { payload: { n: 1 } });
    assert.deepEqual([plain.jobId, plain.attempt, plain.traceparent], ["j1", 4, "00-t"]);
    assert.deepEqual(receiveMessage(parsed.message, true).forHandler, {
      payload: { n: 1 },
      job_id: "j1",
      route: { steps: ["a", "b"], current: 1, metadata: body.route.metadata },
      headers: body.headers,
    });
  },
);

Deno.test(
  "[W10] a terminal actor gets any body, and always as it is",
  { permissions: "none" },
  () => {
    const bodies: [
      name: string,
      raw: Parameters<typeof receiveRaw>[0],
      payload: unknown,
      jobId: string,
    ][] = [
      [
        "a message",
        { body: JSON.stringify(body), encoding: "utf8", properties: {} },
        { n: 1 },
        "j1",
      ],
      [
        "an envelope",
        { body: '{"job_id":"j2","error":"oom_error"}', encoding: "utf8", properties: {} },
        { job_id: "j2", error: "oom_error" },
        "j2",
      ],
      ["a number", { body: "7", encoding: "utf8", properties: {} }, { value: 7 }, ""],
      ["text", { body: "?", encoding: "utf8", properties: { message_id: "m" } }, {}, ""],
      ["bytes", { body: "/w==", encoding: "base64", properties: {} }, {}, ""],
    ];
    for (const [name, raw, payload, jobId] of bodies) {
      const received = receiveRaw(raw);
      assert.deepEqual(received.forHandler.payload, payload, name);
      assert.deepEqual(received.forHandler.raw, raw, name);
      assert.equal(received.jobId, jobId, name);
    }
  },
);

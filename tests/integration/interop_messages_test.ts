/**
 * Messages of any client, in any accepted spelling and with whatever properties, and what our
 * sidecar makes of them on the wire.
 *
 * @module
 */
import type { Options } from "amqplib";
import assert from "node:assert/strict";
import { isOwnMessageId, type Json, type JsonObject } from "@asya/protocol";
import { findRabbitmq, type HostAct, receivedRoute, routeOf, ScriptedHost } from "../kit/mod.ts";
import { startInteropStep } from "./interop_step.ts";
import type { StrangersMessage } from "./interop_stranger.ts";

const rabbitmq = await findRabbitmq();

const TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function answer(request: Json): HostAct {
  return { answer: [{ payload: { done: true }, route: receivedRoute(request) }] };
}

function startEchoHost(socketPath: string): ScriptedHost {
  return new ScriptedHost(socketPath, { act: answer });
}

/** What must be true of every message that leaves us. */
function assertOurs(message: StrangersMessage, beganS: number): void {
  assert.equal(message.contentType, "application/json");
  assert.equal(message.deliveryMode, 2);
  assert.ok(isOwnMessageId(String(message.messageId)), String(message.messageId));
  const timestamp = Number(message.timestamp);
  assert.ok(timestamp >= beganS && timestamp <= Date.now() / 1_000, String(timestamp));
}

/** A message as it must come, without what the first sidecar notes of its birth. */
function withoutBirth(message: StrangersMessage): Json {
  const json = structuredClone(message.json) as JsonObject;
  const metadata = routeOf(json).metadata as JsonObject;
  const { created } = metadata.asya as JsonObject;
  assert.match(String(created), /^\d{4}-\d\d-\d\dT/);
  delete metadata.asya;
  if (Object.keys(metadata).length === 0) delete routeOf(json).metadata;
  return json;
}

const bodies: [string, Json, Json][] = [
  [
    "route.steps",
    { job_id: "j1", route: { steps: ["step", "next"], current: 0 }, payload: { in: 1 } },
    { job_id: "j1", route: { steps: ["step", "next"], current: 1 }, payload: { done: true } },
  ],
  [
    "route.route",
    { job_id: "j1", route: { route: ["step", "next"], current: 0 }, payload: [1, 2] },
    { job_id: "j1", route: { route: ["step", "next"], current: 1 }, payload: { done: true } },
  ],
  [
    "route.actors with id",
    { id: "j1", route: { actors: ["step", "next"], current: 0 }, payload: "text" },
    { id: "j1", route: { actors: ["step", "next"], current: 1 }, payload: { done: true } },
  ],
  [
    "fields that nobody here knows, and others' metadata",
    {
      job_id: "j1",
      tenant: { id: 7 },
      route: { steps: ["x", "step", "next"], current: 1, version: 2, metadata: { team: "ml" } },
      headers: { traceparent: TRACE, priority: 5 },
      deadline: "2999-01-02T03:04:05+01:00",
      payload: null,
    },
    {
      job_id: "j1",
      tenant: { id: 7 },
      route: { steps: ["x", "step", "next"], current: 2, version: 2, metadata: { team: "ml" } },
      headers: { traceparent: TRACE, priority: 5 },
      deadline: "2999-01-02T03:04:05+01:00",
      payload: { done: true },
    },
  ],
  [
    "fields that are left empty, as programs in Go leave them",
    {
      job_id: "j1",
      route: { steps: ["step", "next"], route: null, current: 0, metadata: null },
      headers: null,
      deadline: "0001-01-01T00:00:00Z",
      payload: {},
    },
    {
      job_id: "j1",
      route: { steps: ["step", "next"], route: null, current: 1 },
      deadline: "0001-01-01T00:00:00Z",
      payload: { done: true },
    },
  ],
];

/** Properties, and the trace header that must be carried on. */
const properties: [string, Options.Publish, string?][] = [
  ["no properties at all", {}],
  ["a transient message", { deliveryMode: false, priority: 9, expiration: "60000" }],
  ["another content type", { contentType: "text/plain", contentEncoding: "gzip", type: "job" }],
  ["a reply address", { replyTo: "amq.rabbitmq.reply", correlationId: "c1", appId: "x" }],
  ["a time in milliseconds", { timestamp: 1_772_600_767_000 }],
  ["a time in nanoseconds", { timestamp: 1_772_600_767_000_000_000 }],
  ["an empty id", { messageId: "" }],
  ["a trace", { headers: { traceparent: TRACE }, messageId: "m1", timestamp: 1 }, TRACE],
  [
    "headers of every type",
    {
      headers: {
        ...{ nothing: null, yes: true, small: -1, large: 2 ** 40, real: 0.5, text: "", deep: {} },
        time: { "!": "timestamp", value: 2 ** 60 },
        list: [1, "two", [{ three: 3 }]],
        table: { deeper: { deepest: ["x"] } },
        "x-death": [{ count: 3, queue: "elsewhere", reason: "expired" }],
        "asya-redeliveries": 49,
        traceparent: 7,
      },
    },
  ],
];

Deno.test({
  name:
    "[W1] [W2] [W12] [W13] messages of any client leave as they came, and as ours by their properties",
  ignore: rabbitmq.isMissing,
  fn: async (t) => {
    await using step = await startInteropStep(rabbitmq, { startHost: startEchoHost });
    const beganS = Math.floor(Date.now() / 1_000);
    for (const [name, body, expected] of bodies) {
      await t.step(name, async () => {
        step.stranger.publish("step", body);
        const sent = await step.stranger.take("next");
        assertOurs(sent, beganS);
        assert.deepEqual(withoutBirth(sent), expected);
      });
    }
    for (const [name, given, trace] of properties) {
      await t.step(name, async () => {
        step.stranger.publish("step", bodies[0]![1], given);
        const sent = await step.stranger.take("next");
        assertOurs(sent, beganS);
        assert.deepEqual(withoutBirth(sent), bodies[0]![2]);
        assert.deepEqual(sent.headers, trace === undefined ? {} : { traceparent: trace });
      });
    }
    await t.step("a job of its own for each message without one, the same for one id", async () => {
      const body = { route: { steps: ["step", "next"], current: 0 }, payload: 1 };
      const ids: Json[] = [];
      for (const messageId of ["order-7", "order-7", "order-8", undefined, undefined]) {
        step.stranger.publish("step", { ...body, job_id: "" }, { messageId });
        const { json } = await step.stranger.take("next");
        ids.push((json as JsonObject).job_id!);
      }
      for (const id of ids) assert.match(String(id), UUID);
      assert.equal(ids[0], ids[1]);
      assert.equal(new Set(ids).size, 4);
    });
    await t.step("more headers than can be sent on, without a client of AMQP", async () => {
      const { name, admin } = step.vhost;
      await admin.post(`exchanges/${name}/asya/publish`, {
        routing_key: "step",
        payload: JSON.stringify(bodies[0]![1]),
        payload_encoding: "string",
        properties: { headers: { traceparent: TRACE, baggage: "x".repeat(100_000) } },
      });
      const sent = await step.stranger.take("next");
      assertOurs(sent, beganS);
      assert.deepEqual(withoutBirth(sent), bodies[0]![2]);
      assert.deepEqual(sent.headers, { traceparent: TRACE });
    });
    assert.equal(await step.stranger.count("error-end"), 0);
  },
});

Deno.test({
  name: "[W5] [W10] what is no message goes to error-end as it was, in an envelope of ours",
  ignore: rabbitmq.isMissing,
  fn: async (t) => {
    await using step = await startInteropStep(rabbitmq, { startHost: startEchoHost });
    const beganS = Math.floor(Date.now() / 1_000);
    const table: [string, Uint8Array | string][] = [
      ["nothing", ""],
      ["no JSON", "hello"],
      ["no UTF-8", new Uint8Array([0x7b, 0xff, 0x7d])],
      ["no message", "{}"],
      ["a finished route", '{"route":{"steps":["step"],"current":1},"payload":{}}'],
    ];
    for (const [name, body] of table) {
      await t.step(name, async () => {
        step.stranger.publish("step", body, { timestamp: 2 ** 62, headers: { n: 7 } });
        const failed = await step.stranger.take("error-end");
        assertOurs(failed, beganS);
        const { error, original_message, original_encoding } = failed.json as JsonObject;
        assert.equal(error, "malformed_message");
        if (typeof body === "string") assert.equal(original_message, body);
        else {
          assert.equal(original_encoding, "base64");
          assert.deepEqual(Uint8Array.fromBase64(String(original_message)), body);
        }
      });
    }
    assert.equal(await step.stranger.count("next"), 0);
  },
});

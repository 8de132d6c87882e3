/**
 * Every failure that a sidecar itself finds, provoked from outside and read where it ends up.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import {
  bodyOf,
  type HostAct,
  messageOf,
  receivedRoute,
  routeOf,
  type ScriptedStep,
  startScriptedStep,
} from "../kit/mod.ts";

const echo = (request: Json): HostAct => ({
  answer: [{
    payload: isJsonObject(request) ? request.payload ?? null : null,
    route: receivedRoute(request),
  }],
});

/** The failure that comes out at error-end for a body that goes in. */
async function failureFor(step: ScriptedStep, body: Uint8Array | Json): Promise<JsonObject> {
  await step.queues.publish("step", body);
  return bodyOf(await step.queues.takeOne("error-end", 20_000));
}

function detailsOf(failure: JsonObject): JsonObject {
  assert.ok(isJsonObject(failure.error_details));
  return failure.error_details;
}

/** Proves that the process lives on: a good message is still carried. */
async function assertStillWorks(step: ScriptedStep): Promise<void> {
  await step.queues.publish("step", messageOf("still here"));
  assert.equal(bodyOf(await step.queues.takeOne("next", 20_000)).payload, "still here");
  await step.queues.waitUntilEmpty(step.allQueues);
}

Deno.test("[W5] [W10] bodies that are no message go to error-end as they were", async (t) => {
  await using step = await startScriptedStep(echo);
  const encode = (text: string) => new TextEncoder().encode(text);
  const bodies: [string, Uint8Array][] = [
    ["empty", new Uint8Array(0)],
    ["text", encode("hello")],
    ["a list", encode("[]")],
    ["no route", encode("{}")],
    ["bytes", new Uint8Array([0xff, 0x00, 0xfe])],
    ["a byte order mark", encode("\ufeff{}")],
    ["nested too deep", encode(`${'{"0":'.repeat(50_000)}1${"}".repeat(50_000)}`)],
    [
      "a finished route",
      encode(JSON.stringify(messageOf(1, {
        route: { steps: ["step"], current: 1 },
      }))),
    ],
  ];
  for (const [name, body] of bodies) {
    await t.step(name, async () => {
      const failure = await failureFor(step, body);
      assert.equal(failure.error, "malformed_message");
      assert.equal(detailsOf(failure).severity, "fatal");
      assert.deepEqual(originalOf(failure), body);
    });
  }
  assert.equal(step.host.messages.length, 0, "no handler saw any of them");
  await assertStillWorks(step);
});

function originalOf(failure: JsonObject): Uint8Array {
  const { original_message: original, original_encoding: encoding } = failure;
  assert.ok(typeof original === "string");
  return encoding === "base64"
    ? Uint8Array.fromBase64(original)
    : new TextEncoder().encode(original);
}

Deno.test("[W5] each failure that a sidecar finds has its code and its default", async (t) => {
  await using step = await startScriptedStep((request) => {
    const payload = isJsonObject(request) ? request.payload : null;
    switch (payload) {
      case "silence":
        return { silence: true };
      case "4 GiB":
        return { raw: new Uint8Array([0xff, 0xff, 0xff, 0xff]) };
      case "not JSON":
        return { raw: new Uint8Array([0, 0, 0, 1, 0x7b]) };
      case "vast output":
        return { answer: [{ payload: "x".repeat(70_000), route: receivedRoute(request) }] };
      default:
        return echo(request);
    }
  }, {
    ASYA_RUNTIME_TIMEOUT: "400ms",
    ASYA_MAX_FRAME_BYTES: "128KiB",
    ASYA_MAX_MESSAGE_BYTES: "64KiB",
    ASYA_MAX_HOPS: "3",
    ASYA_ROUTE_WAIT: "300ms",
    ASYA_ALLOWED_STEPS: "next,elsewhere",
    ASYA_MAX_DELIVERIES: "1",
  });
  const steps = (list: string[], current = 0) => ({ route: { steps: list, current } });
  const rows: [string, JsonObject, string, RegExp][] = [
    ["a silent handler", messageOf("silence"), "timeout_error", /400 ms/],
    ["a reply that announces 4 GiB", messageOf("4 GiB"), "frame_too_large", /4294967295/],
    ["a reply that is not JSON", messageOf("not JSON"), "processing_error", /not JSON/],
    ["an output over the cap", messageOf("vast output"), "frame_too_large", /65536/],
    [
      "a deadline that has passed",
      messageOf(1, { deadline: "2020-01-02T03:04:05Z" }),
      "deadline_exceeded",
      /2020-01-02/,
    ],
    [
      "a next queue that is missing",
      messageOf(1, steps(["step", "elsewhere"])),
      "route_error",
      /elsewhere/,
    ],
    [
      "a next step that is not allowed",
      messageOf(1, steps(["step", "secret"])),
      "route_error",
      /secret/,
    ],
    [
      "too many hops",
      messageOf(1, steps(["a", "b", "c", "step", "next"], 3)),
      "route_error",
      /3 hops/,
    ],
  ];
  for (const [name, message, code, words] of rows) {
    await t.step(`${name} is ${code}`, async () => {
      const failure = await failureFor(step, message);
      const details = detailsOf(failure);
      assert.equal(failure.error, code);
      assert.equal(details.severity, "fatal");
      assert.match(`${details.message}`, words);
      assert.equal(failure.job_id, message.job_id);
      assert.equal(details.attempt, 1);
    });
  }
  await assertStillWorks(step);
});

Deno.test("[W5] a deadline that has passed keeps the handler from being called", async () => {
  await using step = await startScriptedStep(echo);
  await failureFor(step, messageOf(1, { deadline: "2020-01-02T03:04:05Z" }));
  assert.equal(step.host.messages.length, 0);
});

Deno.test("[W5] a call over the cap of frames is frame_too_large, and is not sent", async () => {
  await using step = await startScriptedStep(echo, { ASYA_MAX_FRAME_BYTES: "64KiB" });
  const failure = await failureFor(step, messageOf("x".repeat(70_000)));
  assert.equal(failure.error, "frame_too_large");
  assert.match(`${detailsOf(failure).message}`, /65536/);
  assert.equal(step.host.messages.length, 0);
  await assertStillWorks(step);
});

Deno.test("a timeout is recoverable where the settings say so", async () => {
  await using step = await startScriptedStep(() => ({ silence: true }), {
    ASYA_RUNTIME_TIMEOUT: "300ms",
    ASYA_RETRY_TIMEOUTS: "true",
  });
  const failure = await failureFor(step, messageOf(1));
  assert.equal(failure.error, "timeout_error");
  assert.equal(detailsOf(failure).severity, "recoverable");
});

Deno.test("[D3] a next queue that comes late is waited for", async () => {
  await using step = await startScriptedStep(echo, { ASYA_ROUTE_WAIT: "20s" });
  await step.queues.publish(
    "step",
    messageOf(1, { route: { steps: ["step", "late"], current: 0 } }),
  );
  await step.sidecar.waitForLine("a publish was not confirmed and is repeated");
  assert.deepEqual((await step.queues.holds("step")).unacked, 1, "the input is held, not acked");
  await step.queues.declare(["late"]);
  const sent = bodyOf(await step.queues.takeOne("late", 20_000));
  assert.equal(routeOf(sent).current, 1);
  assert.equal(step.host.messages.length, 1, "the handler was not called again");
});

Deno.test("[W10] a body that no envelope can hold goes to error-end unchanged, with a header", async () => {
  await using step = await startScriptedStep(() => ({ answer: { error: "processing_error" } }), {
    ASYA_MAX_MESSAGE_BYTES: "2KiB",
  });
  const message = messageOf("x".repeat(1_900));
  await step.queues.publish("step", message);
  const taken = await step.queues.takeOne("error-end");
  assert.deepEqual(taken.json, message);
  assert.match(taken.headers["asya-failure"] ?? "", /"error":"processing_error"/);
});

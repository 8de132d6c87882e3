/**
 * Queues that others have made, otherwise than we would, and queues of ours that others make again.
 *
 * @module
 */
import type { Options } from "amqplib";
import assert from "node:assert/strict";
import type { Json, JsonObject } from "@asya/protocol";
import { findRabbitmq, messageOf, receivedRoute, ScriptedHost } from "../kit/mod.ts";
import { type InteropStep, startInteropStep } from "./interop_step.ts";

const rabbitmq = await findRabbitmq();

function startEchoHost(socketPath: string): ScriptedHost {
  return new ScriptedHost(socketPath, {
    act: (request) => ({ answer: [{ payload: { done: true }, route: receivedRoute(request) }] }),
  });
}

async function carry(step: InteropStep): Promise<Json> {
  step.stranger.publish("step", messageOf({ in: 1 }));
  return ((await step.stranger.take("next")).json as JsonObject).payload!;
}

function warnings({ sidecar }: InteropStep): unknown[] {
  return sidecar.lines
    .filter(({ message }) => message === "a queue exists otherwise and is used as it is")
    .map(({ fields }) => [fields.level, fields.queue]);
}

const others: [string, Options.AssertQueue][] = [
  ["a quorum queue", { durable: true, arguments: { "x-queue-type": "quorum" } }],
  ["a time to live", { durable: true, arguments: { "x-message-ttl": 60_000 } }],
  ["a greatest length", { durable: true, arguments: { "x-max-length": 10_000 } }],
  ["a lazy queue", { durable: true, arguments: { "x-queue-mode": "lazy" } }],
  ["priorities", { durable: true, arguments: { "x-max-priority": 5 } }],
  ["dead letters", { durable: true, arguments: { "x-dead-letter-exchange": "elsewhere" } }],
  ["a single consumer", { durable: true, arguments: { "x-single-active-consumer": true } }],
  ["a queue that does not outlive the broker", { durable: false }],
  ["a queue that ends with its last consumer", { durable: true, autoDelete: true }],
];

for (const [name, options] of others) {
  Deno.test({
    name: `[W13] a queue that exists otherwise is used as it is, with one warning: ${name}`,
    ignore: rabbitmq.isMissing,
    fn: async () => {
      await using step = await startInteropStep(rabbitmq, {
        startHost: startEchoHost,
        before: (stranger) => stranger.declare("step", options),
      });
      assert.deepEqual(await carry(step), { done: true });
      await step.sidecar.stop();
      assert.deepEqual(warnings(step), [["WARN", "step"]]);
    },
  });
}

Deno.test({
  name: "[W13] existing sidecars declare our queues in their way, whoever is first",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    const queues = ["step", "happy-end", "error-end", "dead-letter-queue"];
    await using step = await startInteropStep(rabbitmq, {
      startHost: startEchoHost,
      before: async (stranger) => {
        for (const queue of queues.slice(0, 2)) await stranger.declare(queue);
      },
    });
    for (const queue of queues) await step.stranger.declare(queue);
    assert.deepEqual(await carry(step), { done: true });
    assert.deepEqual(warnings(step), []);
  },
});

Deno.test({
  name: "[W13] terminal queues may have other names, and what is sent there is as ours",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    const env = {
      ASYA_STEP_HAPPY_END: "finished",
      ASYA_STEP_ERROR_END: "failed",
      ASYA_DLQ_NAME: "given-up",
    };
    await using step = await startInteropStep(rabbitmq, { startHost: startEchoHost, env });
    step.stranger.publish("step", messageOf(1, { route: { steps: ["step"], current: 0 } }));
    assert.deepEqual(((await step.stranger.take("finished")).json as JsonObject).payload, {
      done: true,
    });
    step.stranger.publish("step", "hello");
    const failed = await step.stranger.take("failed");
    assert.equal((failed.json as JsonObject).error, "malformed_message");
    assert.equal(failed.contentType, "application/json");
    // A name that is another mesh's business is a queue like any other here.
    step.stranger.publish("step", messageOf(1, { route: { steps: ["step", "next"], current: 0 } }));
    await step.stranger.take("next");
  },
});

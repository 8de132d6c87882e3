/**
 * Our sidecar in front of a host of the older convention: strictly serial, one exchange per
 * connection, bare lists, an error for what is not JSON.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isJsonObject, type Json } from "@asya/protocol";
import {
  asyaOf,
  bodyOf,
  type HostAct,
  messageOf,
  receivedRoute,
  routeOf,
  startScriptedStep,
} from "../kit/mod.ts";

Deno.test("[W6] [W7] a host of single exchanges is recognised, and served one at a time", async () => {
  await using step = await startScriptedStep((request) => ({
    answer: [{
      payload: { done: isJsonObject(request) ? request.payload! : null },
      route: receivedRoute(request),
    }],
  }));
  const messages = Array.from({ length: 30 }, (_, index) => messageOf({ index }));
  await step.queues.publishAll("step", messages);
  const sent = (await step.queues.take("next", 30)).map(bodyOf);
  const payloads = sent.map(({ payload }) => JSON.stringify(payload)).sort();
  assert.deepEqual(
    payloads,
    messages.map(({ payload }) => JSON.stringify({ done: payload! })).sort(),
  );
  for (const message of sent) {
    assert.deepEqual(routeOf(message).steps, ["step", "next"]);
    assert.equal(routeOf(message).current, 1);
    // A list of one is a single output, without lineage.
    assert.equal(JSON.stringify(message).includes("branch"), false);
  }
  assert.equal(step.host.mostOpen, 1);
  assert.equal(step.host.overflows, 0);
  const refused = step.host.requests.filter((request) => request.refused);
  assert.ok(refused.length >= 1, "the hello reached the host, which refused it");
  assert.equal(step.host.messages.length, 30, "no message was sent twice");
  await step.queues.waitUntilEmpty(step.allQueues);
});

Deno.test("[W7] each answer of the older dialects goes where it belongs", async (t) => {
  let act: HostAct = { answer: null };
  await using step = await startScriptedStep(() => act);
  const route = { steps: ["step", "next"], current: 0, metadata: { team: "ml" } };
  const call = async (answer: Json, queue: string, count = 1) => {
    act = { answer };
    await step.queues.publish("step", messageOf({ in: 1 }, { job_id: "j1" }));
    return (await step.queues.take(queue, count)).map(bodyOf);
  };
  await t.step("a list of three is a fan-out, in order", async () => {
    const pages = [1, 2, 3].map((page) => ({ payload: { page }, route }));
    const sent = await call(pages, "next", 3);
    assert.deepEqual(sent.map(({ payload }) => payload), [{ page: 1 }, { page: 2 }, { page: 3 }]);
    const branches = sent.map((message) => asyaOf(message).branch);
    assert.equal(new Set(branches).size, 3);
    branches.forEach((branch, index) => assert.match(`${branch}`, new RegExp(`^/${index}:3:`)));
  });
  const nothings: [string, Json][] = [["null", null], ["an empty list", []]];
  for (const [name, answer] of nothings) {
    await t.step(`${name} ends the route early, as the message was received`, async () => {
      const [ended] = await call(answer, "happy-end");
      assert.deepEqual(ended?.payload, { in: 1 });
      assert.equal(ended && routeOf(ended).current, 0);
    });
  }
  await t.step("a rewritten rest of the route is followed", async () => {
    const rewritten = { ...route, steps: ["step"] };
    const [ended] = await call([{ payload: { out: 1 }, route: rewritten }], "happy-end");
    assert.equal(ended && routeOf(ended).current, 1);
  });
  const failures: [string, Json, string, string][] = [
    [
      "an error in a list",
      [{
        error: "processing_error",
        details: { message: "no", type: "ValueError", traceback: "T" },
      }],
      "processing_error",
      "fatal",
    ],
    ["a bare error", { error: "processing_error" }, "processing_error", "fatal"],
    [
      "memory in the details",
      [{ error: "processing_error", details: { message: "CUDA out of memory", type: "E" } }],
      "cuda_oom_error",
      "recoverable",
    ],
    ["msg_parsing_error", [{ error: "msg_parsing_error" }], "malformed_message", "fatal"],
    ["an unknown code", { error: "quota_error" }, "quota_error", "fatal"],
    ["a text", "what?", "processing_error", "fatal"],
    [
      "a changed part that is done",
      [{ payload: 1, route: { ...route, steps: ["other", "next"] } }],
      "processing_error",
      "fatal",
    ],
    [
      "a current that was moved",
      [{ payload: 1, route: { ...route, current: 1 } }],
      "processing_error",
      "fatal",
    ],
  ];
  for (const [name, answer, code, severity] of failures) {
    await t.step(`${name} is ${code}`, async () => {
      const [failed] = await call(answer, "error-end");
      assert.equal(failed?.error, code);
      assert.ok(isJsonObject(failed.error_details));
      assert.equal(failed.error_details.severity, severity);
      assert.equal(failed.error_details.step, "step");
      assert.equal(failed.job_id, "j1");
    });
  }
  await step.queues.waitUntilEmpty(step.allQueues);
});

Deno.test("[W1] [W2] spelling and unknown fields go through an older host", async () => {
  await using step = await startScriptedStep((request) => ({
    answer: [{ payload: 2, route: receivedRoute(request) }],
  }));
  await step.queues.publish("step", {
    id: "j1",
    tenant: { id: 7 },
    route: { actors: ["step", "next"], current: 0, version: 2 },
    headers: { traceparent: "00-ab" },
    payload: 1,
  });
  const sent = bodyOf(await step.queues.takeOne("next"));
  const { metadata: _, ...route } = routeOf(sent);
  assert.deepEqual({ ...sent, route }, {
    id: "j1",
    tenant: { id: 7 },
    route: { actors: ["step", "next"], current: 1, version: 2 },
    headers: { traceparent: "00-ab" },
    payload: 2,
  });
});

Deno.test("[D4] a host that hangs up or stays silent is not asked more than it can take", async () => {
  const acts: HostAct[] = [{ hang_up: true }, { raw: new Uint8Array([0, 0, 0, 9, 1]) }];
  await using step = await startScriptedStep((request, index) =>
    acts[index] ?? { answer: [{ payload: index, route: receivedRoute(request) }] }
  );
  await step.queues.publish("step", messageOf(1));
  const sent = bodyOf(await step.queues.takeOne("next", 30_000));
  assert.equal(sent.payload, 2, "tried again after a hang-up and after half a frame");
  await step.queues.waitUntilEmpty(step.allQueues);
});

Deno.test("[D5] a message whose calls all end in a hang-up is a connection_error", async () => {
  await using step = await startScriptedStep(() => ({ hang_up: true }), {
    ASYA_MAX_DELIVERIES: "2",
  });
  await step.queues.publish("step", messageOf(1, { job_id: "j1" }));
  const failed = bodyOf(await step.queues.takeOne("error-end", 30_000));
  assert.equal(failed.error, "connection_error");
  assert.equal(step.host.messages.length, 2);
});

Deno.test("a silent host times out one message, and no other is blamed", async () => {
  await using step = await startScriptedStep(
    (request, index) =>
      index === 0
        ? { silence: true }
        : { answer: [{ payload: index, route: receivedRoute(request) }] },
    {
      ASYA_RUNTIME_TIMEOUT: "500ms",
      ASYA_RABBITMQ_PREFETCH: "4",
    },
  );
  const messages = Array.from({ length: 4 }, (_, index) => messageOf(index));
  await step.queues.publishAll("step", messages);
  const failed = bodyOf(await step.queues.takeOne("error-end", 30_000));
  assert.equal(failed.error, "timeout_error");
  await step.queues.take("next", 3, 30_000);
  await step.queues.waitUntilEmpty(step.allQueues);
});

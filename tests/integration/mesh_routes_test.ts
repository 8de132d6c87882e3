/**
 * Handlers that change what lies ahead of a message, in a whole mesh: what they may do, what they
 * may not, and what a job shows of it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import { GatewayClient, pathOf, poll, type ShownJob, TestMesh } from "../kit/mod.ts";

const YAML = `
name: routes
actors:
  - name: routing
    handler: ./tests/integration/handlers/routing.ts#routing
    env: { ASYA_INCLUDE_METADATA: "true" }
    allowedSteps: [routing, after, parked]
  - { name: after, handler: "./tests/integration/handlers/routing.ts#after" }
  - { name: parked, handler: "./tests/integration/handlers/routing.ts#after" }
  - { name: forbidden, handler: "./tests/integration/handlers/routing.ts#after" }
  - { name: generate, handler: ./examples/refine/generate.ts }
  - name: judge
    handler: ./examples/refine/judge.ts
    env: { ASYA_INCLUDE_METADATA: "true" }
    allowedSteps: [refine]
  - { name: refine, handler: ./examples/refine/refine.ts }
tools:
  - name: go
    parameters: { go: { type: string } }
    route: [routing, after]
  - name: summarise
    parameters: { text: { type: string }, rounds: { type: integer } }
    route: [generate, judge]
maxHops: 12
`;

/** All but what is to be parked, where nobody takes messages. */
const STARTED = ["gateway", "happy-end", "error-end", "routing", "after", "generate", "judge"];

/** A job's way, as the gateway shows it. */
function wayOf(job: ShownJob): JsonObject {
  const { route, current_step, total_steps, steps_completed } = job as unknown as JsonObject;
  assert.ok(isJsonObject(route));
  const { steps = null, current = null } = route;
  return { steps, current, current_step, total_steps, steps_completed } as JsonObject;
}

async function endOf(gateway: GatewayClient, id: string): Promise<ShownJob> {
  await gateway.updates(id, AbortSignal.timeout(30_000));
  return await gateway.job(id);
}

Deno.test("[W14] [W9] [G4] a route that handlers change is followed, shown and bounded", async (t) => {
  await using mesh = await TestMesh.start({
    yaml: YAML,
    handlersIn: "",
    only: [...STARTED, "refine"],
  });
  await mesh.queues.declare(["parked", "forbidden"]);
  const gateway = new GatewayClient(mesh.gatewayUrl);
  const go = async (go: string) => await gateway.call("go", { go });

  await t.step("while a job runs, its way is the changed one", async () => {
    const id = await go("to a step that waits");
    const job = await poll("the longer way to be shown", async () => {
      const job = await gateway.job(id);
      return wayOf(job).total_steps === 3 && job;
    });
    assert.deepEqual(wayOf(job), {
      steps: ["routing", "parked", "after"],
      current: 0,
      current_step: "routing",
      total_steps: 3,
      steps_completed: 1,
    });
    // Of two steps, the first is worked on at 25 %; of three, it is done at a third.
    assert.equal(job.progress_percent, 33.3);
    await mesh.queues.takeOne("parked");
    await cancel(mesh, id);
  });

  const ways: [string, Json, Json][] = [
    ["on", ["routing", "after"], "after"],
    ["round twice", ["routing", "routing", "after", "after"], "after"],
    ["home", ["routing"], "routing"],
  ];
  for (const [wish, steps, last] of ways) {
    await t.step(`a message that goes ${wish} succeeds`, async () => {
      const job = await endOf(gateway, await go(wish));
      assert.equal(job.status, "Succeeded", JSON.stringify(job));
      const count = Array.isArray(steps) ? steps.length : 0;
      assert.deepEqual(wayOf(job), {
        steps,
        current: count,
        current_step: last,
        total_steps: count,
        steps_completed: count,
      });
    });
  }

  const refused: [string, string, RegExp][] = [
    [
      "back in time",
      "processing_error",
      /step "routing" changed the part of the route that is done: steps\[0\] was "routing"/,
    ],
    [
      "under another name",
      "processing_error",
      /messages\[0\] has route; payload, steps, .*allowed/,
    ],
    [
      "where it must not",
      "route_error",
      /"forbidden"; step "routing" may send to "routing", "after", "parked"/,
    ],
    ["round for ever", "route_error", /step 13 of the route \("routing"\) .* limit of 12 hops/],
  ];
  for (const [wish, code, words] of refused) {
    await t.step(`a message that goes ${wish} fails, by name and reason`, async () => {
      const job = await endOf(gateway, await go(wish));
      assert.equal(job.error, code);
      assert.equal(job.error_details?.step, "routing");
      assert.match(`${job.error_details?.message}`, words);
      await mesh.queues.takeOne("dead-letter-queue");
    });
  }

  await t.step("a step that is not allowed is refused whoever put it there", async () => {
    const route = { steps: ["routing", "forbidden"], current: 0 };
    await mesh.queues.publish("routing", { job_id: "by hand", route, payload: {} });
    const { json } = await mesh.queues.takeOne("dead-letter-queue");
    assert.ok(isJsonObject(json));
    assert.equal(json.error, "route_error");
  });

  await t.step("an agent's loop ends well, is shown whole, and never goes back", async () => {
    const demo = await Deno.readTextFile(pathOf("examples/refine/mesh.yaml"));
    const text = demo.slice(demo.indexOf("The Rosetta")).replace(/\s+/g, " ").trim();
    const id = await gateway.call("summarise", { text, rounds: 5 });
    const updates = await gateway.updates(id, AbortSignal.timeout(30_000));
    const percents = updates.map(({ progressPercent = 0 }) => progressPercent);
    assert.deepEqual(percents, percents.toSorted((one, other) => one - other));
    const job = await gateway.job(id);
    const rounds = Array.from({ length: 4 }, () => ["refine", "judge"]).flat();
    assert.deepEqual(wayOf(job), {
      steps: ["generate", "judge", ...rounds],
      current: 10,
      current_step: "judge",
      total_steps: 10,
      steps_completed: 10,
    });
    assert.ok(isJsonObject(job.result ?? null));
  });

  await t.step("a replay from the beginning begins with the planned way", async () => {
    const [first] = await gateway.jobs();
    assert.ok(first);
    const response = await fetch(`${mesh.gatewayUrl}/jobs/${first.id}/retry`, { method: "POST" });
    const again = await response.json();
    assert.deepEqual(again.route.steps, ["generate", "judge"]);
    const job = await endOf(gateway, again.id);
    assert.equal(wayOf(job).total_steps, 10);
    await mesh.queues.waitUntilEmpty(mesh.queueNames);
  });
});

async function cancel(mesh: TestMesh, id: string): Promise<void> {
  const response = await fetch(`${mesh.gatewayUrl}/jobs/${id}/cancel`, { method: "POST" });
  assert.ok(response.ok, await response.text());
}

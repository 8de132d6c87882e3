/**
 * A mesh of ours with a step in its middle that an existing fleet serves: a sidecar that knows
 * single exchanges only, and drops what it does not know.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { JsonObject } from "@asya/protocol";
import {
  asyaOf,
  findRabbitmq,
  GatewayClient,
  makeTempFolder,
  messageOf,
  poll,
  type ShownJob,
  startRuntime,
  TestMesh,
  type TestVhost,
} from "../kit/mod.ts";
import { GoSidecar } from "./interop_go_sidecar.ts";
import { Stranger } from "./interop_stranger.ts";

const rabbitmq = await findRabbitmq();

/** Somebody else serves "legacy": of our own processes only the others are started. */
const MESH = `
name: mixed
actors:
  - { name: first, handler: ./split.ts#split }
  - { name: legacy, handler: ./odd.ts#act }
  - { name: last, handler: ./odd.ts#echo }
tools:
  - name: through
    parameters: { text: { type: string }, do: { type: string }, branches: { type: number } }
    route: [first, legacy, last]
    timeout: 60
`;
const OURS = ["gateway", "first", "last", "happy-end", "error-end"];

/** The mesh, and the fleet's step with a host of ours that answers as the fleet's hosts do. */
interface MixedMesh extends AsyncDisposable {
  readonly vhost: TestVhost;
  readonly mesh: TestMesh;
  readonly gateway: GatewayClient;
}

async function startMixedMesh(): Promise<MixedMesh> {
  await using stack = new AsyncDisposableStack();
  const vhost = stack.use(await rabbitmq.createVhost());
  const folder = stack.use(await makeTempFolder());
  const socketPath = folder.at("legacy.sock");
  stack.use(
    await startRuntime({
      handler: "tests/integration/handlers/odd.ts#act",
      socketPath,
      env: { ASYA_REPLY_FORMAT: "list" },
    }),
  );
  stack.use(await GoSidecar.start(vhost.url, "legacy", socketPath));
  const mesh = stack.use(
    await TestMesh.start({
      yaml: MESH,
      handlersIn: "tests/integration/handlers",
      only: OURS,
      vhost,
      env: { "error-end.runtime": { ASYA_ERROR_RETRY_DELAY_BASE: "1" } },
    }),
  );
  const owned = stack.move();
  return {
    vhost,
    mesh,
    gateway: new GatewayClient(mesh.gatewayUrl),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function endOf(gateway: GatewayClient, id: string): Promise<ShownJob> {
  return await poll(`the end of job ${id}`, async () => {
    const job = await gateway.job(id);
    return /Succeeded|Failed/.test(job.status) && job;
  }, { timeoutMs: 30_000, everyMs: 50 });
}

Deno.test({
  name: "[W13] a job goes through a step of an existing fleet, and back to ours",
  ignore: rabbitmq.isMissing,
  fn: async (t) => {
    await using mixed = await startMixedMesh();
    const { gateway, vhost } = mixed;
    await t.step("one result", async () => {
      const job = await endOf(gateway, await gateway.call("through", { text: "a" }));
      assert.deepEqual([job.status, job.result], ["Succeeded", { text: "a" }]);
    });
    await t.step("a fan-out before it keeps its lineage through it", async () => {
      const job = await endOf(gateway, await gateway.call("through", { text: "a", branches: 3 }));
      assert.equal(job.status, "Succeeded");
      assert.deepEqual(job.result, [0, 1, 2].map((branch) => ({ text: "a", branch })));
    });
    await t.step("nothing to send on ends the job early", async () => {
      const job = await endOf(gateway, await gateway.call("through", { do: "return undefined" }));
      assert.deepEqual([job.status, job.result], ["Succeeded", { do: "return undefined" }]);
    });
    await t.step("its failure is the job's, with its type and traceback", async () => {
      const job = await endOf(gateway, await gateway.call("through", { do: "throw a TypeError" }));
      assert.equal(job.status, "Failed");
      assert.equal(job.error_details?.type, "TypeError");
      assert.match(String(job.error_details?.message), /no such page/);
      assert.equal(job.error_details?.step, "legacy");
    });
    await t.step("what may be tried again is tried again at the fleet's step", async () => {
      const id = await gateway.call("through", { do: "throw until the third attempt" });
      const job = await endOf(gateway, id);
      assert.deepEqual([job.status, job.result], ["Succeeded", { attempt: 3 }]);
    });
    await t.step("a free text for an error, and a body that it could not read", async () => {
      await using stranger = await Stranger.connect(vhost.url);
      // The failure of the step above.
      await stranger.take("dead-letter-queue");
      stranger.publish("legacy", "hello");
      const letter = (await stranger.take("dead-letter-queue")).json as JsonObject;
      assert.equal(letter.error, "malformed_message");
      assert.equal(letter.original_message, "hello");
      const original = JSON.stringify(messageOf(1, { job_id: "theirs" }));
      stranger.publish("error-end", { error: "it broke", original_message: original });
      const second = (await stranger.take("dead-letter-queue")).json as JsonObject;
      assert.equal(second.job_id, "theirs");
      assert.match(JSON.stringify(second), /it broke/);
    });
  },
});

Deno.test({
  name: "[W2] [W13] what a fleet's sidecar drops is not missed: what we carry is in the metadata",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    await using mixed = await startMixedMesh();
    await using stranger = await Stranger.connect(mixed.vhost.url);
    // Nobody but the stranger takes from "after".
    await stranger.declare("after");
    const metadata = { team: "ml", asya: { created: "2026-03-04T05:06:07Z", joins: [3] } };
    stranger.publish("first", {
      job_id: "j1",
      tenant: 7,
      route: { steps: ["first", "legacy", "last", "after"], current: 0, metadata },
      headers: { traceparent: "00-1-2-01" },
      payload: { branches: 2 },
    }, { headers: { traceparent: "00-1-2-01" } });
    const sent = [await stranger.take("after"), await stranger.take("after")];
    const branches = sent.map(({ json }) => asyaOf(json as JsonObject).branch).sort();
    branches.forEach((branch, index) => assert.match(String(branch), new RegExp(`^/${index}:2:`)));
    for (const { json, headers } of sent) {
      const { route, payload: _, ...rest } = json as JsonObject;
      assert.deepEqual(rest, { job_id: "j1" }, "the fleet's sidecar dropped the rest");
      assert.deepEqual(headers, {});
      const { metadata: carried } = route as JsonObject;
      const { branch: _branch, ...asya } = asyaOf(json as JsonObject);
      assert.deepEqual({ ...carried as JsonObject, asya }, metadata);
    }
  },
});

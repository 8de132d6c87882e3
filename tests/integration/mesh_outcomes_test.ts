/**
 * What becomes of jobs where people look for it: the bucket, the job, the dead letter, and the
 * screens of those who watch; also while the bucket is away.
 *
 * @module
 */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { isJsonObject, type Json, type JsonObject, parseErrorEnvelope } from "@asya/protocol";
import assert from "node:assert/strict";
import { GatewayClient, poll, type ShownJob, TestMesh, TestS3 } from "../kit/mod.ts";

const MESH = `
name: outcomes
actors:
  - name: odd
    handler: ./odd.ts#act
    concurrency: 8
    retry: { attempts: 3, base: 1, factor: 1, codes: [validation_error] }
  - { name: after, handler: ./odd.ts#echo, concurrency: 8 }
tools:
  - name: act
    parameters: { do: { type: string }, n: { type: integer } }
    route: [odd, after]
  - name: act_once
    parameters: { do: { type: string } }
    route: [odd]
    retry: { odd: { attempts: 1 } }
results: s3://results/team/
`;

/** Jobs that end while the bucket is away. */
const AWAY = 20;

/** Waits for a job to end, and gives it. */
async function endOf(gateway: GatewayClient, id: string): Promise<ShownJob> {
  return await poll(`the end of job ${id}`, async () => {
    const job = await gateway.job(id);
    return /Succeeded|Failed/.test(job.status) && job;
  }, { timeoutMs: 60_000, everyMs: 50 });
}

/** The object that a job's URI leads to, and its key. */
async function objectOf(s3: TestS3, job: ShownJob): Promise<{ key: string; document: JsonObject }> {
  const [, key = ""] = /^s3:\/\/results\/(.*)$/.exec(job.result_uri ?? "") ?? [];
  const document: Json = JSON.parse((await s3.objects())[key] ?? "null");
  assert.ok(isJsonObject(document), `${job.id} is stored at ${job.result_uri}`);
  return { key, document };
}

/** The messages of a job's updates, in order. */
async function messagesOf(mesh: TestMesh, id: string): Promise<string[]> {
  const response = await fetch(`${mesh.gatewayUrl}/jobs/${id}/stream`);
  const data = [...(await response.text()).matchAll(/^event: update\ndata: (.*)$/gm)];
  return data.map(([, json = ""]) => JSON.parse(json).message);
}

Deno.test("[D22] outcomes in S3, retries and dead letters, as people see them", async (t) => {
  await using s3 = await TestS3.start();
  const { ASYA_S3_BUCKET: _, ...bucketEnv } = s3.env;
  await using mesh = await TestMesh.start({
    yaml: MESH,
    handlersIn: "tests/integration/handlers",
    bucketEnv,
  });
  const gateway = new GatewayClient(mesh.gatewayUrl);

  await t.step("a result is at the URI that its job shows", async () => {
    const job = await endOf(gateway, await gateway.call("act", { do: "echo" }));
    assert.equal(job.status, "Succeeded");
    const { key, document } = await objectOf(s3, job);
    assert.match(
      key,
      new RegExp(`^team/asya-results/\\d{4}-\\d\\d-\\d\\d/\\d\\d/after/${job.id}\\.json$`),
    );
    assert.deepEqual(document.result, { do: "echo" });
    assert.equal(document.status, "succeeded");
  });

  await t.step("[D9] a failure too, and its letter has all that a replay needs", async () => {
    const id = await gateway.call("act", { do: "throw a TypeError" });
    const job = await endOf(gateway, id);
    assert.equal(job.status, "Failed");
    const { key, document } = await objectOf(s3, job);
    assert.match(key, new RegExp(`^team/asya-errors/.*/after/${id}\\.json$`));
    const { message, type, step, actor, attempt, severity, stack } = job.error_details ?? {};
    assert.deepEqual(
      { message, type, step, actor, attempt, severity },
      {
        message: "no such page",
        type: "TypeError",
        step: "odd",
        actor: "odd",
        attempt: 1,
        severity: "fatal",
      },
    );
    assert.match(`${stack}`, /odd\.ts/);
    const { json, body } = await mesh.queues.takeOne("dead-letter-queue");
    assert.ok(isJsonObject(json) && isJsonObject(json.dead_letter) && isJsonObject(json.route));
    assert.equal(json.dead_letter.stored, job.result_uri);
    assert.deepEqual(json.dead_letter.retry, {
      attempts: 3,
      base: 1,
      factor: 1,
      max: 31_536_000,
      jitter: 0,
      codes: ["validation_error"],
    });
    assert.deepEqual(json.route.steps, ["odd", "after"]);
    assert.ok(isJsonObject(json.dead_letter.properties));
    assert.match(`${json.dead_letter.properties.message_id}`, /^asya1-/);
    assert.equal(json.original_message, document.original_message);
    assert.deepEqual(parseErrorEnvelope(body).message?.payload, { do: "throw a TypeError" });
  });

  await t.step("[D21] a step is tried again as its actor says, and watchers see it", async () => {
    const client = new Client({ name: "test", version: "1" });
    await client.connect(new StreamableHTTPClientTransport(new URL(`${mesh.gatewayUrl}/mcp`)));
    const notes: string[] = [];
    const result = await client.callTool(
      { name: "act", arguments: { do: "throw a ValidationError" } },
      { onprogress: ({ message }) => void notes.push(message ?? "") },
    );
    await client.close();
    assert.ok(result.isError);
    const [newest] = await gateway.jobs();
    const job = await gateway.job(newest?.id ?? "");
    assert.equal(job.error, "validation_error");
    assert.equal(job.error_details?.attempt, 3);
    const expected = [
      "error: retry 1 of 2 in 1 s, after validation_error: page is missing",
      "error: retry 2 of 2 in 1 s, after validation_error: page is missing",
    ];
    const retries = (messages: string[]) => messages.filter((text) => text.includes("retry"));
    assert.deepEqual(retries(await messagesOf(mesh, job.id)), expected, "over SSE");
    assert.deepEqual(retries(notes), expected, "over MCP");
    await mesh.queues.takeOne("dead-letter-queue");
  });

  await t.step("[D21] what a tool says counts more than what its actor says", async () => {
    const id = await gateway.call("act_once", { do: "throw a ValidationError" });
    const job = await endOf(gateway, id);
    assert.equal(job.error_details?.attempt, 1);
    await mesh.queues.takeOne("dead-letter-queue");
  });

  await t.step(
    "[D10] while the bucket is away nothing is acknowledged, then all is stored",
    async () => {
      const before = Object.keys(await s3.objects()).length;
      await s3.kill();
      const ids = await Promise.all(Array.from({ length: AWAY }, (_, n) => {
        const what = n % 4 === 0 ? "throw a TypeError" : "echo";
        return gateway.call("act", { do: what, n });
      }));
      const held = async () => {
        const [happy, error] = await Promise.all(
          ["happy-end", "error-end"].map((name) => mesh.queues.holds(name)),
        );
        return [happy, error].reduce(
          (sum, { ready, unacked, delayed } = { ready: 0, unacked: 0, delayed: 0 }) =>
            sum + ready + unacked + delayed,
          0,
        );
      };
      await poll("every outcome to wait for the bucket", async () => await held() >= AWAY);
      await poll("an attempt to store that has failed", async () => {
        return (await mesh.queues.holds("happy-end")).delayed > 0;
      });
      for (const id of ids) assert.equal((await gateway.job(id)).status, "Running");
      // One that is put back to wait is there twice until its former self is acknowledged.
      assert.ok(await held() >= AWAY, "each message is still there");

      await s3.start();
      const jobs = await Promise.all(ids.map((id) => endOf(gateway, id)));
      const failed = jobs.filter(({ status }) => status === "Failed");
      assert.equal(failed.length, AWAY / 4);
      const objects = await s3.objects();
      assert.equal(Object.keys(objects).length, before + AWAY, "each is stored once");
      const uris = new Set(jobs.map(({ result_uri }) => result_uri));
      assert.equal(uris.size, AWAY);
      for (const uri of uris) {
        assert.ok((uri ?? "").replace("s3://results/", "") in objects, uri ?? "no URI");
      }
      for (const _ of failed) await mesh.queues.takeOne("dead-letter-queue");
      await mesh.queues.waitUntilEmpty(mesh.queueNames);
    },
  );
});

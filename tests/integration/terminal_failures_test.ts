/**
 * Terminal actors that fail themselves, behind their real sidecars: they try again later, and in the
 * end there is a dead letter; nothing goes to error-end, and so nothing goes round.
 *
 * @module
 */
import { isJsonObject, type JsonObject, parseErrorEnvelope } from "@asya/protocol";
import assert from "node:assert/strict";
import { s3Error, ScriptedS3 } from "../../actors/testing/scripted_s3.ts";
import { countLines, linesOf } from "../faults/felt.ts";
import { GatewayClient, poll, type Taken, TestMesh } from "../kit/mod.ts";

const MESH = `
name: ends
actors:
  - { name: odd, handler: ./odd.ts#act }
tools:
  - name: act
    parameters: { do: { type: string } }
    route: [odd]
results: s3://papers
`;

const NOTHING_TO_READ = new Uint8Array([0xff, 0xfe, 0x00]);

/** Whether a terminal actor ever failed itself. */
function hasFailed(mesh: TestMesh, name: string): boolean {
  const lines = linesOf(mesh, name);
  return countLines(lines, "a message goes back to its queue", { why: "own_failure" }) > 0;
}

function letterOf({ json }: Taken): JsonObject {
  assert.ok(isJsonObject(json), "a dead letter is JSON");
  return json;
}

Deno.test("[D10] [D22] what a terminal actor cannot do ends as a dead letter, and never goes round", async (t) => {
  await using s3 = new ScriptedS3(({ line }) =>
    line.startsWith("HEAD") ? s3Error(404, "NotFound") : s3Error(400, "EntityTooLarge")
  );
  await using mesh = await TestMesh.start({
    yaml: MESH,
    handlersIn: "tests/integration/handlers",
    bucketEnv: {
      ASYA_S3_ENDPOINT: s3.endpoint,
      ASYA_S3_ACCESS_KEY: "somebody",
      ASYA_S3_SECRET_KEY: "hunter22hunter22",
    },
    env: {
      "error-end.runtime": { AWS_REGION: "eu-west-1", ASYA_S3_ERRORS_PREFIX: "bad/" },
      "happy-end.runtime": { ASYA_HANDLER: "./testing/broken_end.ts#end" },
      "happy-end.sidecar": { ASYA_MAX_DELIVERIES: "2" },
    },
  });
  const gateway = new GatewayClient(mesh.gatewayUrl);

  await t.step("[C3] older names of settings are told when it starts", () => {
    const notices = linesOf(mesh, "error-end.runtime")
      .filter(({ message }) => message === "setting needs attention")
      .map(({ fields }) => fields.notice);
    assert.deepEqual(notices, [
      "AWS_REGION is an older name; please set ASYA_S3_REGION instead",
      "ASYA_S3_ERRORS_PREFIX is ignored, since ASYA_S3_BASE_PREFIX is set",
    ]);
  });

  await t.step(
    "a store that refuses: the job has failed, its letter holds everything",
    async () => {
      const id = await gateway.call("act", { do: "throw a TypeError" });
      const letter = letterOf(await mesh.queues.takeOne("dead-letter-queue"));
      assert.equal(letter.job_id, id);
      assert.equal(letter.error, "processing_error");
      assert.ok(isJsonObject(letter.dead_letter));
      assert.equal(letter.dead_letter.stored, undefined);
      assert.match(`${letter.original_message}`, /throw a TypeError/);
      const job = await gateway.job(id);
      assert.equal(job.status, "Failed");
      assert.equal(job.result_uri, undefined);
    },
  );

  await t.step("a body that nobody can read: its letter holds every byte", async () => {
    await mesh.queues.publish("error-end", NOTHING_TO_READ);
    const taken = await mesh.queues.takeOne("dead-letter-queue");
    assert.equal(letterOf(taken).error, "malformed_message");
    assert.deepEqual(parseErrorEnvelope(taken.body).body, NOTHING_TO_READ);
  });

  await t.step("a bug: tried again later, then a letter of the actor's own failure", async () => {
    const id = await gateway.call("act", { do: "echo" });
    await mesh.queues.publish("happy-end", NOTHING_TO_READ);
    await poll("both to wait for their second try", async () => {
      return (await mesh.queues.holds("happy-end")).delayed === 2;
    });
    await poll("the log to say so", () => hasFailed(mesh, "happy-end"));
    const taken = [
      await mesh.queues.takeOne("dead-letter-queue", 20_000),
      await mesh.queues.takeOne("dead-letter-queue", 20_000),
    ];
    const letters = taken.map(letterOf);
    for (const { error, error_details } of letters) {
      assert.equal(error, "processing_error");
      assert.ok(isJsonObject(error_details));
      assert.equal(error_details.message, "a bug of the terminal actor");
      assert.equal(error_details.step, "happy-end");
    }
    const own = taken.find(({ json }) => isJsonObject(json) && json.job_id === id);
    assert.ok(own, "one of them is the job's");
    assert.deepEqual(parseErrorEnvelope(own.body).message?.payload, { do: "echo" });
    const other = taken.find((one) => one !== own);
    assert.deepEqual(parseErrorEnvelope(other?.body ?? NOTHING_TO_READ).body, NOTHING_TO_READ);
    assert.equal((await gateway.job(id)).status, "Running", "nobody was told that it failed");
  });

  await t.step("and no queue holds anything, error-end's has not failed once", async () => {
    await mesh.queues.waitUntilEmpty(mesh.queueNames);
    assert.ok(!hasFailed(mesh, "error-end"));
    const stored = s3.requests.filter(({ line }) => line.startsWith("PUT"));
    assert.equal(stored.length, 2, "the failed job and the body that nobody can read, once each");
  });
});

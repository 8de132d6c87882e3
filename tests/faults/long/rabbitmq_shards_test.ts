/**
 * One step over several queues: an exchange that hashes spreads the messages of the step `ocr` over
 * `ocr-0`, `ocr-1`, …, each with a sidecar of its own, and nobody who publishes knows. Shards come and
 * go while jobs run. docs/scaling.md tells how it is set up.
 *
 * @module
 */
import { type Channel, connect } from "amqplib";
import { findRabbitmq, poll, TestMesh } from "../../kit/mod.ts";
import { assertAllArrived } from "../arrival.ts";
import { callForJobs } from "../calls.ts";
import { assertFelt } from "../felt.ts";
import { assertStopsClean } from "../fleet.ts";
import { readMetric } from "../metrics.ts";
import { startPrivateBroker } from "../private_broker.ts";
import { printedRandom, readScale } from "../scale.ts";

const rabbitmq = await findRabbitmq();
const ignore = rabbitmq.hasNoServer;

const SHARDS = ["ocr-0", "ocr-1", "ocr-2"];

/** No actor of it is called `ocr`: on a broker a step may be somebody else's. */
const MESH = `
name: shards
transport: { url: amqp://broker }
actors:
${SHARDS.map((name) => `  - { name: ${name}, handler: ./fails_once.ts#walkOrFail }`).join("\n")}
tools:
  - name: walk
    parameters: { n: { type: integer }, workMs: { type: integer } }
    route: [ocr]
    timeout: 600
`;

/** The exchange that spreads the step's messages. */
const SPREAD = "ocr.shards";

/** What a shard is bound with: how many parts of all it gets. */
const WEIGHT = "1";

/** Enables the plugin with the exchange, as `rabbitmq-plugins enable` does. */
const ENABLE_PLUGIN = `
  File = rabbit_plugins:enabled_plugins_file(),
  ok = file:write_file(File, "[rabbitmq_management,rabbitmq_consistent_hash_exchange].\\n"),
  rabbit_plugins:ensure(File).`;

Deno.test({
  name: "[D2] [D8] [D16] shards of one step come and go while jobs run",
  ignore,
  fn: async () => {
    const startedMs = performance.now();
    const scale = readScale(40);
    await using broker = await startPrivateBroker(rabbitmq);
    await broker.server.control("eval", ENABLE_PLUGIN);
    await using mesh = await TestMesh.start({
      yaml: MESH,
      handlersIn: "tests/faults/handlers",
      vhost: broker.vhost,
      env: { runtime: { ASYA_ERROR_RETRY_DELAY_BASE: "1s" } },
    });
    const connection = await connect(broker.vhost.url);
    const channel = await connection.createChannel();
    await shardStep(channel);
    await channel.bindQueue("ocr-0", SPREAD, WEIGHT);
    await channel.bindQueue("ocr-1", SPREAD, WEIGHT);
    const calling = callForJobs(mesh, printedRandom(), {
      ...scale,
      argumentsOf: (n) => ({ n, workMs: 20 }),
    });
    const taken = (name: string) => readMetric(mesh, `${name}.sidecar`, "messages_processed_total");
    await poll("work of two shards", async () => {
      const [one, other] = [await taken("ocr-0"), await taken("ocr-1")];
      return Math.min(one, other) > 0 && one + other > scale.jobs / 4;
    }, { timeoutMs: scale.durationMs + 30_000 });
    await channel.bindQueue("ocr-2", SPREAD, WEIGHT);
    // It gets nothing more, and works off what it has.
    await channel.unbindQueue("ocr-0", SPREAD, WEIGHT);
    await connection.close();
    await poll("work of the new shard", async () => await taken("ocr-2") > 0, {
      timeoutMs: 30_000,
    });
    const jobs = await assertAllArrived(mesh, await calling, { hasResult: isWalked });
    const felt: Record<string, number> = { retried: await taken("error-end") };
    for (const shard of SHARDS) felt[shard] = await taken(shard);
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    assertFelt("shards of one step come and go", felt, { jobs: jobs.length, seconds });
    await assertStopsClean(mesh);
  },
});

/** Leads the step's messages to an exchange that hashes, in the place of a queue. */
async function shardStep(channel: Channel): Promise<void> {
  const hashing = { "hash-property": "message_id" };
  await channel.assertExchange(SPREAD, "x-consistent-hash", { durable: true, arguments: hashing });
  await channel.bindExchange(SPREAD, "asya", "ocr");
  // Bound to nothing and empty for ever: whoever delays a message for `ocr` looks whether it is there.
  await channel.assertQueue("ocr", { durable: true });
}

function isWalked({ result }: { readonly result?: unknown }): boolean {
  return (result as { walked?: unknown }).walked === 1;
}

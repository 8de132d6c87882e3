/**
 * Traces of jobs on RabbitMQ, as a collector gets them, and what of them travels beside messages,
 * as any client of the broker sees it.
 *
 * @module
 */
import { connect } from "amqplib";
import assert from "node:assert/strict";
import { isJsonObject, type Json, parseJson } from "@asya/protocol";
import {
  findRabbitmq,
  GatewayClient,
  makeTempFolder,
  poll,
  receivedRoute,
  ScriptedHost,
  startOtlpReceiver,
  TestMesh,
} from "../kit/mod.ts";
import { GoSidecar } from "./interop_go_sidecar.ts";
import { drawTrace } from "./tracing/draw_trace.ts";
import { BEHIND_FLEET, TO_FLEET, TWO_STEPS } from "./tracing/expected.ts";

const rabbitmq = await findRabbitmq();

/** Somebody else serves "legacy": of our own processes only the others are started. */
const MESH = `
name: traced
actors:
  - { name: first, handler: "./traced.ts#work" }
  - { name: legacy, handler: "./traced.ts#work" }
  - { name: last, handler: "./traced.ts#work" }
tools:
  - { name: plain, route: [first, last] }
  - { name: through, route: [first, legacy, last] }
`;
const OURS = ["gateway", "first", "last", "happy-end"];

const TRACE_ID = "a".repeat(32);
const CALLER = { traceparent: `00-${TRACE_ID}-${"b".repeat(16)}-01`, tracestate: "theirs=1" };

/** A message as it passes the exchange. */
interface Passing {
  readonly queue: string;
  readonly jobId: Json | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Somebody else's client, who is given a copy of every message that passes the exchange. */
async function watchExchange(url: string): Promise<AsyncDisposable & { passed: Passing[] }> {
  const model = await connect(url);
  const channel = await model.createChannel();
  const passed: Passing[] = [];
  const { queue } = await channel.assertQueue("", { exclusive: true });
  await channel.bindQueue(queue, "asya", "#");
  await channel.consume(queue, (message) => {
    if (!message) return;
    const json = parseJson(new Uint8Array(message.content));
    passed.push({
      queue: message.fields.routingKey,
      jobId: json.ok && isJsonObject(json.value) ? json.value.job_id : undefined,
      headers: message.properties.headers ?? {},
    });
  }, { noAck: true });
  return { passed, [Symbol.asyncDispose]: () => model.close() };
}

Deno.test({
  name: "[Z2] [N9] on RabbitMQ a call is one trace, as far as those in between carry it",
  ignore: rabbitmq.isMissing,
  fn: async (t) => {
    await using otlp = startOtlpReceiver();
    await using vhost = await rabbitmq.createVhost();
    await using folder = await makeTempFolder();
    await using _host = new ScriptedHost(folder.at("legacy.sock"), {
      act: (message) => ({
        answer: [{ payload: { from: "legacy" }, route: receivedRoute(message) }],
      }),
    });
    await using _fleet = await GoSidecar.start(vhost.url, "legacy", folder.at("legacy.sock"));
    await using mesh = await TestMesh.start({
      yaml: MESH,
      handlersIn: "tests/integration/handlers",
      only: OURS,
      vhost,
      telemetry: {
        ...otlp.env,
        OTEL_DENO_METRICS: "false",
        // Sidecars begin traces only where somebody says so.
        OTEL_TRACES_SAMPLER: "parentbased_always_on",
      },
    });
    await using watcher = await watchExchange(vhost.url);
    const gateway = new GatewayClient(mesh.gatewayUrl);
    const call = async (name: string, headers: Record<string, string>): Promise<string> => {
      const response = await fetch(`${mesh.gatewayUrl}/tools/call`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ name, arguments: {} }),
      });
      const { structuredContent: { job_id: jobId } } = await response.json();
      await gateway.updates(jobId, AbortSignal.timeout(30_000));
      return jobId;
    };
    const { hostname, port } = new URL(vhost.url);
    const carrier = {
      "messaging.system": "rabbitmq",
      "server.address": hostname,
      "server.port": Number(port || 5672),
    };
    /** The drawing of a trace that has as many spans as are expected. */
    const drawn = async (traceId: string, jobId: string, expected: string) => {
      const count = expected.split("\n").length;
      await otlp.until(() => otlp.trace(traceId).length >= count, `${count} spans of ${traceId}`);
      return drawTrace(otlp.trace(traceId), jobId, carrier);
    };
    /** A job's messages that passed, as soon as there are so many. */
    const messagesOf = (id: string, count: number) =>
      poll(`${count} messages of job ${id}`, () => {
        const ours = watcher.passed.filter((passing) => passing.jobId === id);
        return ours.length >= count && ours;
      });
    const jobId = await call("plain", CALLER);

    await t.step("it is the tree that it is on a file", async () => {
      assert.equal(await drawn(TRACE_ID, jobId, TWO_STEPS), TWO_STEPS);
    });

    await t.step("every message says in its headers, as W3C has it, who sent it", async () => {
      const ours = await messagesOf(jobId, 3);
      assert.deepEqual(ours.map(({ queue }) => queue), ["first", "last", "happy-end"]);
      for (const { queue, headers } of ours) {
        const { "asya-sent": sent, ...context } = headers;
        const send = otlp.trace(TRACE_ID).find(({ name }) => name === `send ${queue}`);
        const { tracestate } = CALLER;
        assert.deepEqual(context, {
          traceparent: `00-${TRACE_ID}-${send?.spanId}-01`,
          tracestate,
        });
        assert(send && Number(sent) >= Math.floor(send.startMs) && Number(sent) <= send.endMs);
      }
    });

    await t.step("behind a fleet that drops what it does not know a new one begins", async () => {
      const traceId = TRACE_ID.replaceAll("a", "c");
      const { traceparent } = CALLER;
      const id = await call("through", { traceparent: traceparent.replace(TRACE_ID, traceId) });
      assert.equal(await drawn(traceId, id, TO_FLEET), TO_FLEET);
      const ours = await messagesOf(id, 4);
      assert.deepEqual(ours.map(({ queue, headers }) => [queue, Object.keys(headers).sort()]), [
        ["first", ["asya-sent", "traceparent"]],
        ["legacy", ["asya-sent", "traceparent"]],
        ["last", []],
        ["happy-end", ["asya-sent", "traceparent"]],
      ]);
      const root = await otlp.until(
        () =>
          otlp.spans.find(({ name, parentId, attributes }) =>
            name === "process last" && parentId === undefined &&
            attributes["messaging.message.conversation_id"] === id
          ),
        "the new trace's root",
      );
      assert.equal(await drawn(root.traceId, id, BEHIND_FLEET), BEHIND_FLEET);
    });
  },
});

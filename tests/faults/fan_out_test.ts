/**
 * Fan-outs whose sidecar dies when some of the outputs are published and others are not.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import { AmqpProxy, findRabbitmq, GatewayClient, poll, type TestMesh } from "../kit/mod.ts";
import { assertAllArrived, type EndedJob } from "./arrival.ts";
import { callForJobs } from "./calls.ts";
import { assertFelt, countLines, linesOf } from "./felt.ts";
import { assertStopsClean, startFleet } from "./fleet.ts";
import { killProcess } from "./kill.ts";
import { printedRandom, readScale } from "./scale.ts";
import { through } from "./through.ts";

const rabbitmq = await findRabbitmq();

const MESH = `
name: fan
actors:
  - { name: first, handler: ./fan.ts#fanOuter, concurrency: 4 }
  - { name: second, handler: ./fan.ts#fanInner, concurrency: 4 }
  - { name: third, handler: ./steps.ts#walk, concurrency: 4 }
tools:
  - name: fan
    parameters: { n: { type: integer }, outer: { type: integer }, inner: { type: integer } }
    route: [first, second, third]
    timeout: 1200
`;

/** What fans out while its sidecar dies: in one step, or where a branch branches. */
const SHAPES: readonly JsonObject[] = [{ inner: 100 }, { outer: 4, inner: 25 }, { outer: 100 }];

/** One crash for so many jobs, three at least. */
const JOBS_PER_CRASH = 100;

Deno.test({
  name:
    "[D13] [D1] [D16] fan-outs of 100 are whole, in order and seen once when their sidecar dies",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await using proxy = new AmqpProxy(Number(new URL(vhost.url).port));
    await using mesh = await startFleet({ yaml: MESH, vhost: through(proxy, vhost) });
    const startMs = performance.now();
    const random = printedRandom();
    const scale = readScale(60);
    const crashed: Crash[] = [];
    for (let n = 0; n < Math.max(SHAPES.length, scale.jobs / JOBS_PER_CRASH); n++) {
      crashed.push(await crashAmidst(mesh, proxy, SHAPES[n % SHAPES.length]!, random));
    }
    const answered = await callForJobs(mesh, random, {
      ...scale,
      tool: "fan",
      argumentsOf: (n): JsonObject => n % 50 === 0 ? { n, outer: 5, inner: 20 } : { n },
    });
    const jobs = await assertAllArrived(mesh, [...answered, ...crashed.map(({ id }) => id)], {
      hasResult: (job) => isDeepStrictEqual(job.result, expectedOf(job)),
    });
    assertFelt("a sidecar dies amidst a fan-out", {
      crashes: crashed.length,
      outputsPublished: Math.min(...crashed.map(({ published }) => published)),
      outputsKept: Math.min(...crashed.map(({ kept }) => kept)),
      redelivered: countLines(linesOf(mesh), "a message goes back to its queue", {
        why: "redelivered",
      }),
    }, {
      jobs: jobs.length,
      published: crashed.map(({ published }) => published),
      seconds: Math.round((performance.now() - startMs) / 1_000),
    });
    await assertStopsClean(mesh);
  },
});

/** A fan-out whose sidecar died. */
interface Crash {
  readonly id: string;
  /** Outputs that the broker has of the first try. */
  readonly published: number;
  /** Outputs that were written and never reached it. */
  readonly kept: number;
}

/** Calls for one fan-out alone, and kills the sidecar that publishes its outputs in the midst. */
async function crashAmidst(
  mesh: TestMesh,
  proxy: AmqpProxy,
  shape: JsonObject,
  random: () => number,
): Promise<Crash> {
  const actor = shape.inner === undefined ? "first" : "second";
  const outputs = Number(shape.inner ?? shape.outer);
  const connection = await poll(`a connection of ${actor}`, () => {
    const found = proxy.consumerOf(actor);
    return found?.isOpen && found;
  }, { timeoutMs: 30_000 });
  connection.keepPublishesAfter(1 + Math.floor(random() * (outputs - 1)));
  const gateway = new GatewayClient(mesh.gatewayUrl);
  const id = await gateway.call("fan", shape);
  await poll("outputs that do not get through", () => connection.publishesKept > 0);
  const { publishesPassed: published, publishesKept: kept } = connection;
  killProcess(mesh, `${actor}.sidecar`);
  await poll("the end of the job", async () => {
    const { status } = await gateway.job(id);
    return /Succeeded|Failed/.test(status);
  }, { timeoutMs: 60_000 });
  return { id, published, kept };
}

/** The result in its order: a list of a list where a branch branched. */
function expectedOf({ payload = null }: EndedJob): Json {
  assert.ok(isJsonObject(payload));
  const { outer, inner, ...rest } = payload;
  const fan = (count: Json | undefined, make: (place: number | undefined) => Json): Json =>
    typeof count === "number"
      ? Array.from({ length: count }, (_, place) => make(place))
      : make(undefined);
  return fan(outer, (outerPlace) =>
    fan(inner, (innerPlace) => ({
      ...rest,
      ...(outerPlace !== undefined && { outerPlace }),
      ...(innerPlace !== undefined && { innerPlace }),
      walked: 1,
    })));
}

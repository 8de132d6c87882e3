/**
 * Dashboards and rules in a real Prometheus, which reads a mesh at work on a real RabbitMQ.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createMetrics } from "@asya/program";
import type { JsonObject } from "@asya/protocol";
import { createOperatorMetrics } from "../../operator/operator_metrics.ts";
import {
  findPrometheus,
  findRabbitmq,
  freePort,
  GatewayClient,
  poll,
  type ScrapeTarget,
  type SeenRule,
  TestMesh,
  type TestPrometheus,
} from "../kit/mod.ts";
import { createLabelsOf, readOwnMetrics } from "./monitoring/known_metrics.ts";
import {
  fillIn,
  queriesIn,
  readDashboards,
  readRules,
  RULE_FILE,
} from "./monitoring/read_monitoring.ts";
import { readQuery } from "./monitoring/read_query.ts";

const prometheus = await findPrometheus();
const rabbitmq = await findRabbitmq();

const MESH = `
name: watched
actors:
  - { name: draft, handler: ./watched.ts, concurrency: 4, retry: { base: 100ms } }
tools:
  - name: write
    parameters: { fails: { type: string } }
    route: [draft]
    timeout: 60
`;

/** Alerts whose condition a mesh fulfils in which a third of all jobs fail. */
const EXPECTED = ["AsyaActorFails", "AsyaDeadLettersGrow", "AsyaGenerationsFail", "AsyaJobsFail"];

/** KEDA's metrics, as its own documentation has them. */
const KEDA = `
keda_scaler_metrics_value{namespace="a",metric="s0-rabbitmq-draft",scaledObject="draft",scaler="rabbitMQScaler",triggerIndex="0",type="scaledobject"} 3
keda_scaled_object_errors_total{namespace="a",scaledObject="draft"} 0
`;

/** Serves metrics that no process of this mesh has: an operator's own, and KEDA's. */
async function serveOthers(): Promise<ScrapeTarget[] & AsyncDisposable> {
  const metrics = await createMetrics({ namespace: "asya_operator" });
  const counted = createOperatorMetrics(metrics, { depth: () => 0, actors: () => 1 });
  counted.leader.set({}, 1);
  counted.keda.set({}, 1);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: freePort(), onListen() {} },
    async (request) => {
      counted.reconciles.inc({ of: "actor", result: "done" });
      counted.reconcileSeconds.observe({ of: "actor" }, .01);
      counted.requests.inc({ verb: "get", code: "200" });
      counted.requestSeconds.observe({ verb: "get" }, .01);
      return new Response(
        request.url.endsWith("/keda") ? KEDA : await metrics.render(),
        { headers: { "content-type": metrics.contentType } },
      );
    },
  );
  const at = `http://127.0.0.1:${server.addr.port}`;
  const targets = [{ job: "operator", url: `${at}/metrics` }, { job: "keda", url: `${at}/keda` }];
  return Object.assign(targets, { [Symbol.asyncDispose]: () => server.shutdown() });
}

function targetsOf(mesh: TestMesh, metricsUrl: string): ScrapeTarget[] {
  const sidecars = [...mesh.processes.values()].map(({ plan }) => plan)
    .filter(({ program }) => program === "sidecar")
    .map(({ readyUrl = "" }) => ({ job: "sidecars", url: new URL("/metrics", readyUrl).href }));
  const families = "family=queue_coarse_metrics&family=queue_consumer_count";
  return [
    { job: "gateway", url: `${mesh.gatewayUrl}/metrics` },
    { job: "rabbitmq", url: `${metricsUrl}/metrics/detailed?${families}` },
    ...sidecars,
  ];
}

/** Some jobs of each kind, from their calls to their ends. */
async function work(gateway: GatewayClient): Promise<void> {
  const kinds: JsonObject[] = [{}, { fails: "once" }, { fails: "always" }];
  const ids = await Promise.all(kinds.map((kind) => gateway.call("write", kind)));
  await poll("the jobs to end", async () => {
    const jobs = await Promise.all(ids.map((id) => gateway.job(id)));
    return jobs.every(({ status }) => ["Succeeded", "Failed"].includes(status));
  });
}

/** Places and texts of queries that have no values. */
async function findEmpty(prometheus: TestPrometheus, queries: readonly Asked[]): Promise<string[]> {
  const answers = await Promise.all(
    queries.map(async ({ place, expr }) => {
      const samples = await prometheus.query(expr);
      return samples.some(({ value }) => !Number.isNaN(value)) ? [] : [`${place}: ${expr}`];
    }),
  );
  return answers.flat();
}

/** Series with one value of a label each, for every value that a query or a rule names. */
async function namedSeries(): Promise<Asked[]> {
  const labelsOf = createLabelsOf(await readOwnMetrics(), {});
  const queries = queriesIn(await readDashboards(), await readRules());
  const selectors = queries.flatMap(({ expr }) =>
    readQuery(fillIn(expr, "1m"), labelsOf).selectors
  );
  const named = selectors.flatMap(({ metrics, matchers }) =>
    metrics.flatMap((metric) =>
      matchers.flatMap(({ label, value }) =>
        value.split("|").filter((word) => /^[\w-]+(\.\d+)?$/.test(word))
          .map((word) => `${metric}{${label}="${word}"}`)
      )
    )
  );
  return [...new Set(named)].map((expr) => ({ place: expr, expr }));
}

/** A query as it is asked. */
interface Asked {
  readonly place: string;
  readonly expr: string;
}

Deno.test({
  name: "[X3] every query runs in a real Prometheus, and of a mesh at work there is data",
  ignore: prometheus.isMissing || rabbitmq.isMissing,
  async fn() {
    await using vhost = await rabbitmq.createVhost();
    await using mesh = await TestMesh.start({
      yaml: MESH,
      handlersIn: "tests/integration/handlers",
      vhost,
    });
    await using others = await serveOthers();
    await using started = await prometheus.start({
      everySeconds: 1,
      ruleFiles: [RULE_FILE],
      targets: [...targetsOf(mesh, vhost.metricsUrl), ...others],
    });
    const gateway = new GatewayClient(mesh.gatewayUrl);
    const chosen = { actor: "draft", input_price: "1", output_price: "1" };
    const written = queriesIn(await readDashboards(), []);
    const asked = written.map(({ place, expr }) => ({
      place,
      // Much is shown only where there is some of it.
      expr: fillIn(expr, "1m", chosen).replace(/ > 0$/, ""),
    }));

    let empty: string[] = [];
    await poll("values of every query", async () => {
      await work(gateway);
      empty = await findEmpty(started, asked);
      return empty.length === 0;
    }, { timeoutMs: 60_000, everyMs: 500 }).catch((error) => {
      throw new Error(`${error.message}; without values:\n${empty.join("\n")}`);
    });

    const withoutRabbitmq = asked
      .filter(({ expr }) => expr.includes("asya_gateway_queue_messages"))
      .map(({ place, expr }) => ({ place, expr: expr.replaceAll("rabbitmq_detailed", "nobodys") }));
    assert.ok(withoutRabbitmq.length > 5, `${withoutRabbitmq.length}`);
    assert.deepEqual(await findEmpty(started, withoutRabbitmq), []);

    const named = (await namedSeries()).filter(({ place }) => !place.startsWith("ALERTS"));
    assert.ok(named.length > 15, `${named.length}`);
    assert.deepEqual(await findEmpty(started, named), []);

    const rules = await poll("the rules to notice what goes wrong", async () => {
      await work(gateway);
      const rules = await started.rules();
      return noticedOf(rules).length >= EXPECTED.length && rules;
    }, { timeoutMs: 60_000, everyMs: 500 });
    assert.deepEqual(noticedOf(rules), EXPECTED);
    assert.equal(rules.length, (await readRules()).length);
    assert.deepEqual(rules.filter(({ health }) => health !== "ok"), []);
  },
});

/** Names of alerts whose condition is fulfilled, for however long. */
function noticedOf(rules: readonly SeenRule[]): string[] {
  const noticed = rules.filter(({ state = "inactive" }) => state !== "inactive");
  return noticed.map(({ name }) => name).sort();
}

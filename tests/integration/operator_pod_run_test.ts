/**
 * A pod as the operator writes it, run: its commands, environment and mounts, with its permissions
 * and no others, beside a real RabbitMQ.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseSettings } from "@asya/program";
import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import { parseActor } from "../../operator/actor/parse_actor.ts";
import type { AsyncActor, PodTemplate } from "../../operator/actor/async_actor.ts";
import type { KubeObject } from "../../operator/actor/kube_object.ts";
import { settings } from "../../operator/config.ts";
import { desired, type Platform } from "../../operator/desired/desired.ts";
import { runtimeConfigMapName } from "../../operator/desired/runtime_config_map.ts";
import { platformOf } from "../../operator/platform_of.ts";
import { readBundle } from "../../operator/read_bundle.ts";
import {
  answersOk,
  bodyOf,
  findRabbitmq,
  freePort,
  makeTempFolder,
  messageOf,
  pathOf,
  poll,
  Queues,
  type TempFolder,
  type TestVhost,
} from "../kit/mod.ts";
import { LocalPod, POD_FIELDS } from "../kit/local_pod.ts";
import { type OtlpReceiver, startOtlpReceiver } from "../kit/otlp.ts";

const rabbitmq = await findRabbitmq();

const PASSWORD = "guest";

const TOKEN = "what the gateway asks for";

/** Asks somebody, and says what it was told. */
const HANDLER = `
import { type HandlerMessage, RetryableError } from "@asya/runtime";

export async function ask({ payload }: HandlerMessage<{ url: string }>) {
  const answer = await fetch(payload.url);
  if (!answer.ok) throw new RetryableError("busy");
  return { told: await answer.text() };
}
`;

/** How the runtime comes into a pod, and where the sidecar is in it. */
const shapes: Readonly<Record<string, JsonObject>> = {
  "the runtime as files": { runtime: { inject: "configmap" } },
  "the runtime with its own Deno": { runtime: { inject: "binary" } },
  "a native sidecar": { sidecar: { native: true } },
};

Deno.test({
  name:
    "[I1] [I6] [V7] a pod that the operator writes carries a message, and ends with its work done",
  ignore: rabbitmq.isMissing,
  fn: async (t) => {
    await using bundles = await makeTempFolder();
    await bundle(bundles, "sidecar/main.ts", "sidecar/main.js");
    await bundle(bundles, "runtime/main.ts", "runtime/main.js");
    await bundle(bundles, "runtime/mod.ts", "runtime/mod.ts");
    for (const [name, spec] of Object.entries(shapes)) {
      await t.step(name, () => carryOne(bundles, spec));
    }
  },
});

async function carryOne(bundles: TempFolder, shape: JsonObject): Promise<void> {
  await using folder = await makeTempFolder();
  await using otlp = startOtlpReceiver();
  await using vhost = await rabbitmq.createVhost();
  await using peer = startPeer();
  await folder.write("app/handler.ts", HANDLER);
  const metrics = `127.0.0.1:${freePort()}`;
  const isTraced = shape === shapes["the runtime as files"];
  const telemetry = {
    enabled: isTraced,
    endpoint: otlp.url,
    protocol: "http/json",
    samplingRatio: "1",
  };
  const actor = actorOf(vhost, { ...shape, telemetry }, peer.address, metrics);
  const platform = await platformWith(bundles, `http://${peer.address}`);
  const { objects, notes } = desired(actor, platform);
  assert.deepEqual(notes, []);
  const secrets = { broker: { password: PASSWORD }, ...secretsIn(objects) };
  const { template } = specOf<{ template: PodTemplate }>(objects, "Deployment");
  await using pod = await LocalPod.start(template, {
    folder,
    secrets,
    configMaps: { [runtimeConfigMapName(platform)]: platform.runtimeFiles },
    images: {
      sidecar: { "/opt/asya/sidecar": bundles.at("sidecar") },
      "asya-runtime": { "/opt/asya/runtime": bundles.at("runtime") },
    },
    workingDir: folder.at("app"),
  });
  await using queues = Queues.openIn(vhost);
  await pod.container("handler").waitForLine("handler is ready", 20_000);
  await pod.container("sidecar").waitForLine("messages are taken", 20_000);
  for (const path of ["livez", "readyz"]) {
    await poll(`an answer of /${path}`, () => answersOk(`http://${metrics}/${path}`));
  }

  const message = messageOf({ url: `http://${peer.address}/ask` }, {
    route: { steps: ["step"], current: 0 },
  });
  await queues.publish("step", message);
  await peer.asked;
  if (isTraced) {
    // The broker tells its numbers every five seconds: once is enough.
    const one = async () => await countAsKeda(objects, secrets) === 1;
    await poll("the message in work, as KEDA counts", one);
  }
  const ended = pod.terminate(12);
  peer.answer("well");
  const arrived = await queues.takeOne("happy-end");
  assert.deepEqual(bodyOf(arrived).payload, { told: "well" } satisfies Json);
  assert.equal(template.spec.terminationGracePeriodSeconds, 12);
  assert.deepEqual(await ended, { sidecar: 0, handler: 0 });
  assert.deepEqual([...peer.tokens], [`Bearer ${TOKEN}`]);
  if (isTraced) await assertTraced(otlp);
  else assert.deepEqual([otlp.spans, otlp.metrics, otlp.logs], [[], [], []]);
}

/**
 * What both programs told of the message, and in which pod: though neither may connect to who takes
 * it, or read a variable of OpenTelemetry. Deno does both itself.
 */
async function assertTraced(otlp: OtlpReceiver): Promise<void> {
  for (const [service, container] of [["asya-sidecar", "sidecar"], ["asya-runtime", "handler"]]) {
    const { resource } = await otlp.until(
      ({ spans }) => spans.find(({ resource }) => resource["service.name"] === service),
      `a span of ${service}`,
    );
    const expected = {
      "asya.actor": "asker",
      "k8s.namespace.name": "n",
      "k8s.deployment.name": "asker",
      "k8s.container.name": container,
      "k8s.pod.name": POD_FIELDS["metadata.name"],
      "k8s.pod.uid": POD_FIELDS["metadata.uid"],
      "k8s.node.name": POD_FIELDS["spec.nodeName"],
      "service.instance.id": `n.a-pod.${container}`,
    };
    const told = Object.keys(expected).map((name) => [name, resource[name]]);
    assert.deepEqual(Object.fromEntries(told), expected);
  }
  assert.deepEqual(otlp.logs, []);
}

/** Who the handler asks, and a gateway that takes every report. */
function startPeer() {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<string>();
  const tokens = new Set<string>();
  const port = freePort();
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, async (request) => {
    if (new URL(request.url).pathname === "/ask") {
      asked.resolve();
      return new Response(await answer.promise);
    }
    tokens.add(request.headers.get("authorization") ?? "none");
    return Response.json({});
  });
  return {
    address: `127.0.0.1:${port}`,
    asked: asked.promise,
    answer: answer.resolve,
    tokens,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** The spec of the object of a kind. */
function specOf<T>(objects: readonly KubeObject[], kind: string): T {
  const found = objects.find((object) => object.kind === kind);
  assert(found, `there is no ${kind}`);
  return found.spec as T;
}

type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The Secrets among what is made, as pods see them. */
function secretsIn(objects: readonly KubeObject[]): Secrets {
  return Object.fromEntries(
    objects.filter(({ kind }) => kind === "Secret").map(({ metadata, data }) => {
      const entries = Object.entries(data as Record<string, string>);
      return [metadata.name, Object.fromEntries(entries.map(([key, text]) => [key, atob(text)]))];
    }),
  );
}

/** How many messages KEDA's trigger would see: it asks the broker's management API. */
async function countAsKeda(objects: readonly KubeObject[], secrets: Secrets): Promise<number> {
  const { triggers: [trigger] } = specOf<{ triggers: { metadata: Record<string, string> }[] }>(
    objects,
    "ScaledObject",
  );
  const { secretTargetRef } = specOf<{
    secretTargetRef: { parameter: string; name: string; key: string }[];
  }>(objects, "TriggerAuthentication");
  const given = Object.fromEntries(
    secretTargetRef.map(({ parameter, name, key }) => [parameter, secrets[name]?.[key]]),
  );
  const { host, vhostName = "", queueName = "", excludeUnacknowledged } = trigger?.metadata ?? {};
  assert.equal(excludeUnacknowledged, "false");
  const place = [vhostName, queueName].map(encodeURIComponent).join("/");
  const response = await fetch(new URL(`api/queues/${place}`, host), {
    headers: { authorization: `Basic ${btoa(`${given.username}:${given.password}`)}` },
  });
  const { messages }: { messages?: number } = await response.json();
  return messages ?? 0;
}

function actorOf(
  { url, name, admin }: TestVhost,
  shape: JsonObject,
  peer: string,
  metrics: string,
): AsyncActor {
  const { hostname, port, username } = new URL(url);
  const parsed = parseActor({
    metadata: { name: "asker", namespace: "n", uid: "u", resourceVersion: "1", generation: 1 },
    spec: {
      queueName: "step",
      handler: "./handler.ts#ask",
      transport: {
        type: "rabbitmq",
        rabbitmq: {
          host: hostname,
          port: Number(port),
          username,
          vhost: name,
          managementPort: Number(new URL(admin.url).port),
          passwordSecretRef: { name: "broker", key: "password" },
        },
      },
      timeout: { processing: 20, gracefulShutdown: 12 },
      permissions: { net: [peer] },
      ...shape,
      sidecar: {
        ...isJsonObject(shape.sidecar) && shape.sidecar,
        env: [{ name: "ASYA_METRICS_ADDR", value: metrics }],
      },
      workload: {
        template: { spec: { containers: [{ name: "handler", image: "denoland/deno" }] } },
      },
    },
  });
  assert(parsed.ok, parsed.ok ? "" : parsed.problems.join("\n"));
  return parsed.actor;
}

/** What an operator with these bundles knows. */
async function platformWith(bundles: TempFolder, gatewayUrl: string): Promise<Platform> {
  const env = { ASYA_INTERNAL_TOKEN: TOKEN, ASYA_GATEWAY_URL: gatewayUrl };
  const parsed = parseSettings(settings, env);
  assert(parsed.ok, parsed.ok ? "" : parsed.problems.join("\n"));
  const bundle = await readBundle({ path: bundles.at("runtime"), isRequired: true });
  return { ...platformOf(parsed.config, bundle), hasKeda: true };
}

/** Bundles one entry point, as `tools/build.ts` does. */
async function bundle(folder: TempFolder, entry: string, output: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--minify", "--output", folder.at(output), entry],
    cwd: pathOf(""),
  }).output();
  assert(success, new TextDecoder().decode(stderr));
}

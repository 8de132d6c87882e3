/**
 * A pod as the operator writes it, run: its commands, environment and mounts, with its permissions
 * and no others, beside a real RabbitMQ.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Json } from "@asya/protocol";
import { parseActor } from "../../operator/actor/parse_actor.ts";
import type { PodTemplate } from "../../operator/actor/async_actor.ts";
import { desired, type Platform } from "../../operator/desired/desired.ts";
import { runtimeConfigMapName } from "../../operator/desired/runtime_config_map.ts";
import {
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
import { LocalPod } from "../kit/local_pod.ts";

const rabbitmq = await findRabbitmq();

const PASSWORD = "guest";

/** Asks somebody, and says what it was told. */
const HANDLER = `
import { type HandlerMessage, RetryableError } from "@asya/runtime";

export async function ask({ payload }: HandlerMessage<{ url: string }>) {
  const answer = await fetch(payload.url);
  if (!answer.ok) throw new RetryableError("busy");
  return { told: await answer.text() };
}
`;

Deno.test({
  name: "[I1] a pod that the operator writes carries a message, and ends with its work done",
  ignore: rabbitmq.isMissing,
  fn: async (t) => {
    await using bundles = await makeTempFolder();
    await bundle(bundles, "sidecar/main.ts", "sidecar/main.js");
    await bundle(bundles, "runtime/main.ts", "runtime/main.js");
    await bundle(bundles, "runtime/mod.ts", "runtime/mod.ts");
    const platform = await platformOf(bundles);
    for (const inject of ["configmap", "binary"]) {
      await t.step(inject, () => carryOne(bundles, platform, inject));
    }
  },
});

async function carryOne(bundles: TempFolder, platform: Platform, inject: string): Promise<void> {
  await using folder = await makeTempFolder();
  await using vhost = await rabbitmq.createVhost();
  await folder.write("app/handler.ts", HANDLER);
  const asked = Promise.withResolvers<void>();
  const mayAnswer = Promise.withResolvers<void>();
  const told = freePort();
  await using _server = Deno.serve(
    { hostname: "127.0.0.1", port: told, onListen() {} },
    async () => {
      asked.resolve();
      await mayAnswer.promise;
      return new Response("well");
    },
  );
  const metrics = `127.0.0.1:${freePort()}`;
  const actor = actorOf(vhost, inject, told, metrics);
  const { objects, notes } = desired(actor, platform);
  assert.deepEqual(notes, []);
  const deployment = objects.find(({ kind }) => kind === "Deployment");
  const { template } = deployment?.spec as { template: PodTemplate };
  await using pod = await LocalPod.start(template, {
    folder,
    secrets: { broker: { password: PASSWORD } },
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
    await poll(`an answer of /${path}`, () => answers(`http://${metrics}/${path}`));
  }

  const message = messageOf({ url: `http://127.0.0.1:${told}/` }, {
    route: { steps: ["step"], current: 0 },
  });
  await queues.publish("step", message);
  await asked.promise;
  pod.terminate();
  mayAnswer.resolve();
  const arrived = await queues.takeOne("happy-end");
  assert.deepEqual(bodyOf(arrived).payload, { told: "well" } satisfies Json);
  const { terminationGracePeriodSeconds } = template.spec;
  assert.equal(terminationGracePeriodSeconds, 12);
  assert.deepEqual(await pod.ended(12), { sidecar: 0, handler: 0 });
}

function actorOf({ url, name }: TestVhost, inject: string, told: number, metrics: string) {
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
          passwordSecretRef: { name: "broker", key: "password" },
        },
      },
      timeout: { processing: 20, gracefulShutdown: 12 },
      scaling: { enabled: false },
      sidecar: { env: [{ name: "ASYA_METRICS_ADDR", value: metrics }] },
      permissions: { net: [`127.0.0.1:${told}`] },
      runtime: { inject },
      workload: {
        template: { spec: { containers: [{ name: "handler", image: "denoland/deno" }] } },
      },
    },
  });
  assert(parsed.ok, parsed.ok ? "" : parsed.problems.join("\n"));
  return parsed.actor;
}

async function platformOf(bundles: TempFolder): Promise<Platform> {
  const read = (path: string) => Deno.readTextFile(path);
  return {
    sidecarImage: "asya-sidecar:test",
    sidecarRun: "flags",
    runtimeImage: "asya-runtime:test",
    permissions: {
      sidecar: JSON.parse(await read(pathOf("sidecar/permissions.json"))),
      runtime: JSON.parse(await read(pathOf("runtime/permissions.json"))),
    },
    runtimeFiles: {
      "main.js": await read(bundles.at("runtime/main.js")),
      "mod.ts": await read(bundles.at("runtime/mod.ts")),
    },
    runtimeHash: "0123456789ab",
    hasKeda: true,
  };
}

/** Bundles one entry point, as `tools/build.ts` does. */
async function bundle(folder: TempFolder, entry: string, output: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--minify", "--output", folder.at(output), entry],
    cwd: pathOf(""),
  }).output();
  assert(success, new TextDecoder().decode(stderr));
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.ok;
  } catch {
    // It does not listen yet.
    return false;
  }
}

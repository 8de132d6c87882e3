import assert from "node:assert/strict";
import { parse } from "yaml";
import { createActorJudge } from "../../tests/kit/judge_actor.ts";
import { parseActor } from "./parse_actor.ts";

const FOLDER = new URL("../../examples/asyas/", import.meta.url);
const ACTORS = [...Deno.readDirSync(FOLDER)].map(({ name }) => name)
  .filter((name) => name.endsWith("-actor.yaml")).sort();

/** An object of a file, as the API server hands it out. */
function withServersPart(actor: { metadata: Record<string, unknown> }) {
  const known = { namespace: "default", uid: "u-1", resourceVersion: "1", generation: 1 };
  return { ...actor, metadata: { ...actor.metadata, ...known } };
}

function readActor(file: string) {
  return withServersPart(parse(Deno.readTextFileSync(new URL(file, FOLDER))));
}

/** What the ConfigMap of handlers has in one of its files. */
async function importHandlers(file: string): Promise<Record<string, unknown>> {
  const { data } = parse(Deno.readTextFileSync(new URL("handlers.yaml", FOLDER)));
  assert(data[file] !== undefined, `handlers.yaml has no ${file}`);
  return await import(`data:application/typescript,${encodeURIComponent(data[file])}`);
}

Deno.test("[V6] every example is taken as it is, and nothing of it is dropped", async (t) => {
  assert.deepEqual(ACTORS, [
    "custom-sidecar-actor.yaml",
    "multi-container-actor.yaml",
    "no-scaling-actor.yaml",
    "simple-actor.yaml",
    "statefulset-actor.yaml",
    "telemetry-actor.yaml",
  ]);
  const judge = createActorJudge();
  for (const file of ACTORS) {
    await t.step(file, () => {
      const actor = readActor(file);
      const { object, warnings, refusals } = judge(actor);
      assert.deepEqual({ warnings, refusals }, { warnings: [], refusals: [] });
      const parsed = parseActor(actor);
      assert(parsed.ok);
      assert.deepEqual(parsed.actor.spec, object.spec);
      assert.equal(parsed.actor.metadata.name, file.replace(".yaml", ""));
      assert.equal(parsed.actor.spec.queueName, parsed.actor.metadata.name);
    });
  }
});

Deno.test("[V6] the example of the reference is taken as it is", () => {
  const page = new URL("../../docs/reference/asyncactor.md", import.meta.url);
  const [, yaml = ""] = /```yaml\n([^]*?)```/.exec(Deno.readTextFileSync(page)) ?? [];
  const actor = withServersPart(parse(yaml));
  const { warnings, refusals } = createActorJudge()(actor);
  assert.deepEqual({ warnings, refusals }, { warnings: [], refusals: [] });
  assert(parseActor(actor).ok);
});

Deno.test("[V6] every example names a handler that is there", async (t) => {
  for (const file of ACTORS) {
    await t.step(file, async () => {
      const parsed = parseActor(readActor(file));
      assert(parsed.ok);
      const { handler = "", workload: { template } } = parsed.actor.spec;
      const [, module = "", name = ""] = /^[/]app[/](.+)#(.+)$/.exec(handler) ?? [];
      const exported = (await importHandlers(module))[name];
      assert.equal(typeof exported, "function", handler);
      const mounts = template.spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts);
      assert(mounts.some(({ mountPath }) => mountPath === "/app"));
    });
  }
});

Deno.test("[V6] the handler of the simple example takes a message and answers", async () => {
  const { greet } = await importHandlers("greet.ts");
  assert(typeof greet === "function");
  assert.deepEqual(await greet({ payload: { name: "Ada" } }), { greeting: "Hello, Ada!" });
});

Deno.test("[V6] actors as fleets have them are still taken", async (t) => {
  const rabbitmq = { host: "rabbitmq.asya-e2e.svc.cluster.local", port: 5672, username: "guest" };
  const container = { name: "asya-runtime", image: "my-model:latest" };
  const specs: Record<string, unknown> = {
    "every block is said": {
      queueName: "my-queue",
      transport: {
        type: "rabbitmq",
        rabbitmq: { ...rabbitmq, vhost: "/", passwordSecretRef: { name: "mq", key: "password" } },
      },
      sidecar: {
        image: "asya-sidecar:latest",
        imagePullPolicy: "IfNotPresent",
        resources: { limits: { cpu: "500m", memory: "256Mi" } },
        env: [{ name: "ASYA_LOG_LEVEL", value: "debug" }],
      },
      socket: { path: "/tmp/sockets/app.sock", maxSize: "10485760" },
      timeout: { processing: 300, gracefulShutdown: 30 },
      scaling: {
        enabled: true,
        minReplicas: 0,
        maxReplicas: 50,
        pollingInterval: 10,
        cooldownPeriod: 60,
        queueLength: 5,
      },
      workload: {
        type: "StatefulSet",
        template: {
          metadata: { labels: { app: "my-actor" }, creationTimestamp: null },
          spec: {
            containers: [{ ...container, env: [{ name: "ASYA_HANDLER", value: "app.Model.run" }] }],
            nodeSelector: { gpu: "a100" },
            tolerations: [{ key: "gpu", operator: "Exists" }],
          },
        },
        volumeClaimTemplates: [{ metadata: { name: "data" }, spec: {} }],
      },
    },
    "a batch": {
      queueName: "batch",
      transport: { type: "rabbitmq", rabbitmq },
      scaling: { enabled: false },
      workload: { type: "Job", template: { spec: { containers: [container] } } },
    },
    "queues of Amazon": {
      queueName: "q",
      transport: { type: "sqs", sqs: { region: "us-east-1", visibilityTimeout: 300 } },
      workload: { template: { spec: { containers: [container] } } },
    },
  };
  const judge = createActorJudge();
  for (const [name, spec] of Object.entries(specs)) {
    await t.step(name, () => {
      const actor = readActor("simple-actor.yaml");
      const { warnings, refusals } = judge({ ...actor, spec });
      assert.deepEqual({ warnings, refusals }, { warnings: [], refusals: [] });
      assert(parseActor({ ...actor, spec }).ok);
    });
  }
});

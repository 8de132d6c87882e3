import assert from "node:assert/strict";
import fc from "fast-check";
import { parseActor } from "./parse_actor.ts";
import { actorWith, leastSpec, specWith } from "./testing/actor_with.ts";
import { REFUSALS } from "./testing/refusals.ts";

const core = { permissions: "none" } as const;

/** What is wrong with an actor of this spec. */
function problemsOf(spec: unknown): readonly string[] {
  const parsed = parseActor(actorWith(spec));
  return parsed.ok ? [] : parsed.problems;
}

Deno.test("[V3] what is left out is filled in", core, () => {
  const parsed = parseActor(actorWith(leastSpec));
  assert(parsed.ok);
  assert.deepEqual(parsed.actor.spec, {
    queueName: "ocr",
    transport: {
      type: "rabbitmq",
      rabbitmq: {
        host: "rabbitmq.messaging.svc",
        port: 5672,
        username: "guest",
        vhost: "/",
        managementPort: 15672,
        tls: { enabled: false },
      },
    },
    sidecar: { imagePullPolicy: "IfNotPresent", env: [], native: false },
    socket: { path: "/tmp/sockets/app.sock", maxSize: "10485760" },
    timeout: { processing: 300, gracefulShutdown: 30 },
    scaling: {
      enabled: true,
      minReplicas: 0,
      maxReplicas: 50,
      pollingInterval: 10,
      queueLength: 5,
      activationQueueLength: 0,
    },
    runtime: { inject: "configmap" },
    networkPolicy: { enabled: false },
    telemetry: {
      protocol: "http/protobuf",
      samplingRatio: "0",
      metrics: true,
      logs: false,
      collector: { enabled: false },
    },
    workload: {
      type: "Deployment",
      replicas: 1,
      template: { spec: { containers: [{ name: "handler", image: "ocr:1" }] } },
      volumeClaimTemplates: [],
    },
  });
});

Deno.test("[V3] what is set is never overwritten, and null is nothing", core, async (t) => {
  const cases: [string, unknown, unknown][] = [
    ["scaling.enabled", false, false],
    ["scaling.enabled", null, true],
    ["scaling", null, {
      enabled: true,
      minReplicas: 0,
      maxReplicas: 50,
      pollingInterval: 10,
      queueLength: 5,
      activationQueueLength: 0,
    }],
    ["workload.replicas", 0, 0],
    ["sidecar.native", true, true],
    ["workload.template.spec.nodeSelector", { gpu: "yes" }, { gpu: "yes" }],
  ];
  for (const [path, value, expected] of cases) {
    await t.step(`${path}: ${JSON.stringify(value)}`, () => {
      const parsed = parseActor(actorWith(specWith(path, value)));
      assert(parsed.ok);
      const read = path.split(".").reduce<unknown>(
        (at, part) => (at as Record<string, unknown>)[part],
        parsed.actor.spec,
      );
      assert.deepEqual(read, expected);
    });
  }
});

Deno.test("[V2] each thing that is wrong has a sentence", core, async (t) => {
  for (const { path, value, problem } of REFUSALS) {
    await t.step(problem, () => {
      const problems = problemsOf(specWith(path, value));
      assert(problems.includes(problem), problems.join("\n"));
    });
  }
});

Deno.test("[V2] everything that is wrong is told at once, of whom it is", core, () => {
  const spec = { ...specWith("scaling.maxReplicas", 0), queueName: "amq.x" };
  const parsed = parseActor({ ...actorWith(spec, "o".repeat(53)), status: { replicas: 2 } });
  assert(!parsed.ok);
  assert.deepEqual(parsed.problems, [
    `metadata.name is "${"o".repeat(53)}": metadata.name has at most 52 characters: ` +
    "lower-case letters, digits, and hyphens between them",
    'spec.queueName is "amq.x": names that begin with amq. are RabbitMQ\'s own',
    "spec.scaling.maxReplicas is 0; a whole number, 1 or more, is allowed",
  ]);
  assert.equal(parsed.actor?.metadata.uid, "u-1");
  assert.deepEqual(parsed.actor?.status, { replicas: 2 });
});

Deno.test("[V2] a status that cannot be read is none", core, () => {
  const parsed = parseActor({ ...actorWith(leastSpec), status: { conditions: "good" } });
  assert(parsed.ok);
  assert.equal(parsed.actor.status, undefined);
});

Deno.test("[V2] whatever it is, reading ends with a verdict", core, () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    assert.equal(parseActor(value).ok, false);
    parseActor(actorWith(value));
  }));
});

Deno.test("[V2] a value of any kind in any place ends with a verdict", core, () => {
  const paths = REFUSALS.map(({ path }) => path);
  fc.assert(fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
    const parsed = parseActor(actorWith(specWith(path, value)));
    if (!parsed.ok) return assert(parsed.problems.length > 0);
    const again = parseActor({ ...parsed.actor });
    assert.deepEqual(again, parsed);
  }));
});

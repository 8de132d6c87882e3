import assert from "node:assert/strict";
import { type Desired, desired, type Platform } from "./desired.ts";
import {
  actorOf,
  containerOf,
  objectOf,
  platform,
  specOf,
  templateOf,
  type Yaml,
} from "./testing/scene.ts";

/** The kinds that are made, in their order. */
function kindsOf({ objects }: Desired): string[] {
  return objects.map(({ kind }) => kind);
}

function withWorkload(type: string, more: Yaml = {}): Yaml {
  return { workload: { type, template: { spec: { containers: [{ name: "a" }] } }, ...more } };
}

const SCALED = ["TriggerAuthentication", "ScaledObject"];

const made: [string, Yaml, string[]][] = [
  ["a minimal one", {}, ["ServiceAccount", "Secret", "Deployment", ...SCALED]],
  ["a StatefulSet", withWorkload("StatefulSet"), [
    ...["ServiceAccount", "Secret", "StatefulSet"],
    ...SCALED,
  ]],
  ["a Job", withWorkload("Job"), ["ServiceAccount", "Secret", "Job"]],
  ["one that is not scaled", { scaling: { enabled: false } }, [
    ...["ServiceAccount", "Secret", "Deployment"],
  ]],
  ["one that is held in", { networkPolicy: { enabled: true } }, [
    ...["ServiceAccount", "Secret", "NetworkPolicy", "Deployment"],
    ...SCALED,
  ]],
  ["one with an account of its own", {
    workload: { template: { spec: { serviceAccountName: "mine", containers: [{ name: "a" }] } } },
  }, ["Secret", "Deployment", ...SCALED]],
];

for (const [name, spec, kinds] of made) {
  Deno.test({
    name: `[I7] what exists for an actor: ${name}`,
    permissions: "none",
    fn: () => {
      const result = desired(actorOf(spec), platform);
      assert.deepEqual(kindsOf(result), kinds);
      for (const { metadata } of result.objects) {
        assert.equal(metadata.namespace, "docs");
        assert.equal(metadata.labels?.["asya.io/asya"], "ocr");
        assert.equal(metadata.labels?.["app.kubernetes.io/managed-by"], "asya-operator");
        assert.deepEqual(metadata.ownerReferences, [{
          apiVersion: "asya.io/v1alpha1",
          kind: "AsyncActor",
          name: "ocr",
          uid: "u1",
          controller: true,
          blockOwnerDeletion: true,
        }]);
      }
    },
  });
}

Deno.test({
  name: "[I6] replicas are said only where nobody scales",
  permissions: "none",
  fn: () => {
    const workload = (type: string, spec: Yaml) =>
      specOf(
        objectOf(
          desired(actorOf({ ...withWorkload(type, { replicas: 4 }), ...spec }), platform),
          type,
        ),
      );
    const off = { scaling: { enabled: false } };
    for (const type of ["Deployment", "StatefulSet"]) {
      assert.equal("replicas" in workload(type, {}), false);
      assert.equal(workload(type, off).replicas, 4);
    }
    assert.equal(workload("Job", {}).parallelism, 4);
    assert.equal("replicas" in workload("Job", off), false);
  },
});

Deno.test({
  name: "[I7] each kind of workload has what it needs, and no other's",
  permissions: "none",
  fn: () => {
    const claims = [{ metadata: { name: "models" }, spec: { accessModes: ["ReadWriteOnce"] } }];
    const set = desired(
      actorOf(withWorkload("StatefulSet", { volumeClaimTemplates: claims })),
      platform,
    );
    const { selector, serviceName, podManagementPolicy, volumeClaimTemplates } = specOf(
      objectOf(set, "StatefulSet"),
    );
    const labels = { app: "ocr", "asya.io/asya": "ocr", "asya.io/workload": "StatefulSet" };
    assert.deepEqual(selector, { matchLabels: labels });
    assert.deepEqual([serviceName, podManagementPolicy], ["ocr", "Parallel"]);
    assert.deepEqual(volumeClaimTemplates, claims);
    const job = objectOf(desired(actorOf(withWorkload("Job")), platform), "Job");
    assert.equal(job.apiVersion, "batch/v1");
    assert.equal("selector" in specOf(job), false);
    const { template } = specOf(job) as { template: { spec: { restartPolicy: string } } };
    assert.equal(template.spec.restartPolicy, "OnFailure");
  },
});

Deno.test({
  name: "[I3] a workload that mounts the runtime says which",
  permissions: "none",
  fn: () => {
    const mounting = desired(actorOf(), platform);
    assert.equal(mounting.mountsRuntime, true);
    const { metadata, spec } = objectOf(mounting, "Deployment");
    assert.equal(metadata.labels?.["asya.io/runtime"], "0123456789ab");
    const { template } = spec as { template: { metadata: { labels: Record<string, string> } } };
    assert.equal(template.metadata.labels["asya.io/runtime"], "0123456789ab");
    for (const inject of ["binary", "none"]) {
      const without = desired(actorOf({ runtime: { inject } }), platform);
      assert.equal(without.mountsRuntime, false);
      assert.equal(objectOf(without, "Deployment").metadata.labels?.["asya.io/runtime"], undefined);
    }
  },
});

Deno.test({
  name: "[I4] the connection Secret has what pods read, and no password of the user's",
  permissions: "none",
  fn: () => {
    const dataOf = (spec: Yaml, on = platform) => {
      const { data } = objectOf(desired(actorOf(spec), on), "Secret");
      const entries = Object.entries(data as Record<string, string>);
      return Object.fromEntries(entries.map(([key, value]) => [key, atob(value)]));
    };
    const guest = { username: "guest", password: "guest" };
    assert.deepEqual(dataOf({}), { ...guest, "internal-token": "a token" });
    const { internalToken: _, ...tokenless } = platform;
    assert.deepEqual(dataOf({}, tokenless), guest);
    const passwordSecretRef = { name: "broker", key: "pass" };
    const rabbitmq = { host: "rabbitmq", username: "ada", passwordSecretRef };
    assert.deepEqual(dataOf({ transport: { type: "rabbitmq", rabbitmq } }, tokenless), {
      username: "ada",
    });
  },
});

const oddLabels = { app: "theirs", "asya.io/asya": "ocr", mine: "kept" };

/** Of what is asked: how much a note weighs, and what it says. */
const remarked: [string, Yaml, boolean, string, RegExp][] = [
  ["a Job is scaled", withWorkload("Job"), true, "told JobNotScaled", /^A Job is not scaled/],
  ["a Job ends", withWorkload("Job"), true, "told JobNeverEnds", /sidecar\.native/],
  ["KEDA is missing", {}, false, "limited KedaMissing", /install KEDA/],
  [
    "permissions have no runtime",
    { permissions: { net: ["a"] }, runtime: { inject: "none" } },
    true,
    "limited PermissionsNotApplied",
    /not put into handler/,
  ],
  [
    "a label is the selector's",
    {
      workload: {
        template: { metadata: { labels: oddLabels }, spec: { containers: [{ name: "handler" }] } },
      },
    },
    true,
    "limited LabelReplaced",
    /app: theirs .* replaced by ocr/,
  ],
];

for (const [name, spec, hasKeda, expected, words] of remarked) {
  Deno.test({
    name: `[I7] what is not done as asked is said, and the actor runs: ${name}`,
    permissions: "none",
    fn: () => {
      const { notes, objects } = desired(actorOf(spec), { ...platform, hasKeda });
      const found = notes.find(({ weight, reason }) => `${weight} ${reason}` === expected);
      assert(found, JSON.stringify(notes));
      assert.match(found.message, words);
      assert(objects.length > 0);
      assert.deepEqual(notes.filter(({ weight }) => weight === "refused"), []);
    },
  });
}

Deno.test({
  name: "[I7] without KEDA an actor runs, and none of KEDA's objects is made",
  permissions: "none",
  fn: () => {
    const { objects, notes } = desired(actorOf(), { ...platform, hasKeda: false });
    assert.deepEqual(objects.map(({ kind }) => kind), ["ServiceAccount", "Secret", "Deployment"]);
    assert.deepEqual(notes.map(({ about }) => about), ["scaling"]);
    const still = desired(actorOf({ scaling: { enabled: false } }), {
      ...platform,
      hasKeda: false,
    });
    assert.deepEqual(still.notes, []);
  },
});

Deno.test({
  name: "[I7] an operator without a runtime says so, and mounts none",
  permissions: "none",
  fn: () => {
    const bare = { ...platform, runtimeFiles: {}, runtimeHash: "" };
    const { notes, mountsRuntime } = desired(actorOf(), bare);
    assert.deepEqual(notes.map(({ weight, reason }) => [weight, reason]), [
      ["limited", "RuntimeMissing"],
    ]);
    assert.equal(mountsRuntime, false);
    assert.equal(containerOf(templateOf(actorOf(), bare), "handler").command, undefined);
    assert.deepEqual(desired(actorOf({ runtime: { inject: "binary" } }), bare).notes, []);
  },
});

const refused: [string, Yaml, string, RegExp][] = [
  [
    "sqs",
    { transport: { type: "sqs", sqs: { region: "eu-central-1" } } },
    "TransportNotSupported",
    /sqs is not supported yet/,
  ],
  [
    "an annotation that names no container",
    {
      workload: {
        template: {
          metadata: { annotations: { "asya.io/runtime-container": "main" } },
          spec: { containers: [{ name: "a" }, { name: "b" }] },
        },
      },
    },
    "RuntimeContainerUnknown",
    /names main, which is no container; there are: a, b\./,
  ],
  [
    "a name that the operator needs",
    {
      runtime: { inject: "binary" },
      workload: { template: { spec: { containers: [{ name: "asya-runtime" }] } } },
    },
    "ContainerNameTaken",
    /called asya-runtime/,
  ],
  [
    "a variable of the sidecar that no flag can say",
    { sidecar: { env: [{ name: "ASYA_SOCKET_PATH", value: "sockets/a.sock" }] } },
    "VariableNotUsable",
    /of ASYA_SOCKET_PATH: the path is "sockets\/a\.sock"; allowed: an absolute path\.$/,
  ],
];

Deno.test({
  name: "[I7] what no flag can say is no matter where none is made of it",
  permissions: "none",
  fn: () => {
    const env = [{ name: "ASYA_SOCKET_PATH", value: "sockets/a.sock" }];
    const { notes } = desired(actorOf({ sidecar: { image: "own:1", env } }), platform);
    assert.deepEqual(notes, []);
    const started: Platform = { ...platform, sidecarRun: "image" };
    assert.deepEqual(desired(actorOf({ sidecar: { env } }), started).notes, []);
  },
});

for (const [name, spec, reason, words] of refused) {
  Deno.test({
    name: `[I7] what cannot be made is refused with a sentence: ${name}`,
    permissions: "none",
    fn: () => {
      const { objects, notes, mountsRuntime } = desired(actorOf(spec), platform);
      assert.deepEqual([objects, mountsRuntime], [[], false]);
      assert.deepEqual(notes.map(({ weight, reason }) => [weight, reason]), [["refused", reason]]);
      assert.match(notes[0]?.message ?? "", words);
    },
  });
}

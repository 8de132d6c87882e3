import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Container, PodTemplate } from "../actor/async_actor.ts";
import { desired } from "./desired.ts";
import { actorOf, platform, templateOf } from "./testing/scene.ts";

/** An object that has some of its fields. */
function some<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> {
  return fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
}

const word = fc.constantFrom("a", "b", "ASYA", "$(A)", "1");

const variable = fc.record({
  name: fc.constantFrom(
    ...["A", "ASYA_HANDLER", "ASYA_SOCKET_PATH", "ASYA_SHUTDOWN_GRACE", "DENO_DIR", "OTEL_DENO"],
    ...["OTEL_SERVICE_NAME", "K8S_POD_NAME"],
  ),
  value: fc.constantFrom("", "x", "/elsewhere/x.sock", "$(A)"),
});

/** Names of ours among them. */
const volumeName = fc.constantFrom(
  ...["mine", "tmp", "socket-dir", "asya-runtime", "otel-collector", "claim"],
);

const mount = fc.record({
  name: volumeName,
  mountPath: fc.constantFrom(
    ...["/tmp", "/tmp/", "/tmp/sockets", "/data", "/opt/asya/runtime"],
    "/opt/asya/bin",
  ),
});

const security = some({
  runAsUser: fc.constantFrom(0, 1_000),
  runAsNonRoot: fc.boolean(),
  privileged: fc.boolean(),
  allowPrivilegeEscalation: fc.boolean(),
  readOnlyRootFilesystem: fc.boolean(),
  capabilities: some({ add: fc.constant(["SYS_ADMIN"]), drop: fc.constant(["MKNOD"]) }),
});

const fields = {
  image: word,
  command: fc.array(word, { maxLength: 2 }),
  args: fc.array(word, { maxLength: 2 }),
  env: fc.uniqueArray(variable, { selector: ({ name }) => name, maxLength: 4 }),
  volumeMounts: fc.uniqueArray(mount, {
    selector: ({ mountPath }) => mountPath.replace(/\/$/, ""),
    maxLength: 4,
  }),
  securityContext: security,
  livenessProbe: fc.constant({ exec: { command: ["true"] } }),
  resources: fc.constant({ limits: { "nvidia.com/gpu": "1" } }),
  ports: fc.constant([{ containerPort: 8080 }]),
  tty: fc.boolean(),
};

const containers = (minLength: number) =>
  fc.uniqueArray(
    fc.tuple(fc.constantFrom("a", "b", "c"), some(fields)).map(([name, rest]) => ({
      name,
      ...rest,
    })),
    { selector: ({ name }) => name, minLength, maxLength: 3 },
  );

const keywords = fc.dictionary(fc.constantFrom("app", "team", "asya.io/runtime"), word);

const template = fc.record({
  metadata: some({ labels: keywords, annotations: keywords }),
  spec: fc.tuple(
    containers(1),
    some({
      initContainers: containers(0).map((list) =>
        list.map((container) => ({ ...container, name: `init-${container.name}` }))
      ),
      volumes: fc.uniqueArray(volumeName.map((name) => ({ name, emptyDir: {} })), {
        selector: ({ name }) => name,
      }),
      securityContext: some({ runAsUser: fc.constantFrom(0, 5), fsGroup: fc.constant(7) }),
      terminationGracePeriodSeconds: fc.nat(100),
      serviceAccountName: word,
      automountServiceAccountToken: fc.boolean(),
      enableServiceLinks: fc.boolean(),
      nodeSelector: fc.constant({ gpu: "yes" }),
      tolerations: fc.constant([{ operator: "Exists" }]),
      affinity: fc.constant({ nodeAffinity: {} }),
      runtimeClassName: word,
      imagePullSecrets: fc.constant([{ name: "pull" }]),
    }),
  ).map(([containers, rest]) => ({ containers, ...rest })),
});

const actor = fc.record({
  template,
  inject: fc.constantFrom("configmap", "binary", "none"),
  native: fc.boolean(),
  path: fc.constantFrom("/tmp/sockets/app.sock", "/tmp/app.sock", "/data/app.sock"),
  hasHandler: fc.boolean(),
  telemetry: fc.constantFrom(
    {},
    { enabled: true, endpoint: "http://otel:4318" },
    { endpoint: "http://otel:4318", collector: { enabled: true } },
  ),
}).map(({ template, inject, native, path, hasHandler, telemetry }) =>
  actorOf({
    workload: {
      type: "StatefulSet",
      // As it comes from the API server: plain JSON.
      template: JSON.parse(JSON.stringify(template)),
      volumeClaimTemplates: [{ metadata: { name: "claim" } }],
    },
    runtime: { inject },
    sidecar: { native },
    socket: { path },
    handler: hasHandler ? "./x.ts" : undefined,
    telemetry,
  })
);

const everyContainer = ({ spec }: PodTemplate) => [
  ...spec.initContainers ?? [],
  ...spec.containers,
];

Deno.test({
  name: "[I2] whatever the user set in a pod template is in the pod",
  permissions: "none",
  fn: () =>
    fc.assert(fc.property(actor, (actor) => {
      const user = actor.spec.workload.template;
      const pod = templateOf(actor);
      const { containers: _, initContainers: __, volumes = [], securityContext, ...rest } =
        user.spec;
      assertHolds(pod.spec, { ...rest, securityContext: securityContext ?? {} });
      assert.deepEqual(pod.spec.volumes?.slice(0, volumes.length), volumes);
      const { app: ___, "asya.io/runtime": ____, ...labels } = user.metadata?.labels ?? {};
      assertHolds(pod.metadata?.labels, labels);
      assertHolds(pod.metadata?.annotations, user.metadata?.annotations ?? {});
      const made = new Map(everyContainer(pod).map((container) => [container.name, container]));
      const names = everyContainer(user).map(({ name }) => name);
      assert.deepEqual([...made.keys()].filter((name) => names.includes(name)), names);
      for (const container of everyContainer(user)) {
        assertKept(container, made.get(container.name)!);
      }
    })),
});

/** Whether a container is as the user wrote it, but for what was added. */
function assertKept(user: Container, made: Container): void {
  const { command = [], env = [], volumeMounts = [], securityContext, ...rest } = user;
  assertHolds(made, rest);
  if (command.length > 0) assert.deepEqual(made.command, command);
  assert.deepEqual(made.env?.slice(made.env.length - env.length) ?? [], env);
  assert.deepEqual(made.volumeMounts?.slice(0, volumeMounts.length) ?? [], volumeMounts);
  assertHolds(made.securityContext, securityContext ?? {});
}

/** Whether an object has what another has, to the depth of lists. */
function assertHolds(made: unknown, expected: object): void {
  for (const [field, value] of Object.entries(expected)) {
    const found = (made as Record<string, unknown> | undefined)?.[field];
    if (typeof value !== "object" || Array.isArray(value)) assert.deepEqual(found, value, field);
    else assertHolds(found, value);
  }
}

Deno.test({
  name: "[I2] nothing in a pod is there twice, and what is mounted is there",
  permissions: "none",
  fn: () =>
    fc.assert(fc.property(actor, (actor) => {
      const user = actor.spec.workload.template;
      const pod = templateOf(actor);
      const declared = (pod.spec.volumes ?? []).map(({ name }) => name);
      assertOnce(declared);
      assertOnce(everyContainer(pod).map(({ name }) => name));
      const unknownToUser = new Set(
        everyContainer(user).flatMap(({ volumeMounts = [] }) =>
          volumeMounts.map(({ name }) => name)
        ),
      );
      for (const { env = [], volumeMounts = [] } of everyContainer(pod)) {
        assertOnce(env.map(({ name }) => name));
        assertOnce(volumeMounts.map(({ mountPath }) => mountPath.replace(/\/$/, "")));
        for (const { name } of volumeMounts) {
          // A volume that the user mounts and does not declare is theirs to explain.
          assert([...declared, "claim", ...unknownToUser].includes(name), name);
        }
      }
    })),
});

function assertOnce(names: readonly string[]): void {
  assert.deepEqual(names, [...new Set(names)]);
}

Deno.test({
  name: "[I3] in no pod the runtime is in two containers, or in one with a command",
  permissions: "none",
  fn: () =>
    fc.assert(fc.property(actor, (actor) => {
      const user = actor.spec.workload.template.spec.containers;
      const made = templateOf(actor).spec.containers.filter(({ name, command = [] }) =>
        name !== "sidecar" && command.includes("/opt/asya/runtime/main.js")
      );
      assert(made.length <= 1);
      for (const { name } of made) {
        assert.equal(user.find((container) => container.name === name)?.command?.length ?? 0, 0);
      }
    })),
});

Deno.test({
  name: "[I2] the same actor is made the same, and is left as it was",
  permissions: "none",
  fn: () =>
    fc.assert(fc.property(actor, (actor) => {
      const before = structuredClone(actor);
      const made = desired(actor, platform);
      assert.deepEqual(desired(structuredClone(actor), platform), made);
      assert.deepEqual(actor, before);
      // It is JSON: nothing is lost on the way to the API server.
      assert.deepEqual(JSON.parse(JSON.stringify(made)), made);
    })),
});

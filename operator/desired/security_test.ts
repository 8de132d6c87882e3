import assert from "node:assert/strict";
import type { PodTemplate } from "../actor/async_actor.ts";
import { actorOf, actorWithPod, containerOf, templateOf, type Yaml } from "./testing/scene.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Volumes that the profile lets a pod have. */
const VOLUMES = ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral"].concat(
  ["persistentVolumeClaim", "projected", "secret"],
);

/**
 * What the profile `restricted` of Kubernetes' Pod Security Standards asks, one check each.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
const restricted: Readonly<
  Record<string, (pod: Fields, containers: readonly Fields[]) => boolean>
> = {
  "no namespaces of the host": (pod) =>
    !["hostNetwork", "hostPID", "hostIPC"].some((field) => pod[field]),
  "volumes that cannot reach the host": ({ volumes = [] }) =>
    (volumes as Fields[]).every((volume) =>
      Object.keys(volume).every((key) => key === "name" || VOLUMES.includes(key))
    ),
  "no privileges, and none to be had": (_, containers) =>
    containers.every(({ privileged, allowPrivilegeEscalation }) =>
      privileged !== true && allowPrivilegeEscalation === false
    ),
  "no ports of the host": (_, containers) =>
    containers.every(({ ports = [] }) => (ports as Fields[]).every(({ hostPort }) => !hostPort)),
  "nobody is root": ({ securityContext }, containers) => {
    const { runAsNonRoot, runAsUser } = securityContext as Fields;
    return containers.every((own) => (own.runAsNonRoot ?? runAsNonRoot) === true) &&
      [runAsUser, ...containers.map((own) => own.runAsUser)].every((user) => user !== 0);
  },
  "calls of the kernel are filtered": ({ securityContext }) =>
    ((securityContext as Fields).seccompProfile as Fields).type === "RuntimeDefault",
  "no capabilities but one": (_, containers) =>
    containers.every(({ capabilities }) => {
      const { drop, add = [] } = capabilities as { drop?: string[]; add?: string[] };
      return drop?.includes("ALL") && add.every((name) => name === "NET_BIND_SERVICE");
    }),
};

function brokenRules({ spec }: PodTemplate): string[] {
  const all = [...spec.containers, ...spec.initContainers ?? []];
  const contexts = all.map((container) => ({
    ports: container.ports,
    ...(container.securityContext as Fields | undefined),
  }));
  return Object.entries(restricted).filter(([, holds]) => !holds(spec, contexts)).map(([rule]) =>
    rule
  );
}

const pods: Readonly<Record<string, Yaml>> = {
  "a minimal one": {},
  "one with its own Deno": { runtime: { inject: "binary" } },
  "one with a native sidecar": { sidecar: { native: true } },
  "one with a collector": {
    telemetry: { endpoint: "http://otel:4318", collector: { enabled: true } },
  },
  "one with several containers": {
    workload: {
      template: {
        spec: {
          containers: [{ name: "a" }, { name: "b", command: ["b"] }],
          initContainers: [{ name: "c" }],
        },
      },
    },
  },
};

for (const [name, spec] of Object.entries(pods)) {
  Deno.test({
    name: `[I5] a pod fits the profile restricted, though its template says nothing: ${name}`,
    permissions: "none",
    fn: () => assert.deepEqual(brokenRules(templateOf(actorOf(spec))), []),
  });
}

Deno.test({
  name: "[I5] the checks of the profile find what breaks it",
  permissions: "none",
  fn: () => {
    const template = templateOf(actorWithPod({
      hostPID: true,
      securityContext: { runAsUser: 0, seccompProfile: { type: "Unconfined" } },
      volumes: [{ name: "host", hostPath: { path: "/" } }],
      containers: [{
        name: "handler",
        ports: [{ containerPort: 1, hostPort: 1 }],
        securityContext: { privileged: true, capabilities: { add: ["SYS_ADMIN"] } },
      }],
    }));
    assert.deepEqual(brokenRules(template), Object.keys(restricted));
  },
});

const LEAST = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

const NOBODY = { runAsNonRoot: true, runAsUser: 65_532, runAsGroup: 65_532 };

/** What the user says, of the pod and of a container, and who each is then. */
const kept: [string, Fields | undefined, Fields, Fields, Fields][] = [
  ["nothing", undefined, {}, NOBODY, {}],
  ["who the pod is", { runAsUser: 1_000 }, {}, { runAsNonRoot: true, runAsUser: 1_000 }, {}],
  ["that it is who its image says", { runAsNonRoot: true }, {}, { runAsNonRoot: true }, {}],
  ["that it may be root", { runAsNonRoot: false }, {}, { runAsNonRoot: false }, {}],
  ["that it is root", { runAsUser: 0 }, {}, { runAsUser: 0 }, {}],
  ["who the container is", undefined, { runAsUser: 7 }, NOBODY, { runAsUser: 7 }],
  ["that the container is root", undefined, { runAsUser: 0 }, NOBODY, {
    runAsUser: 0,
    runAsNonRoot: false,
  }],
  ["that it may write nothing", undefined, { readOnlyRootFilesystem: true }, NOBODY, {
    readOnlyRootFilesystem: true,
  }],
];

for (const [name, pod, container, podThen, containerThen] of kept) {
  Deno.test({
    name: `[I2] what the user says of security stays, field by field: ${name}`,
    permissions: "none",
    fn: () => {
      const containers = [{ name: "handler", securityContext: container }];
      const template = templateOf(actorWithPod({ containers, securityContext: pod }));
      const { securityContext } = containerOf(template, "handler");
      assert.deepEqual(securityContext, { ...LEAST, ...containerThen });
      assert.deepEqual(template.spec.securityContext, {
        seccompProfile: { type: "RuntimeDefault" },
        fsGroupChangePolicy: "OnRootMismatch",
        fsGroup: 65_532,
        ...podThen,
      });
    },
  });
}

Deno.test({
  name: "[I2] what contradicts the user is not said",
  permissions: "none",
  fn: () => {
    const securityOf = (securityContext: Fields) =>
      containerOf(
        templateOf(actorWithPod({
          containers: [{ name: "handler", command: ["x"], securityContext }],
        })),
        "handler",
      ).securityContext;
    assert.deepEqual(securityOf({ privileged: true }), { privileged: true });
    const capabilities = { add: ["SYS_ADMIN"] };
    assert.deepEqual(securityOf({ capabilities }), {
      capabilities: { add: ["SYS_ADMIN"], drop: ["ALL"] },
    });
    assert.deepEqual(securityOf({ capabilities: { drop: ["MKNOD"] } }), {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["MKNOD"] },
    });
    const root = templateOf(actorWithPod({
      containers: [{ name: "handler" }],
      securityContext: { runAsUser: 0, fsGroup: 7 },
    }));
    assert.deepEqual(root.spec.securityContext, {
      seccompProfile: { type: "RuntimeDefault" },
      runAsUser: 0,
      fsGroup: 7,
    });
    // The sidecar is never root, and who the pod is otherwise.
    const other = templateOf(actorWithPod({
      containers: [{ name: "handler" }],
      securityContext: { runAsUser: 1_000 },
    }));
    assert.deepEqual(containerOf(other, "sidecar").securityContext, {
      ...LEAST,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
    });
    const { runAsUser } = containerOf(root, "sidecar").securityContext as Fields;
    assert.equal(runAsUser, 65_532);
  },
});

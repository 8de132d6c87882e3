import assert from "node:assert/strict";
import type { Judge } from "../judge.ts";
import type { JsonObject, KubeObject } from "../kube_object.ts";
import { mergePatch } from "../objects/patches.ts";
import { StatusError } from "../status_error.ts";
import { builtinKinds } from "./builtin_kinds.ts";
import { canonicalQuantity } from "./quantity.ts";

function judgeOf(kind: string): Judge {
  const found = builtinKinds.find(({ judge }) => judge.kind === kind);
  return found?.judge ?? assert.fail(`no kind ${kind}`);
}

function make(kind: string, parts: JsonObject): KubeObject {
  const { group, version } = judgeOf(kind);
  const apiVersion = group ? `${group}/${version}` : version;
  return { apiVersion, kind, metadata: { name: "a", namespace: "n" }, ...parts };
}

/** A new object, as it is kept. */
function born(kind: string, parts: JsonObject): KubeObject {
  const judge = judgeOf(kind);
  return judge.prepare(judge.decode(make(kind, parts), "Ignore").object, undefined, "");
}

/** What is said of an object, as `FIELD: MESSAGE`. */
function causesOf(kind: string, parts: JsonObject, old?: JsonObject): string[] {
  return judgeOf(kind).validate(born(kind, parts), old && born(kind, old), "")
    .map(({ field, message }) => `${field}: ${message}`);
}

const container = { name: "c", image: "x:1" };
const template = { metadata: { labels: { app: "a" } }, spec: { containers: [container] } };
const deployment = { spec: { selector: { matchLabels: { app: "a" } }, template } };
const job = {
  spec: { template: { spec: { containers: [container], restartPolicy: "Never" } } },
};

/** A Deployment with a change of its container, and what else its pod has. */
function pod(change: JsonObject, more: JsonObject = {}): JsonObject {
  const spec = { containers: [{ ...container, ...change }], ...more };
  return mergePatch(deployment, { spec: { template: { spec } } }) as JsonObject;
}

function specOf(object: KubeObject): JsonObject {
  return object.spec as JsonObject;
}

Deno.test("[S8] a container gets its defaults", { permissions: "none" }, () => {
  const { spec } = born(
    "Deployment",
    pod({
      image: "x",
      resources: { limits: { cpu: "0.5", memory: "1024Mi" } },
      ports: [{ containerPort: 80 }],
      env: [{ name: "A", value: "" }, { name: "B", valueFrom: { fieldRef: { fieldPath: "x" } } }],
      readinessProbe: { httpGet: { port: 80 }, initialDelaySeconds: 0 },
      volumeMounts: [{ name: "v", mountPath: "/v", readOnly: false }],
      stdin: false,
    }, {
      volumes: [{ name: "v" }, { name: "s", secret: { secretName: "s" } }],
      hostNetwork: false,
    }),
  ) as unknown as { spec: { template: { spec: JsonObject & { containers: JsonObject[] } } } };
  assert.deepEqual(spec.template.spec.containers[0], {
    name: "c",
    image: "x",
    imagePullPolicy: "Always",
    resources: { limits: { cpu: "500m", memory: "1Gi" } },
    ports: [{ containerPort: 80, protocol: "TCP" }],
    env: [{ name: "A" }, {
      name: "B",
      valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "x" } },
    }],
    readinessProbe: {
      httpGet: { path: "/", port: 80, scheme: "HTTP" },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    },
    volumeMounts: [{ name: "v", mountPath: "/v" }],
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
  });
  assert.deepEqual(spec.template.spec.volumes, [
    { name: "v", emptyDir: {} },
    { name: "s", secret: { secretName: "s", defaultMode: 420 } },
  ]);
  assert.ok(!("hostNetwork" in spec.template.spec));
});

Deno.test("[S8] every kind gets its defaults", { permissions: "none" }, () => {
  const set = specOf(born("StatefulSet", {
    spec: { ...deployment.spec, volumeClaimTemplates: [{ metadata: { name: "d" }, spec: {} }] },
  }));
  assert.deepEqual(
    { ...set, template: 0, selector: 0 },
    {
      replicas: 1,
      podManagementPolicy: "OrderedReady",
      revisionHistoryLimit: 10,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
      volumeClaimTemplates: [{
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "d" },
        spec: { resources: {}, volumeMode: "Filesystem" },
        status: { phase: "Pending" },
      }],
      template: 0,
      selector: 0,
    },
  );
  const { template: jobTemplate, ...jobSpec } = specOf(
    born("Job", { ...job, metadata: { name: "a", uid: "u" } }),
  );
  assert.deepEqual(jobSpec, {
    completions: 1,
    parallelism: 1,
    backoffLimit: 6,
    completionMode: "NonIndexed",
    suspend: false,
    podReplacementPolicy: "TerminatingOrFailed",
    selector: { matchLabels: { "batch.kubernetes.io/controller-uid": "u" } },
  });
  assert.deepEqual((jobTemplate as KubeObject).metadata.labels, {
    "batch.kubernetes.io/controller-uid": "u",
    "batch.kubernetes.io/job-name": "a",
    "controller-uid": "u",
    "job-name": "a",
  });
  const secret = born("Secret", { stringData: { a: "é" }, data: { b: "Yg==" } });
  assert.deepEqual([secret.type, secret.data, secret.stringData], [
    "Opaque",
    { a: "w6k=", b: "Yg==" },
    undefined,
  ]);
  const policy = specOf(born("NetworkPolicy", { spec: { egress: [{ ports: [{ port: 53 }] }] } }));
  assert.deepEqual(policy, {
    podSelector: {},
    policyTypes: ["Ingress", "Egress"],
    egress: [{ ports: [{ port: 53, protocol: "TCP" }] }],
  });
  const service = specOf(born("Service", { spec: { ports: [{ port: 80 }] } }));
  assert.deepEqual(service.ports, [{ port: 80, targetPort: 80, protocol: "TCP" }]);
  assert.equal(service.type, "ClusterIP");
});

Deno.test("[S8] replicas of none are kept, and quantities written in one way", {
  permissions: "none",
}, () => {
  const none = mergePatch(deployment, { spec: { replicas: 0 } }) as JsonObject;
  assert.equal(specOf(born("Deployment", none)).replicas, 0);
  const cases = {
    "0.5": "500m",
    "1000m": "1",
    "1.5Gi": "1536Mi",
    "1024Mi": "1Gi",
    "1000Mi": "1000Mi",
    "1000M": "1G",
    "1e3": "1e3",
    "0.1Ki": "102400m",
    "0": "0",
    "-2": "-2",
  };
  for (const [said, kept] of Object.entries(cases)) {
    assert.equal(canonicalQuantity(said), kept, said);
    assert.equal(canonicalQuantity(kept), kept, said);
  }
  assert.deepEqual([canonicalQuantity(1.5), canonicalQuantity("much")], ["1500m", undefined]);
});

Deno.test("[S9] what is no value of a kind cannot be read", { permissions: "none" }, () => {
  const cases: [string, JsonObject, string][] = [
    [
      "Deployment",
      pod({ bogus: 1 }),
      'strict decoding error: unknown field "spec.template.spec.containers[0].bogus"',
    ],
    [
      "Deployment",
      pod({ env: [{ name: "A", value: 30 }] }),
      "json: cannot unmarshal number into Go struct field " +
      "EnvVar.spec.template.spec.containers.env.value of type string",
    ],
    [
      "Deployment",
      pod({ resources: { limits: { cpu: "much" } } }),
      "quantities must match the regular expression " +
      "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    ["Secret", { data: { a: "no base64" } }, "illegal base64 data at input byte 2"],
    [
      "Lease",
      { spec: { renewTime: "2026-11-21T12:00:10Z" } },
      'parsing time "2026-11-21T12:00:10Z" as "2006-01-02T15:04:05.000000Z07:00": ' +
      'cannot parse "Z" as ".000000"',
    ],
  ];
  for (const [kind, parts, why] of cases) {
    const { version } = judgeOf(kind);
    assert.throws(
      () => judgeOf(kind).decode(make(kind, parts), "Strict"),
      (error) =>
        error instanceof StatusError && error.code === 400 &&
        error.message === `${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`,
    );
  }
  const { object, warnings } = judgeOf("Deployment").decode(
    make("Deployment", pod({ bogus: 1 })),
    "Warn",
  );
  assert.deepEqual(warnings, ['unknown field "spec.template.spec.containers[0].bogus"']);
  assert.ok(!JSON.stringify(object).includes("bogus"));
});

const C = "spec.template.spec.containers[0]";

Deno.test("[S9] what is wrong with a pod is told", { permissions: "none" }, () => {
  const mount = { name: "v", mountPath: "/v" };
  const volumes = [{ name: "v", emptyDir: {} }];
  const cases: [JsonObject, JsonObject, ...string[]][] = [
    [{}, {}],
    [{ name: "" }, {}, `${C}.name: Required value`],
    [
      { name: "A" },
      {},
      `${C}.name: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case ` +
      "alphanumeric characters or '-', and must start and end with an alphanumeric character " +
      "(e.g. 'my-name',  or '123-abc', regex used for validation is " +
      "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ],
    [{ image: "" }, {}, `${C}.image: Required value`],
    [
      {},
      { initContainers: [container] },
      'spec.template.spec.initContainers[0].name: Duplicate value: "c"',
    ],
    [{ volumeMounts: [mount] }, {}, `${C}.volumeMounts[0].name: Not found: "v"`],
    [
      { volumeMounts: [mount, mount] },
      { volumes },
      `${C}.volumeMounts[1].mountPath: Invalid value: "/v": must be unique`,
    ],
    [
      {},
      { volumes: [...volumes, ...volumes] },
      'spec.template.spec.volumes[1].name: Duplicate value: "v"',
    ],
    [
      { env: [{ name: "A=B" }] },
      {},
      `${C}.env[0].name: Invalid value: "A=B": a valid environment variable name must consist ` +
      "only of printable ASCII characters other than '='",
    ],
    [
      { env: [{ name: "A", valueFrom: { secretKeyRef: { name: "s" } } }] },
      {},
      `${C}.env[0].valueFrom.secretKeyRef.key: Required value`,
    ],
    [
      { ports: [{ containerPort: 80, name: "a-name-that-is-long" }] },
      {},
      `${C}.ports[0].name: Invalid value: "a-name-that-is-long": must be no more than 15 characters`,
    ],
    [
      { ports: [{ containerPort: 70000 }] },
      {},
      `${C}.ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive`,
    ],
    [
      { resources: { requests: { cpu: "2" }, limits: { cpu: "1" } } },
      {},
      `${C}.resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1`,
    ],
    [
      { resources: { requests: { "nvidia.com/gpu": 1 } } },
      {},
      `${C}.resources.limits: Required value: Limit must be set for non overcommitable resources`,
    ],
    [
      { livenessProbe: {} },
      {},
      `${C}.livenessProbe: Required value: must specify a handler type`,
    ],
    [
      { livenessProbe: { exec: { command: ["true"] }, successThreshold: 2 } },
      {},
      `${C}.livenessProbe.successThreshold: Invalid value: 2: must be 1`,
    ],
    [
      {},
      {
        initContainers: [{
          name: "i",
          image: "x",
          restartPolicy: "Always",
          startupProbe: { tcpSocket: { port: 1 } },
        }],
      },
    ],
    [
      {},
      { initContainers: [{ name: "i", image: "x", readinessProbe: { tcpSocket: { port: 1 } } }] },
      "spec.template.spec.initContainers[0].readinessProbe: Forbidden: may not be set for init " +
      "containers without restartPolicy=Always",
    ],
    [
      { imagePullPolicy: "Sometimes" },
      {},
      `${C}.imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", ` +
      '"IfNotPresent", "Never"',
    ],
    [
      {},
      { restartPolicy: "Never" },
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
  ];
  for (const [change, more, ...said] of cases) {
    assert.deepEqual(
      causesOf("Deployment", pod(change, more)),
      said,
      JSON.stringify([change, more]),
    );
  }
});

Deno.test("[S9] what cannot change is told, and what does not fit together", {
  permissions: "none",
}, () => {
  const other = mergePatch(deployment, { spec: { selector: { matchLabels: { b: "c" } } } });
  const relabelled = mergePatch(deployment, {
    spec: { template: { metadata: { labels: { b: "c" } } }, selector: { matchLabels: { b: "c" } } },
  }) as JsonObject;
  const image = { spec: { template: { spec: { containers: [{ ...container, image: "y:1" }] } } } };
  const role = { roleRef: { kind: "Role", name: "a" } };
  const claims = { spec: { volumeClaimTemplates: [{ metadata: { name: "d" } }] } };
  const cases: [string, JsonObject, JsonObject | undefined, ...string[]][] = [
    [
      "Deployment",
      other as JsonObject,
      undefined,
      'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match ' +
      "template `labels`",
    ],
    [
      "Deployment",
      relabelled,
      deployment,
      'spec.selector: Invalid value: {"matchLabels":{"app":"a","b":"c"}}: field is immutable',
    ],
    [
      "Deployment",
      { spec: { template } },
      undefined,
      "spec.selector: Required value",
    ],
    ["StatefulSet", mergePatch(deployment, image) as JsonObject, deployment],
    [
      "StatefulSet",
      mergePatch(deployment, claims) as JsonObject,
      deployment,
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', " +
      "'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', " +
      "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ],
    [
      "Job",
      { spec: { template: { spec: { containers: [container] } } } },
      undefined,
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    ["ConfigMap", { data: { a: "1" }, immutable: true }, { data: { a: "1" }, immutable: true }],
    [
      "ConfigMap",
      { data: { a: "2" }, immutable: true },
      { data: { a: "1" }, immutable: true },
      "data: Forbidden: field is immutable when `immutable` is set",
    ],
    [
      "ConfigMap",
      { data: { "a/b": "1" } },
      undefined,
      'data[a/b]: Invalid value: "a/b": a valid config key must consist of alphanumeric ' +
      "characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used " +
      "for validation is '[-._a-zA-Z0-9]+')",
    ],
    ["Secret", {}, { type: "other/type" }, 'type: Invalid value: "Opaque": field is immutable'],
    [
      "RoleBinding",
      { roleRef: { kind: "Role", name: "b" } },
      role,
      'roleRef: Invalid value: {"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"b"}: ' +
      "cannot change roleRef",
    ],
    [
      "HorizontalPodAutoscaler",
      {
        spec: { scaleTargetRef: { kind: "Deployment", name: "a" }, minReplicas: 3, maxReplicas: 2 },
      },
      undefined,
      "spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`",
    ],
    [
      "NetworkPolicy",
      { spec: { egress: [{ to: [{ ipBlock: { cidr: "10.0.0.1" } }] }] } },
      undefined,
      'spec.egress[0].to[0].ipBlock.cidr: Invalid value: "10.0.0.1": must be a valid CIDR value, ' +
      "(e.g. 10.9.8.0/24 or 2001:db8::/64)",
    ],
  ];
  for (const [kind, parts, old, ...said] of cases) {
    assert.deepEqual(causesOf(kind, parts, old), said, JSON.stringify([kind, parts]));
  }
});

Deno.test("[S9] a Job's template cannot change", { permissions: "none" }, () => {
  const image = { spec: { template: { spec: { containers: [{ ...container, image: "y:1" }] } } } };
  const [said, ...more] = causesOf("Job", mergePatch(job, image) as JsonObject, job);
  assert.match(said ?? "", /^spec\.template: Invalid value: \{.*\}: field is immutable$/);
  assert.deepEqual(more, []);
});

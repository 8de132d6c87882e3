import assert from "node:assert/strict";
import type { PodTemplate } from "../actor/async_actor.ts";
import { desired } from "./desired.ts";
import type { Platform } from "./platform.ts";
import {
  actorOf,
  containerOf,
  envOf,
  mountsOf,
  objectOf,
  platform,
  specOf,
  templateOf,
  type Yaml,
} from "./testing/scene.ts";

const ENDPOINT = "http://otel-gateway.observability:4318";

/** An actor with a collector. */
function collecting(collector: Yaml = {}, more: Yaml = {}) {
  return actorOf({
    telemetry: { endpoint: ENDPOINT, collector: { enabled: true, ...collector } },
    ...more,
  });
}

Deno.test({
  name: "[V8] a collector takes from the pod alone, and hands on to whom the actor names",
  permissions: "none",
  fn: () => {
    const template = templateOf(collecting());
    const collector = containerOf(template, "otel-collector");
    const { OTEL_RESOURCE_ATTRIBUTES, ...env } = envOf(collector);
    assert.match(
      OTEL_RESOURCE_ATTRIBUTES ?? "",
      /^asya\.actor=ocr,.*k8s\.pod\.uid=\$\(K8S_POD_UID\)$/,
    );
    const kubelet = undefined;
    assert.deepEqual(env, {
      K8S_NODE_NAME: kubelet,
      K8S_POD_NAME: kubelet,
      K8S_POD_UID: kubelet,
      K8S_NAMESPACE_NAME: "docs",
      COLLECTOR_OTLP_PORT: "4318",
      COLLECTOR_HEALTH_PORT: "13133",
      COLLECTOR_SCRAPE_TARGET: "127.0.0.1:8080",
      COLLECTOR_EXPORT_ENDPOINT: ENDPOINT,
      COLLECTOR_EXPORT_HEADERS: "{}",
    });
    assert.equal(collector.image, platform.collectorImage);
    assert.deepEqual(mountsOf(collector), { "/etc/otel-collector": "otel-collector" });
    for (const name of ["sidecar", "handler"]) {
      const sent = envOf(containerOf(template, name)).OTEL_EXPORTER_OTLP_ENDPOINT;
      assert.equal(sent, "http://127.0.0.1:4318");
    }
  },
});

Deno.test({
  name: "[V8] the sidecar's metrics come once: they are read, or they are sent",
  permissions: "none",
  fn: () => {
    const sent = (template: PodTemplate) =>
      ["sidecar", "handler"].map((name) => envOf(containerOf(template, name)).OTEL_DENO_METRICS);
    assert.deepEqual(sent(templateOf(collecting())), ["false", "true"]);
    const own = { configMapRef: { name: "mine" } };
    assert.deepEqual(sent(templateOf(collecting(own))), ["true", "true"]);
    const collector = { enabled: true };
    const none = templateOf(
      actorOf({ telemetry: { endpoint: ENDPOINT, metrics: false, collector } }),
    );
    assert.deepEqual(sent(none), ["false", "false"]);
    const args = (template: PodTemplate) => containerOf(template, "otel-collector").args?.slice(1);
    assert.deepEqual(args(templateOf(collecting())), []);
    assert.deepEqual(args(none), ["--config=yaml:service::pipelines::metrics::receivers: [otlp]"]);
  },
});

Deno.test({
  name: "[V8] a collector starts first and ends last, keeps no Job, and no work waits for it",
  permissions: "none",
  fn: () => {
    for (const type of ["Deployment", "StatefulSet", "Job"]) {
      const initContainers = [{ name: "download" }];
      const spec = { containers: [{ name: "handler" }], initContainers };
      const { spec: pod } = templateOf(collecting({}, {
        workload: { type, template: { spec } },
        sidecar: { native: true },
        runtime: { inject: "binary" },
      }));
      const names = pod.initContainers?.map(({ name }) => name);
      assert.deepEqual(names, ["otel-collector", "sidecar", "asya-runtime", "download"]);
      const [collector] = pod.initContainers ?? [];
      assert(collector);
      assert.equal(collector.restartPolicy, "Always");
      assert.deepEqual(Object.keys(collector).filter((key) => key.endsWith("Probe")), [
        "livenessProbe",
      ]);
    }
  },
});

Deno.test({
  name: "[V8] a collector is restricted, has room of its own and no more",
  permissions: "none",
  fn: () => {
    const { securityContext, resources } = containerOf(templateOf(collecting()), "otel-collector");
    assert.deepEqual(securityContext, {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 65_532,
      runAsGroup: 65_532,
    });
    assert.deepEqual(resources, {
      requests: { cpu: "20m", memory: "64Mi" },
      limits: { memory: "256Mi" },
    });
    const said = { image: "mine:1", resources: { limits: { memory: "1Gi" } } };
    const theirs = containerOf(templateOf(collecting(said)), "otel-collector");
    assert.deepEqual([theirs.image, theirs.resources], [said.image, said.resources]);
  },
});

Deno.test({
  name: "[V8] a collector's file belongs to its actor, and another one replaces the pods",
  permissions: "none",
  fn: () => {
    const made = desired(collecting(), platform);
    const kinds = made.objects.map(({ kind }) => kind);
    assert(kinds.indexOf("ConfigMap") < kinds.indexOf("Deployment"));
    const file = objectOf(made, "ConfigMap");
    assert.equal(file.metadata.ownerReferences?.[0]?.uid, "u1");
    assert.deepEqual(file.data, platform.collectorFiles);
    const { volumes } = templateOf(collecting()).spec;
    const items = [{ key: "collector.yaml", path: "collector.yaml" }];
    assert.deepEqual(volumes?.find(({ name }) => name === "otel-collector"), {
      name: "otel-collector",
      configMap: { name: file.metadata.name, items },
    });
    const annotation = (on: Platform) =>
      templateOf(collecting(), on).metadata?.annotations?.["asya.io/otel-collector"];
    const other = { ...platform, collectorFiles: { "collector.yaml": "receivers: {otlp: }" } };
    assert.match(annotation(platform) ?? "", /^[0-9a-f]{8}$/);
    assert.notEqual(annotation(other), annotation(platform));
  },
});

Deno.test({
  name: "[V8] a file of the user's is mounted in place of ours, wherever it hands on to",
  permissions: "none",
  fn: () => {
    const collector = { enabled: true, configMapRef: { name: "mine", key: "otel.yaml" } };
    const made = desired(actorOf({ telemetry: { collector } }), platform);
    assert.deepEqual(made.notes, []);
    assert(made.objects.every(({ kind }) => kind !== "ConfigMap"));
    const template = specOf(objectOf(made, "Deployment")).template as PodTemplate;
    const items = [{ key: "otel.yaml", path: "collector.yaml" }];
    assert.deepEqual(template.spec.volumes?.find(({ name }) => name === "otel-collector"), {
      name: "otel-collector",
      configMap: { name: "mine", items },
    });
    assert.equal(template.metadata?.annotations?.["asya.io/otel-collector"], undefined);
  },
});

Deno.test({
  name: "[V8] a collector takes no port that the pod declares, and finds the sidecar's metrics",
  permissions: "none",
  fn: () => {
    const ports = [4_318, 4_319, 13_133, 8_080].map((containerPort) => ({ containerPort }));
    const workload = { template: { spec: { containers: [{ name: "handler", ports }] } } };
    const env = envOf(containerOf(templateOf(collecting({}, { workload })), "otel-collector"));
    assert.deepEqual(
      [env.COLLECTOR_OTLP_PORT, env.COLLECTOR_HEALTH_PORT, env.COLLECTOR_SCRAPE_TARGET],
      ["4320", "13134", "127.0.0.1:8081"],
    );
    for (
      const [value, target] of [
        [":9090", "127.0.0.1:9090"],
        ["127.0.0.1:9", "127.0.0.1:9"],
        ["[::]:9090", "[::1]:9090"],
      ]
    ) {
      const sidecar = { env: [{ name: "ASYA_METRICS_ADDR", value }] };
      const { COLLECTOR_SCRAPE_TARGET } = envOf(
        containerOf(templateOf(collecting({}, { sidecar })), "otel-collector"),
      );
      assert.equal(COLLECTOR_SCRAPE_TARGET, target);
    }
  },
});

Deno.test({
  name: "[V8] what a collector shows to whom it hands on stays in its Secret",
  permissions: "none",
  fn: () => {
    const headersSecretRef = { name: "otlp", key: "headers" };
    const { env = [] } = containerOf(
      templateOf(collecting({ headersSecretRef })),
      "otel-collector",
    );
    const shown = env.find(({ name }) => name === "COLLECTOR_EXPORT_HEADERS");
    assert.deepEqual(shown?.valueFrom, { secretKeyRef: headersSecretRef });
  },
});

const fromNode = [{ name: "ASYA_METRICS_ADDR", valueFrom: { fieldRef: {} } }];
const taken = { template: { spec: { containers: [{ name: "otel-collector" }] } } };

/** What cannot be made, and with which reason that is refused. */
const refused: readonly (readonly [Yaml, string, RegExp])[] = [
  [{ workload: taken }, "ContainerNameTaken", /^A container is called otel-collector; with/],
  [{ sidecar: { env: fromNode } }, "VariableNotUsable", /where the sidecar's metrics are: give/],
];

for (const [spec, reason, sentence] of refused) {
  Deno.test({
    name: `[V8] a collector that cannot be made is refused in a sentence: ${reason}`,
    permissions: "none",
    fn: () => {
      const { notes: [note], objects } = desired(collecting({}, spec), platform);
      assert.deepEqual([note?.reason, note?.weight, objects], [reason, "refused", []]);
      assert.match(note?.message ?? "", sentence);
      assert.deepEqual(desired(actorOf(spec), platform).notes, []);
    },
  });
}

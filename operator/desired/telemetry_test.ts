import assert from "node:assert/strict";
import type { Container } from "../actor/async_actor.ts";
import { desired } from "./desired.ts";
import type { Platform } from "./platform.ts";
import { actorOf, containerOf, envOf, platform, templateOf, type Yaml } from "./testing/scene.ts";

const ENDPOINT = "http://otel-gateway.observability:4318";

/** An operator whose actors send unless they say otherwise. */
const sending: Platform = { ...platform, telemetry: { isOn: true, endpoint: ENDPOINT } };

/** Variables of a program that are about telemetry. */
function told(spec: Yaml, container: string, on: Platform = platform) {
  const env = envOf(containerOf(templateOf(actorOf(spec), on), container));
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => /^(OTEL|K8S)_/.test(name)),
  );
}

Deno.test({
  name: "[V7] an actor with telemetry has programs that send it, and say which pod they are in",
  permissions: "none",
  fn: () => {
    const spec = { telemetry: { enabled: true, endpoint: ENDPOINT, samplingRatio: "0.05" } };
    const kubelet = undefined; // It fills them in.
    const both = {
      K8S_NODE_NAME: kubelet,
      K8S_POD_NAME: kubelet,
      K8S_POD_UID: kubelet,
      OTEL_DENO: "true",
      OTEL_DENO_CONSOLE: "ignore",
      OTEL_DENO_METRICS: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
      OTEL_EXPORTER_OTLP_TIMEOUT: "2000",
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.05",
    };
    for (const container of ["sidecar", "handler"]) {
      assert.deepEqual(told(spec, container), {
        ...both,
        OTEL_RESOURCE_ATTRIBUTES: [
          "asya.actor=ocr",
          "k8s.namespace.name=docs",
          "k8s.deployment.name=ocr",
          "k8s.node.name=$(K8S_NODE_NAME)",
          "k8s.pod.name=$(K8S_POD_NAME)",
          "k8s.pod.uid=$(K8S_POD_UID)",
          `k8s.container.name=${container}`,
          `service.instance.id=docs.$(K8S_POD_NAME).${container}`,
        ].join(),
        OTEL_SERVICE_NAME: container === "sidecar" ? "asya-sidecar" : "asya-runtime",
      });
      const { env = [] } = containerOf(templateOf(actorOf(spec)), container);
      const places = env.flatMap(({ name, valueFrom }) =>
        name.startsWith("K8S_") ? [valueFrom] : []
      );
      assert.deepEqual(
        places,
        ["spec.nodeName", "metadata.name", "metadata.uid"].map(
          (fieldPath) => ({ fieldRef: { fieldPath } }),
        ),
      );
    }
  },
});

/** What the actor says, what the operator's settings say, and where it sends then. */
const places: readonly (readonly [string, Yaml, Platform, string | undefined])[] = [
  ["nobody says anything", {}, platform, undefined],
  ["the operator says so", {}, sending, ENDPOINT],
  ["the actor says no", { enabled: false }, sending, undefined],
  ["the actor says where", { endpoint: "http://mine:4318" }, sending, "http://mine:4318"],
  ["the actor says only where", { endpoint: "http://mine:4318" }, platform, "http://mine:4318"],
  ["the actor says where, and no", { enabled: false, endpoint: ENDPOINT }, sending, undefined],
  [
    "the actor says so, and the operator where",
    { enabled: true },
    { ...platform, telemetry: { isOn: false, endpoint: ENDPOINT } },
    ENDPOINT,
  ],
  ["a collector is asked for", { collector: { enabled: true } }, sending, "http://127.0.0.1:4318"],
];

for (const [name, telemetry, on, endpoint] of places) {
  Deno.test({
    name: `[V7] the actor's word about telemetry counts more than the operator's: ${name}`,
    permissions: "none",
    fn: () => {
      for (const container of ["sidecar", "handler"]) {
        const { OTEL_DENO, OTEL_EXPORTER_OTLP_ENDPOINT } = told({ telemetry }, container, on);
        assert.equal(OTEL_EXPORTER_OTLP_ENDPOINT, endpoint);
        assert.equal(OTEL_DENO, endpoint && "true");
      }
    },
  });
}

Deno.test({
  name: "[V7] telemetry that nobody takes is not sent, and that is said",
  permissions: "none",
  fn: () => {
    for (const telemetry of [{ enabled: true }, { collector: { enabled: true } }]) {
      const { notes } = desired(actorOf({ telemetry }), platform);
      assert.deepEqual(notes.map(({ reason, weight }) => `${reason} ${weight}`), [
        "TelemetryNowhere limited",
      ]);
      assert.deepEqual(told({ telemetry }, "sidecar"), {});
    }
    assert.deepEqual(desired(actorOf({ telemetry: { enabled: true } }), sending).notes, []);
  },
});

Deno.test({
  name: "[V7] log lines are sent where that is asked for, and metrics unless they are not wanted",
  permissions: "none",
  fn: () => {
    const telemetry = { logs: true, metrics: false };
    const { OTEL_DENO_CONSOLE, OTEL_DENO_METRICS } = told({ telemetry }, "handler", sending);
    assert.deepEqual([OTEL_DENO_CONSOLE, OTEL_DENO_METRICS], ["capture", "false"]);
  },
});

Deno.test({
  name: "[V7] what programs show to who takes their telemetry stays in its Secret",
  permissions: "none",
  fn: () => {
    const headersSecretRef = { name: "otlp", key: "headers" };
    const actor = actorOf({ telemetry: { enabled: true, endpoint: ENDPOINT, headersSecretRef } });
    for (const name of ["sidecar", "handler"]) {
      const shown = variable(containerOf(templateOf(actor), name), "OTEL_EXPORTER_OTLP_HEADERS");
      assert.deepEqual(shown?.valueFrom, { secretKeyRef: headersSecretRef });
    }
  },
});

function variable({ env = [] }: Container, wanted: string) {
  return env.find(({ name }) => name === wanted);
}

Deno.test({
  name: "[V7] what the user set of OpenTelemetry stays, in each container",
  permissions: "none",
  fn: () => {
    const own = [
      { name: "OTEL_DENO", value: "false" },
      { name: "OTEL_SERVICE_NAME", value: "papers" },
      { name: "OTEL_RESOURCE_ATTRIBUTES", value: "team=papers,k8s.pod.name=$(K8S_POD_NAME)" },
    ];
    const values = own.map(({ value }) => value);
    const cases: [string, Yaml][] = [
      ["sidecar", { sidecar: { env: own } }],
      ["handler", {
        workload: { template: { spec: { containers: [{ name: "handler", env: own }] } } },
      }],
    ];
    for (const [container, spec] of cases) {
      const telemetry = { enabled: true, endpoint: ENDPOINT };
      const made = containerOf(templateOf(actorOf({ telemetry, ...spec })), container);
      assert.deepEqual(own.map(({ name }) => envOf(made)[name]), values);
      const names = (made.env ?? []).map(({ name }) => name);
      assert.deepEqual(names, [...new Set(names)]);
      // A variable may refer to those that stand before it.
      assert(names.indexOf("K8S_POD_NAME") < names.indexOf("OTEL_RESOURCE_ATTRIBUTES"));
    }
  },
});

Deno.test({
  name: "[V7] an actor that says nothing of telemetry is made as it is without any",
  permissions: "none",
  fn: () => {
    const made = JSON.stringify(desired(actorOf(), platform));
    assert(!/OTEL_|K8S_|otel/.test(made), made);
  },
});

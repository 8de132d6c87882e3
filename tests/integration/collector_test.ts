/**
 * The configurations of deploy/otel-sidecar: as the collector's documentation has them, and as the
 * operator and the manifests beside them expect. No collector runs here.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createMetrics, opsResponse, parseSettings } from "@asya/program";
import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import { parse, parseAllDocuments, stringify } from "yaml";
import { settings } from "../../operator/config.ts";
import collectorFiles from "../../operator/collector_files.json" with { type: "json" };
import { actorOf, containerOf, templateOf } from "../../operator/desired/testing/scene.ts";
import { startKube } from "../kit/kube.ts";
import { findKubectl, findPrometheus, makeTempFolder, pathOf, platformEnv } from "../kit/mod.ts";
import { findProblems } from "./charts/find_problems.ts";
import { readManifests } from "./charts/manifest.ts";
import { findConfigProblems, layOver, variablesIn } from "./collector/find_config_problems.ts";

const prometheus = await findPrometheus();
const kubectl = await findKubectl();

const FOLDER = "deploy/otel-sidecar";

const read = (file: string) => Deno.readTextFileSync(pathOf(`${FOLDER}/${file}`));

const texts = {
  collector: read("collector.yaml"),
  gateway: configIn("gateway.yaml", "gateway.yaml"),
  attributes: configIn("k8s-attributes.yaml", "k8s-attributes.yaml"),
};

const gateway: JsonObject = parse(texts.gateway);

/** The manifests of a file. */
function manifestsIn(file: string): JsonObject[] {
  return parseAllDocuments(read(file)).map((document) => document.toJS());
}

/** The one of a kind. */
function manifestOf(file: string, kind: string): JsonObject {
  const found = manifestsIn(file).find((manifest) => manifest.kind === kind);
  assert(found, `${file} has no ${kind}`);
  return found;
}

/** A collector's configuration in a ConfigMap of a file. */
function configIn(file: string, key: string): string {
  const { data } = manifestOf(file, "ConfigMap");
  assert(isJsonObject(data) && typeof data[key] === "string", `${file} has no ${key}`);
  return data[key];
}

/** Something within an object of JSON, by its path. */
function at(value: Json | undefined, ...path: (string | number)[]): Json | undefined {
  return path.reduce<Json | undefined>((inner, key) => {
    if (Array.isArray(inner)) return inner[Number(key)];
    return isJsonObject(inner) ? inner[key] : undefined;
  }, value);
}

/** Snippets of the README that stand for changes of `gateway.yaml`. */
function snippets(): string[] {
  return [...read("README.md").matchAll(/```yaml config\n([^]*?)```/g)].map(([, text = ""]) =>
    text
  );
}

/** A snippet laid over the gateway's configuration, without what is no longer used by it. */
function changed(text: string): JsonObject {
  const merged = layOver(gateway, parse(text));
  const pipelines = Object.values(at(merged, "service", "pipelines") ?? {});
  for (const part of ["processors", "exporters"]) {
    const used = new Set(pipelines.flatMap((pipeline) => at(pipeline, part) ?? []));
    const defined = Object.entries(at(merged, part) ?? {}).filter(([id]) => used.has(id));
    merged[part] = Object.fromEntries(defined);
  }
  return merged;
}

const configs: Readonly<Record<string, JsonObject>> = {
  "beside an actor": parse(texts.collector),
  "of a cluster": gateway,
  "of a cluster, with attributes": layOver(gateway, parse(texts.attributes)),
  ...Object.fromEntries(snippets().map((text, at) => [`snippet ${at + 1}`, changed(text)])),
};

Deno.test("[V9] what a collector is told fits together, in words that it knows", async (t) => {
  assert.equal(snippets().length, 4);
  for (const [name, config] of Object.entries(configs)) {
    await t.step(name, () => assert.deepEqual(findConfigProblems(config), []));
  }
});

/** What is broken in the collector beside an actor, and what is found of it. */
const broken: readonly (readonly [JsonObject, string])[] = [
  [{ exporters: { debug: {} } }, "exporters.debug is used nowhere"],
  [{ processors: { batch: { timout: "1s" } } }, "processors.batch.timout is not documented"],
  [{ receiver: {} }, "receiver is no section"],
  [
    { service: { pipelines: { traces: { exporters: ["otlp"] } } } },
    "exporters has no otlp, which is used",
  ],
  [{ service: { pipelines: { trace: {} } } }, "trace is no kind of pipeline"],
  [
    { service: { pipelines: { logs: { processors: ["batch"] } } } },
    "logs does not begin with memory_limiter",
  ],
  [{ service: { extensions: ["pprof"] } }, "extensions has no pprof, which is used"],
];

Deno.test("[V9] what does not fit is found", async (t) => {
  for (const [change, problem] of broken) {
    await t.step(problem, () => {
      const found = findConfigProblems(layOver(parse(texts.collector), change));
      assert(found.includes(problem), found.join("\n"));
    });
  }
});

/** The collector that an actor gets, and what it is told. */
function injected() {
  const headersSecretRef = { name: "otlp", key: "headers" };
  const endpoint = "http://otel-gateway.observability:4318";
  const template = templateOf(
    actorOf({ telemetry: { endpoint, collector: { enabled: true, headersSecretRef } } }),
  );
  const { env = [], ...container } = containerOf(template, "otel-collector");
  return { template, container, env: new Map(env.map((one) => [one.name, one])) };
}

Deno.test("[V9] a collector that is not to read metrics is told so in its own words", () => {
  const collector = { enabled: true };
  const telemetry = { endpoint: "http://otel:4318", metrics: false, collector };
  const { args = [] } = containerOf(templateOf(actorOf({ telemetry })), "otel-collector");
  const [, keys = "", value = ""] = /^--config=yaml:(\S+): (.+)$/.exec(args[1] ?? "") ?? [];
  const change = keys.split("::").reduceRight<Json>(
    (inner, key) => ({ [key]: inner }),
    parse(value),
  );
  assert(isJsonObject(change));
  const told = layOver(parse(texts.collector), change);
  assert.deepEqual(findConfigProblems(told), ["receivers.prometheus is used nowhere"]);
});

Deno.test("[V9] the operator brings the file as it stands, and sets all that it reads", () => {
  assert.deepEqual(collectorFiles, { "collector.yaml": texts.collector });
  const { env } = injected();
  const set = [...env.keys()];
  const further = ["COLLECTOR_SCRAPE_INTERVAL"];
  assert.deepEqual(variablesIn(texts.collector).filter((name) => !set.includes(name)), further);
  const told = new Set(
    [...read("README.md").matchAll(/^\| `([A-Z0-9_]+)`/gm)].map(([, name = ""]) => name),
  );
  const known = [...variablesIn(texts.collector), "OTEL_RESOURCE_ATTRIBUTES"];
  assert.deepEqual([...told].sort(), known.sort());
  // Those that only others refer to.
  const unread = set.filter((name) => !known.includes(name)).sort();
  assert.deepEqual(unread, ["K8S_NODE_NAME", "K8S_POD_UID"]);
});

Deno.test("[V9] traces that are dropped are those of requests for health and metrics", async () => {
  const spans = at(parse(texts.collector), "processors", "filter/probes", "traces", "span");
  assert(Array.isArray(spans));
  assert.deepEqual(at(gateway, "processors", "filter/probes", "traces", "span"), spans);
  const metrics = await createMetrics({ namespace: "asya" });
  const paths = spans.map((condition) => /"(\/[a-z]+)"$/.exec(String(condition))?.[1]);
  assert.deepEqual(paths, ["/livez", "/readyz", "/healthz", "/health", "/metrics"]);
  for (const path of paths) {
    const request = new Request(`http://pod${path}`);
    const answer = await opsResponse(request, { live: () => true, ready: () => true, metrics });
    assert.equal(answer?.status, 200, path);
  }
});

Deno.test("[V9] addresses lose their queries, names and passwords", () => {
  const statements = at(
    parse(texts.collector),
    "processors",
    "transform/addresses",
    "trace_statements",
  );
  assert(Array.isArray(statements));
  const inGateway = at(gateway, "processors", "transform/addresses", "trace_statements");
  assert.deepEqual(inGateway, statements);
  const replaced = (target: string, text: string) =>
    statements.map(String).filter((line) => line.includes(target)).reduce((said, line) => {
      const [pattern = "", replacement = ""] = [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((
        [, inner = ""],
      ) => inner).slice(-2);
      // The collector reads $$ as $, and the language of its statements \\\\ as \\; Go writes $1 as ${1}.
      const go = new RegExp(pattern.replaceAll("\\\\", "\\"), "g");
      return said.replace(go, replacement.replace("$${1}", "$1"));
    }, text);
  const cases: readonly [said: string, told: string][] = [
    ["https://b.example/k.pdf?X-Amz-Signature=s3cret", "https://b.example/k.pdf?REDACTED"],
    ["http://me:s3cret@api.example/v1?token=s3cret#s3cret", "http://api.example/v1?REDACTED"],
    ["http://api.example/v1#s3cret", "http://api.example/v1?REDACTED"],
    ["http://api.example:8080/a/b@c", "http://api.example:8080/a/b@c"],
    ["why? because", "why? because"],
    [
      "error sending request for url (http://me:s3cret@a.example/?t=s3cret): refused",
      "error sending request for url (http://a.example/?REDACTED): refused",
    ],
  ];
  for (const [said, told] of cases) {
    for (const target of ["replace_all_patterns(span.attributes", "span.status.message"]) {
      assert.equal(replaced(target, said), told);
    }
  }
});

Deno.test("[V9] ports are those that the pod goes to", () => {
  const { template, container, env } = injected();
  const port = env.get("COLLECTOR_HEALTH_PORT")?.value;
  const config: JsonObject = parse(texts.collector);
  assert.equal(
    at(config, "extensions", "health_check", "endpoint"),
    `:\${env:COLLECTOR_HEALTH_PORT:-${port}}`,
  );
  assert.deepEqual(container.ports, [
    { name: "otel-health", containerPort: Number(port), protocol: "TCP" },
  ]);
  const otlp = env.get("COLLECTOR_OTLP_PORT")?.value;
  const endpoint = at(config, "receivers", "otlp", "protocols", "http", "endpoint");
  assert.equal(endpoint, `127.0.0.1:\${env:COLLECTOR_OTLP_PORT:-${otlp}}`);
  // A handler may send anything there; which pod it comes from is not its to say.
  assert.equal(at(config, "processors", "resource_detection/pod", "override"), true);
  for (const name of ["sidecar", "handler"]) {
    const sent = containerOf(template, name).env?.find(({ name }) =>
      name === "OTEL_EXPORTER_OTLP_ENDPOINT"
    );
    assert.equal(sent?.value, `http://127.0.0.1:${otlp}`);
  }
});

Deno.test({
  name: "[V9] Prometheus itself takes what the collector is to read, as the operator fills it in",
  ignore: prometheus.isMissing,
  fn: async () => {
    const { env, template } = injected();
    const expanded = texts.collector.replace(
      /\$\{env:([A-Z0-9_]+)(?::-([^}]*))?\}/g,
      (_, name: string, otherwise = "") => env.get(name)?.value ?? otherwise,
    );
    const config = at(parse(expanded), "receivers", "prometheus", "config");
    const instance = at(config, "scrape_configs", 0, "relabel_configs", 0, "replacement");
    const attributes = containerOf(template, "sidecar").env?.find(({ name }) =>
      name === "OTEL_RESOURCE_ATTRIBUTES"
    );
    const ofPod = attributes?.value?.replaceAll("$(K8S_POD_NAME)", "pod") ?? "";
    assert(ofPod.endsWith(`,service.instance.id=${instance}`), `${instance} of ${ofPod}`);
    await using folder = await makeTempFolder();
    await folder.write("prometheus.yaml", stringify(config));
    const file = folder.at("prometheus.yaml");
    const { code, output } = await prometheus.promtool(["check", "config", file]);
    assert.equal(code, 0, output);
  },
});

Deno.test("[V9] the collector of a cluster finds its file, its variables and its ports", () => {
  const container = at(
    manifestOf("gateway.yaml", "Deployment"),
    ...["spec", "template", "spec", "containers", 0],
  );
  const env = at(container, "env");
  assert(Array.isArray(env));
  const set = env.map((one) => String(at(one, "name")));
  assert.deepEqual(variablesIn(texts.gateway).filter((name) => !set.includes(name)), []);
  assert.deepEqual(variablesIn(texts.attributes), []);
  const mounted = at(container, "volumeMounts", 0, "mountPath");
  assert.deepEqual(at(container, "args"), [`--config=${mounted}/gateway.yaml`]);
  const operator = parseSettings(settings, {});
  assert(operator.ok);
  const { collectorImage } = operator.config;
  assert.equal(at(container, "image"), collectorImage);
  assert(read("README.md").includes(collectorImage));
  const listened = [
    at(gateway, "receivers", "otlp", "protocols", "http", "endpoint"),
    at(gateway, "receivers", "otlp", "protocols", "grpc", "endpoint"),
    at(gateway, "extensions", "health_check", "endpoint"),
  ].map((address) => Number(String(address).slice(1)));
  const own = at(
    gateway,
    ...["service", "telemetry", "metrics", "readers", 0, "pull", "exporter", "prometheus", "port"],
  );
  const ports = at(container, "ports");
  assert(Array.isArray(ports));
  assert.deepEqual(ports.map((port) => at(port, "containerPort")), [...listened, own]);
  const services = at(manifestOf("gateway.yaml", "Service"), "spec", "ports");
  assert(Array.isArray(services));
  assert.deepEqual(services.map((port) => at(port, "port")), listened.slice(0, 2));
});

Deno.test("[V9] attributes are read with the rights that they need, and no others", () => {
  const { rules } = manifestOf("k8s-attributes.yaml", "ClusterRole");
  const verbs = ["get", "list", "watch"];
  assert.deepEqual(rules, [{ apiGroups: [""], resources: ["pods", "namespaces"], verbs }]);
  const subjects = at(manifestOf("k8s-attributes.yaml", "ClusterRoleBinding"), "subjects", 0);
  const account = at(manifestOf("gateway.yaml", "ServiceAccount"), "metadata");
  assert.deepEqual(subjects, { kind: "ServiceAccount", ...isJsonObject(account) && account });
});

Deno.test("[V9] the collector of a cluster is restricted, and its Service finds it", () => {
  assert.deepEqual(findProblems(readManifests(read("gateway.yaml"))), []);
});

Deno.test({
  name: "[V9] an API server takes the collector of a cluster, and the change that adds attributes",
  ignore: kubectl.isMissing,
  fn: async () => {
    await using kube = await startKube();
    const run = async (...args: string[]) => {
      const { success, stderr } = await new Deno.Command(kubectl.command, {
        args,
        env: { ...platformEnv(), KUBECONFIG: kube.kubeconfig },
        clearEnv: true,
      }).output();
      assert(success, new TextDecoder().decode(stderr));
    };
    const files = ["gateway.yaml", "k8s-attributes.yaml"].map((file) =>
      pathOf(`${FOLDER}/${file}`)
    );
    await run("apply", ...files.flatMap((file) => ["-f", file]));
    const [, patch = ""] = /patch deployment otel-gateway .*?'([^']+)'/s.exec(read("README.md")) ??
      [];
    const place = ["--namespace", "observability", "patch", "deployment", "otel-gateway"];
    await run(...place, "--type", "json", "--patch", patch);
    const type = { apiVersion: "apps/v1", kind: "Deployment" };
    const ref = { ...type, namespace: "observability", name: "otel-gateway" };
    const pod = at((await kube.client.get(ref))?.spec as JsonObject, "template", "spec");
    const container = at(pod, "containers", 0);
    const folder = "/etc/otel-gateway-attributes";
    assert.equal(at(container, "args", 1), `--config=${folder}/k8s-attributes.yaml`);
    assert.equal(at(container, "volumeMounts", 1, "mountPath"), folder);
    assert.equal(at(pod, "volumes", 1, "configMap", "name"), "otel-gateway-attributes");
    assert.equal(at(pod, "automountServiceAccountToken"), true);
  },
});

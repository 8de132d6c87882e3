/**
 * What a cluster gets of deploy/monitoring, and how the example for minikube stands on it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parse, parseAllDocuments, stringify } from "yaml";
import { findKubectl, findPrometheus, makeTempFolder, pathOf } from "../kit/mod.ts";
import { readDashboards, RULE_FILE } from "./monitoring/read_monitoring.ts";

const kubectl = await findKubectl();
const prometheus = await findPrometheus();

/** Kubernetes refuses an object whose annotations are larger, and kubectl writes it into one. */
const MAX_ANNOTATIONS_BYTES = 262_144;

interface Resource {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
}

/** What a folder's kustomization makes. */
async function kustomize(folder: string): Promise<Resource[]> {
  const { success, stdout, stderr } = await new Deno.Command(kubectl.command, {
    args: ["kustomize", pathOf(folder)],
  }).output();
  const text = new TextDecoder();
  assert.ok(success, text.decode(stderr));
  return parseAllDocuments(text.decode(stdout)).map((document) => document.toJS());
}

function configMapsIn(resources: readonly Resource[]): Map<string, Resource> {
  const found = resources.filter(({ kind }) => kind === "ConfigMap");
  return new Map(found.map((resource) => [resource.metadata.name, resource]));
}

Deno.test({
  name: "[X5] a cluster gets every dashboard, where Grafana finds it, and the rules",
  ignore: kubectl.isMissing,
  async fn() {
    const resources = await kustomize("deploy/monitoring/kubernetes");
    const maps = [...configMapsIn(resources).values()];
    for (const map of maps) {
      assert.equal(map.metadata.labels?.grafana_dashboard, "1");
      assert.ok(JSON.stringify(map).length < MAX_ANNOTATIONS_BYTES, map.metadata.name);
    }
    const shown = maps.flatMap(({ data = {} }) =>
      Object.values(data).map((text) => JSON.parse(text))
    );
    const byUid = (one: { uid?: string | null }, other: { uid?: string | null }) =>
      String(one.uid).localeCompare(String(other.uid));
    assert.deepEqual(shown.sort(byUid), (await readDashboards()).sort(byUid));
    const others = resources.filter(({ kind }) => kind !== "ConfigMap");
    assert.deepEqual(others.map(({ kind, metadata: { name } }) => [kind, name]), [
      ["PrometheusRule", "asya"],
    ]);
  },
});

Deno.test({
  name: "[X5] minikube's Grafana has these dashboards, and its Prometheus these rules",
  ignore: kubectl.isMissing || prometheus.isMissing,
  async fn() {
    const resources = await kustomize("examples/deployment-minikube");
    const maps = configMapsIn(resources);
    const named = JSON.stringify(resources.filter(({ kind }) => kind === "Deployment"))
      .matchAll(/"configMap":{[^}]*"name":"([^"]+)"/g);
    const mounted = Array.from(named, ([, name = ""]) => name);
    assert.deepEqual(mounted.sort(), [...maps.keys()].sort());
    assert.equal(maps.get("asya-rules")?.data?.["rules.yml"], await Deno.readTextFile(RULE_FILE));

    const [config] = mounted.filter((name) => name.startsWith("prometheus-"));
    const text = maps.get(config ?? "")?.data?.["prometheus.yml"] ?? "";
    assert.match(text, /queue_coarse_metrics/);
    const { scrape_configs, ...rest } = parse(text);
    // Debian's Prometheus does not look for pods.
    const known = scrape_configs.map(({ kubernetes_sd_configs: _, ...known }: object & {
      readonly kubernetes_sd_configs?: unknown;
    }) => known);
    await using folder = await makeTempFolder();
    const checked = stringify({ ...rest, scrape_configs: known });
    const file = await folder.write("prometheus.yml", checked);
    const { code, output } = await prometheus.promtool(["check", "config", "--syntax-only", file]);
    assert.equal(code, 0, output);
  },
});

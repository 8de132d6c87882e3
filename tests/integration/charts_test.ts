import assert from "node:assert/strict";
import { parse } from "yaml";
import { findHelm, makeTempFolder, pathOf } from "../kit/mod.ts";
import { findActorProblems } from "./charts/find_actor_problems.ts";
import { findProblems } from "./charts/find_problems.ts";
import { findProgramProblems, secretsOf } from "./charts/find_program_problems.ts";
import { findRefusals } from "./charts/find_refusals.ts";
import { type Manifest, nameOf, podsOf, readManifests } from "./charts/manifest.ts";
import { type Chart, CHARTS, folderOf, renderAll, renderChart, runHelm } from "./charts/render.ts";

const { isMissing: ignore, command: helm } = await findHelm();
const renderings = ignore ? [] : await renderAll(helm);

for (const chart of CHARTS) {
  Deno.test({
    name: `[H1] helm has nothing against the chart of the ${chart}`,
    ignore,
    fn: async () => {
      const { success, output } = await runHelm(helm, "lint", "--strict", folderOf(chart));
      assert.ok(success, output);
    },
  });
}

Deno.test({ name: "[H1] objects are taken, restricted, and show no secret", ignore }, async (t) => {
  for (const { what, manifests } of renderings) {
    await t.step(what, () => {
      assert.deepEqual([...findProblems(manifests), ...findRefusals(manifests)], []);
    });
  }
});

Deno.test({
  name: "[H2] programs know and take every variable, and may do exactly what they need",
  ignore,
}, async (t) => {
  for (const { what, manifests } of renderings) {
    await t.step(what, async () => {
      const secrets = secretsOf(manifests);
      const found = podsOf(manifests).map((pod) => findProgramProblems(pod, secrets));
      assert.deepEqual((await Promise.all(found)).flat(), []);
    });
  }
});

Deno.test(
  { name: "[H2] the terminal actors are taken, run, and may do what they need", ignore },
  async (t) => {
    for (const { what, manifests } of renderings.filter(({ chart }) => chart === "actors")) {
      await t.step(what, async () => {
        const actors = manifests.filter(({ kind }) => kind === "AsyncActor");
        const secrets = secretsOf(manifests);
        const found = await Promise.all(actors.map((actor) => findActorProblems(actor, secrets)));
        assert.deepEqual([actors.length > 0, found.flat()], [true, []]);
      });
    }
  },
);

const refused: readonly (readonly [Chart, string, RegExp])[] = [
  ["gateway", "replicaCount=many", /at '\/replicaCount': got string, want integer/],
  ["gateway", "replicas=2", /additional properties 'replicas' not allowed/],
  ["gateway", "auth.mode=basic", /at '\/auth\/mode': value must be one of 'none', 'token', 'jwt'/],
  ["gateway", "rabbitmq.host=mq:5672", /at '\/rabbitmq\/host': 'mq:5672' does not match pattern/],
  ["gateway", "tools.config.tool[0].name=a", /at '\/tools\/config': .*'tool' not allowed/],
  ["gateway", "tools.config.routes.a={b}", /at '\/tools\/config': missing property 'tools'/],
  ["gateway", "tools.config.tools.name=a", /at '\/tools\/config\/tools': got object, want array/],
  [
    "gateway",
    "tools.config.tools[0].name=a,tools.config.tools[0].rout={b}",
    /at '\/tools\/config\/tools\/0': additional properties 'rout' not allowed/,
  ],
  [
    "gateway",
    "tools.config.tools[0].name=a",
    /at '\/tools\/config\/tools\/0': missing property 'route'/,
  ],
  ["gateway", "auth.mode=token", /auth.mode is token; set auth.existingSecret, or auth.tokens/],
  ["gateway", "auth.mode=jwt", /auth.mode is jwt; set auth.jwt.issuer, .audience and .jwksUrl/],
  ["gateway", "database.type=external", /set database.external.existingSecret and .host, or/],
  [
    "gateway",
    "database.type=external,database.external.existingSecret=db",
    /set database.external.host too/,
  ],
  ["gateway", "database.type=memory", /which gateways cannot share; set replicaCount to 1/],
  ["gateway", "httpRoute.enabled=true", /set httpRoute.parentRefs, the Gateways/],
  ["gateway", "telemetry.enabled=true", /telemetry.enabled is true; set telemetry.endpoint/],
  ["gateway", "telemetry.protocol=grpc", /value must be one of 'http\/protobuf', 'http\/json'/],
  ["gateway", "telemetry.samplingRatio=5%", /at '\/telemetry\/samplingRatio': '5%' does not match/],
  ["operator", "telemetry.enabled=true", /telemetry.enabled is true; set telemetry.endpoint/],
  ["operator", "telemetry.endpoint=otel:4318", /at '\/telemetry\/endpoint': 'otel:4318' does not/],
  ["operator", "leaderElection.enabled=false", /replicaCount is more than 1 and leaderElection/],
  ["operator", "actors.sidecarRun=maybe", /value must be one of 'flags', 'image'/],
  ["operator", "watchNamespace=Papers", /at '\/watchNamespace': 'Papers' does not match pattern/],
  [
    "gateway",
    "fullnameOverride=-front",
    /at '\/fullnameOverride': '-front' does not match pattern/,
  ],
  ["actors", "s3.endpoint=http://minio:9000", /but s3.bucket is not; set both, or neither/],
  ["actors", "s3.bucket=papers,s3.accessKey=a", /one of s3.accessKey and s3.secretKey is set/],
  ["actors", "errorEnd.maxRetries=-1", /at '\/errorEnd\/maxRetries': minimum: got -1, want 0/],
];

Deno.test({ name: "[H3] wrong values are refused with a sentence", ignore }, async (t) => {
  for (const [chart, values, sentence] of refused) {
    await t.step(`${chart} with ${values}`, async () => {
      await assert.rejects(renderChart(helm, chart, "--set", values), sentence);
    });
  }
});

Deno.test(
  { name: "[H3] the gateway's chart takes everything that a tools file can say", ignore },
  async () => {
    const file = pathOf("gateway/config/examples/routes.yaml");
    const config = parse(await Deno.readTextFile(file));
    const values = `tools.config=${JSON.stringify(config)}`;
    const manifests = await renderChart(helm, "gateway", "--set-json", values);
    const map = manifests.find(({ kind, data }) => kind === "ConfigMap" && data?.["tools.yaml"]);
    assert.deepEqual(parse(String(map?.data?.["tools.yaml"])), config);
  },
);

Deno.test(
  { name: "[H3] a chart may be part of another one, under a condition", ignore },
  async () => {
    await using folder = await makeTempFolder();
    const names = CHARTS.map((chart) => `asya-${chart}`);
    const dependencies = names.map((name) => ({
      ...{
        name,
        version: ">=0.0.0-0",
        repository: `file://${pathOf("deploy/helm-charts")}/${name}`,
      },
      condition: `${name}.enabled`,
    }));
    const parent = { apiVersion: "v2", name: "parent", version: "1.0.0", dependencies };
    const values = names.map((name) => [name, { enabled: name !== "asya-operator" }]);
    await folder.write("Chart.yaml", JSON.stringify(parent));
    await folder.write(
      "values.yaml",
      JSON.stringify({ global: { a: 1 }, ...Object.fromEntries(values) }),
    );
    for (const command of [["dependency", "build", "--skip-refresh"], ["template", "parent"]]) {
      const answer = await runHelm(helm, ...command, folder.path);
      assert.ok(answer.success, answer.problem);
      if (command[0] !== "template") continue;
      const kinds = readManifests(answer.output).map(({ kind }) => kind);
      assert.deepEqual([kinds.includes("AsyncActor"), kinds.includes("ClusterRole")], [
        true,
        false,
      ]);
    }
  },
);

Deno.test(
  { name: "[H1] a policy that names who may come lets in who has to", ignore },
  async () => {
    const from = 'networkPolicy={"enabled":true,"from":[{"ipBlock":{"cidr":"10.0.0.0/8"}}]}';
    for (const chart of ["gateway", "operator"] as const) {
      const manifests = await renderChart(helm, chart, "--set-json", from);
      const policy = manifests.find(({ kind, metadata }) =>
        kind === "NetworkPolicy" && metadata.name === `asya-${chart}`
      );
      const [rule] = (policy?.spec?.ingress ?? []) as { from?: Record<string, unknown>[] }[];
      const [theirs, ...ours] = rule?.from ?? [];
      assert.deepEqual(theirs, { ipBlock: { cidr: "10.0.0.0/8" } });
      const test = podsOf(manifests).find(({ of }) => of === `Pod/asya-${chart}-test`);
      const tester = ours.pop()?.podSelector as { matchLabels: Record<string, string> } | undefined;
      for (const [label, value] of Object.entries(tester?.matchLabels ?? { none: "" })) {
        assert.equal(test?.labels[label], value, label);
      }
      const reporters = {
        namespaceSelector: {},
        podSelector: { matchExpressions: [{ key: "asya.io/asya", operator: "Exists" }] },
      };
      assert.deepEqual(ours, chart === "gateway" ? [reporters] : []);
    }
  },
);

Deno.test({ name: "[H2] large numbers are written as numbers are read", ignore }, async (t) => {
  const cases: readonly (readonly [Chart, string])[] = [
    ["gateway", "maxBodyBytes=4194304"],
    ["gateway", "maxStreamsPerCaller=1000000"],
    ["gateway", "database.bundled.runAsUser=1000690000"],
    ["gateway", "podSecurityContext.runAsUser=1000690000"],
    ["operator", "resyncPeriod=6048000"],
  ];
  for (const [chart, value] of cases) {
    await t.step(`${chart} with ${value}`, async () => {
      const rendered = JSON.stringify(await renderChart(helm, chart, "--set-json", value));
      assert.match(rendered, new RegExp(`[:"]${value.split("=")[1]}[,"}]`));
    });
  }
});

/** What the containers of a rendering are told of telemetry. */
function toldOf(manifests: readonly Manifest[], container: string) {
  const found = podsOf(manifests).flatMap(({ pod }) => pod.containers)
    .filter(({ name }) => name === container).flatMap(({ env = [] }) => env)
    .filter(({ name }) => /^(OTEL|K8S|ASYA_TELEMETRY|ASYA_COLLECTOR)_/.test(name));
  return Object.fromEntries(found.map(({ name, value, valueFrom }) => [
    name,
    value ?? valueFrom?.fieldRef?.fieldPath ?? Object.values(valueFrom?.secretKeyRef ?? {}).join(),
  ]));
}

Deno.test({ name: "[V10] what charts say of telemetry reaches programs", ignore }, async (t) => {
  const of = (what: string) =>
    renderings.find((one) => one.what.endsWith(what))?.manifests ?? assert.fail(what);
  await t.step("a gateway", () => {
    const manifests = of("external-values.yaml");
    assert.deepEqual(toldOf(manifests, "gateway"), {
      K8S_NODE_NAME: "spec.nodeName",
      K8S_POD_NAME: "metadata.name",
      K8S_POD_UID: "metadata.uid",
      OTEL_DENO: "true",
      OTEL_DENO_CONSOLE: "capture",
      OTEL_DENO_METRICS: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://otel.example/otlp",
      OTEL_EXPORTER_OTLP_HEADERS: "asya-otlp,headers",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
      OTEL_RESOURCE_ATTRIBUTES: "k8s.namespace.name=papers,k8s.deployment.name=asya-gateway," +
        "k8s.container.name=gateway,k8s.node.name=$(K8S_NODE_NAME)," +
        "k8s.pod.name=$(K8S_POD_NAME),k8s.pod.uid=$(K8S_POD_UID)," +
        "service.instance.id=papers.$(K8S_POD_NAME).gateway",
      // The user's own.
      OTEL_SERVICE_NAME: "papers",
      OTEL_EXPORTER_OTLP_TIMEOUT: "2000",
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.05",
    });
    const policy = manifests.find(({ kind }) => kind === "NetworkPolicy")?.spec;
    assert(JSON.stringify(policy?.egress).includes('{"ports":[{"protocol":"TCP","port":443}]}'));
  });
  await t.step(
    "an operator",
    () =>
      assert.deepEqual(toldOf(of("one-namespace-values.yaml"), "operator"), {
        ASYA_COLLECTOR_IMAGE: "registry.example/otelcol:1",
        ASYA_TELEMETRY_ENABLED: "true",
        ASYA_TELEMETRY_ENDPOINT: "http://otel.example:4318",
      }),
  );
  await t.step("the terminal actors", () => {
    const actors = of("minio-values.yaml").filter(({ kind }) => kind === "AsyncActor");
    assert.deepEqual(
      actors.map(({ spec }) => spec?.telemetry),
      [1, 2].map(() => ({
        endpoint: "http://otel.example:4318",
        collector: { enabled: true },
      })),
    );
  });
  await t.step("and nothing does where it is off", () => {
    const off = renderings.filter(({ what }) => what.endsWith("by default"));
    assert.equal(off.length, CHARTS.length);
    for (const { manifests } of off) assert(!/OTEL_|"telemetry"/.test(JSON.stringify(manifests)));
  });
});

Deno.test({ name: "[H1] an image may be named by its digest", ignore }, async () => {
  const digest = `sha256:${"0".repeat(64)}`;
  for (const chart of CHARTS) {
    const manifests = await renderChart(helm, chart, "--set", `image.digest=${digest}`);
    const images = JSON.stringify(manifests).match(/"asya-[a-z]+[:@][^"]*"/g) ?? [];
    const own = images.filter((image) => image.startsWith(`"asya-${chart}`));
    assert.ok(own.length > 0, chart);
    assert.deepEqual(own.filter((image) => image !== `"asya-${chart}@${digest}"`), []);
  }
});

Deno.test(
  { name: "[H1] names stay names, however long that of a release is", ignore },
  async () => {
    const release = "r".repeat(53);
    for (const chart of CHARTS) {
      const { output } = await runHelm(helm, "template", release, folderOf(chart));
      for (const manifest of readManifests(output)) {
        // A StatefulSet's name goes into a label, behind which come eleven letters of a revision.
        const most = manifest.kind === "StatefulSet" ? 52 : 63;
        assert.ok(manifest.metadata.name.length <= most, nameOf(manifest));
      }
    }
  },
);

Deno.test(
  { name: "[H4] operators of two releases in one namespace do not wait for each other", ignore },
  async () => {
    const leasesOf = async (release: string) => {
      const { output } = await runHelm(helm, "template", release, folderOf("operator"));
      const text = JSON.stringify(readManifests(output));
      const [, told] = /"ASYA_LEASE_NAME","value":"([^"]+)"/.exec(text) ?? [];
      const [, allowed] = /"resourceNames":\["([^"]+)"\]/.exec(text) ?? [];
      return [told, allowed];
    };
    assert.deepEqual(await leasesOf("asya-operator"), ["asya-operator", "asya-operator"]);
    assert.deepEqual(await leasesOf("b"), ["b-asya-operator", "b-asya-operator"]);
  },
);

Deno.test({
  name: "[H6] rendered without a cluster, a bundled database has no migration that waits for it",
  ignore,
}, async () => {
  const jobs = async (...options: string[]) =>
    (await renderChart(helm, "gateway", ...options)).filter(({ kind }) => kind === "Job").length;
  assert.equal(await jobs(), 0);
  const url = "database.external.url=postgres://ada:secret@db.example/asya";
  assert.equal(await jobs("--set", "database.type=external", "--set", url), 1);
});

Deno.test(
  { name: "[H6] a migration is given up while helm still waits for it", ignore },
  async () => {
    const url = "database.external.url=postgres://ada:secret@db.example/asya";
    const external = ["--set", "database.type=external", "--set", url];
    const objects = await renderChart(helm, "gateway", ...external);
    const [migration] = objects.filter(({ kind }) => kind === "Job");
    const { activeDeadlineSeconds } = migration?.spec as { activeDeadlineSeconds: number };
    const helmWaits = 300;
    assert(activeDeadlineSeconds < helmWaits, `${activeDeadlineSeconds} s`);
  },
);

/** The path of everything in values, as `.a.b`. */
function pathsOf(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  const inner = Object.entries(value).map(([key, inner]) => pathsOf(inner, `${path}.${key}`));
  return [path, ...inner.flat()];
}

/** The path of everything that a schema knows by name. */
function knownPathsOf(schema: Readonly<Record<string, unknown>>, path = ""): string[] {
  const properties = Object.entries(schema.properties ?? {});
  const inner = properties.map(([key, inner]) => knownPathsOf(inner, `${path}.${key}`));
  return [path, ...inner.flat()];
}

Deno.test("[H3] every value that a chart takes is in its values, with a default", async (t) => {
  for (const chart of CHARTS) {
    await t.step(chart, async () => {
      const read = async (file: string) => await Deno.readTextFile(`${folderOf(chart)}/${file}`);
      const given = new Set(pathsOf(parse(await read("values.yaml"))));
      const known = knownPathsOf(JSON.parse(await read("values.schema.json")));
      // What helm itself hands to a chart that another one depends on.
      const fromParent = [".global", ".enabled"];
      assert.deepEqual(known.filter((path) => !given.has(path)), fromParent);
    });
  }
});

Deno.test(
  { name: "[H4] the operator's rights are those that are written down", ignore },
  async () => {
    const file = pathOf("operator/config/rbac.yaml");
    const written = readManifests(await Deno.readTextFile(file)).map(({ rules }) => rules);
    const granted = (values: string) =>
      renderings.find(({ chart, what }) => chart === "operator" && what.endsWith(values))?.manifests
        .filter(({ kind }) => kind === "Role" || kind === "ClusterRole").map(({ rules }) => rules);
    assert.deepEqual(granted("by default"), written);
    assert.deepEqual(granted("one-namespace-values.yaml"), written.slice(0, 1));
    assert.deepEqual(granted("existing-values.yaml"), []);
  },
);

import assert from "node:assert/strict";
import { actorCrd } from "../../operator/actor/actor_crd.ts";
import { findHelm, findPostgres, type TestDatabase } from "../kit/mod.ts";
import { findKube, type NewObject, startKube, type TestKube } from "../kit/kube.ts";
import { type Chart, CHARTS, folderOf } from "./charts/render.ts";

const crds = [actorCrd as unknown as NewObject];
const { isMissing, command } = await findHelm();
const postgres = await findPostgres();
const ignore = isMissing || postgres.isMissing;

/**
 * Runs helm at an API server. It keeps what it knows of releases in a database instead of Secrets,
 * which it writes in a form that only a real API server reads.
 */
async function runHelm(
  { kubeconfig }: TestKube,
  namespace: string,
  database: TestDatabase,
  ...args: string[]
): Promise<void> {
  const url = new URL(database.url);
  url.searchParams.set("sslmode", "disable");
  const { success, stderr } = await new Deno.Command(command, {
    args: [...args, "--timeout=30s", "--namespace", namespace, "--kubeconfig", kubeconfig],
    env: { HELM_DRIVER: "sql", HELM_DRIVER_SQL_CONNECTION_STRING: url.href },
  }).output();
  assert.ok(success, `helm ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

/** Kinds of which charts make objects. */
const KINDS: readonly (readonly [apiVersion: string, kind: string])[] = [
  ["apps/v1", "Deployment"],
  ["apps/v1", "StatefulSet"],
  ["asya.io/v1alpha1", "AsyncActor"],
  ["batch/v1", "Job"],
  ["policy/v1", "PodDisruptionBudget"],
  ["rbac.authorization.k8s.io/v1", "ClusterRole"],
  ["rbac.authorization.k8s.io/v1", "ClusterRoleBinding"],
  ["rbac.authorization.k8s.io/v1", "Role"],
  ["rbac.authorization.k8s.io/v1", "RoleBinding"],
  ["v1", "ConfigMap"],
  ["v1", "Pod"],
  ["v1", "Secret"],
  ["v1", "Service"],
  ["v1", "ServiceAccount"],
];
const OURS = { labelSelector: "app.kubernetes.io/part-of=asya,app.kubernetes.io/managed-by=Helm" };

/** What there is of releases in a namespace, and of theirs in none. */
async function findObjects({ client }: TestKube, namespace: string): Promise<string[]> {
  const found = await Promise.all(KINDS.map(async ([apiVersion, kind]) => {
    const isInNone = kind.startsWith("Cluster");
    const place = isInNone ? {} : { namespace };
    const objects = await client.list({ apiVersion, kind, ...place }, OURS);
    return objects.map(({ metadata }) => metadata.name)
      .filter((name) => !isInNone || name.startsWith(namespace))
      .map((name) => `${kind}/${name.replace(namespace, "NAMESPACE")}`);
  }));
  return found.flat();
}

/** The images of everything that runs containers. */
async function findImages({ client }: TestKube, namespace: string): Promise<string[]> {
  const kinds = KINDS.filter(([, kind]) => kind === "Deployment" || kind === "AsyncActor");
  const lists = await Promise.all(
    kinds.map(([apiVersion, kind]) => client.list({ apiVersion, kind, namespace }, OURS)),
  );
  return [...JSON.stringify(lists).matchAll(/"image":"(asya-[a-z]+:[^"]+)"/g)]
    .map(([, image = ""]) => image);
}

const expected = {
  actors: [
    "AsyncActor/error-end",
    "AsyncActor/happy-end",
    "PodDisruptionBudget/error-end",
    "PodDisruptionBudget/happy-end",
  ],
  gateway: [
    "Deployment/asya-gateway",
    "StatefulSet/asya-gateway-postgresql",
    "PodDisruptionBudget/asya-gateway",
    "Secret/asya-gateway-postgresql",
    "Service/asya-gateway",
    "Service/asya-gateway-postgresql",
    "ServiceAccount/asya-gateway",
  ],
  operator: [
    "Deployment/asya-operator",
    "PodDisruptionBudget/asya-operator",
    "ClusterRole/NAMESPACE-asya-operator",
    "ClusterRoleBinding/NAMESPACE-asya-operator",
    "Role/asya-operator-leader",
    "RoleBinding/asya-operator-leader",
    "Service/asya-operator-metrics",
    "ServiceAccount/asya-operator",
  ],
} as const;

/** The volume of the database outlives a release, and with it what opens it. */
const KEPT = "Secret/asya-gateway-postgresql";

/** Installs, upgrades and uninstalls a chart in a namespace of its own. */
async function liveThrough(chart: Chart, kube: TestKube): Promise<void> {
  // Helms that begin at the same time trip over each other in one.
  await using database = await postgres.createDatabase();
  await using namespace = await kube.createNamespace();
  const { name } = namespace;
  const helm = async (...args: string[]) => await runHelm(kube, name, database, ...args);
  const release = [`asya-${chart}`, folderOf(chart)];
  const password = { apiVersion: "v1", kind: "Secret", name: "asya-gateway-postgresql" };
  const readPassword = async () => (await kube.client.get({ ...password, namespace: name }))?.data;

  await helm("install", ...release);
  assert.deepEqual(await findObjects(kube, name), expected[chart]);
  const first = await readPassword();

  await helm("upgrade", ...release, "--no-hooks", "--set-string", "image.tag=9");
  assert.deepEqual(await findObjects(kube, name), expected[chart]);
  assert.deepEqual(await readPassword(), first);
  const images = await findImages(kube, name);
  assert.deepEqual([images.length > 0, images.filter((image) => !image.endsWith(":9"))], [
    true,
    [],
  ]);

  await helm("uninstall", `asya-${chart}`);
  assert.deepEqual(await findObjects(kube, name), expected[chart].filter((name) => name === KEPT));
}

Deno.test({
  name:
    "[H6] charts are installed, upgraded and uninstalled, and leave a database's password alone",
  ignore,
}, async () => {
  await using kube = await findKube({ crds });
  await Promise.all(CHARTS.map((chart) => liveThrough(chart, kube)));
});

/** What the controller of Jobs says of one that is done. */
function doneStatus() {
  const at = { lastTransitionTime: "2026-01-02T03:04:05Z", lastProbeTime: "2026-01-02T03:04:05Z" };
  const conditions = ["SuccessCriteriaMet", "Complete"]
    .map((type) => ({ type, status: "True", reason: "CompletionsReached", message: "", ...at }));
  const times = { startTime: "2026-01-02T03:04:00Z", completionTime: "2026-01-02T03:04:05Z" };
  return { succeeded: 1, conditions, ...times };
}

Deno.test({
  name: "[H6] tables are migrated before gateways of the new version start",
  ignore,
}, async () => {
  await using database = await postgres.createDatabase();
  await using kube = await startKube({ crds });
  await using namespace = await kube.createNamespace();
  const job = { apiVersion: "batch/v1", kind: "Job", namespace: namespace.name };
  const migration = { ...job, name: "asya-gateway-migration" };

  const atMigration = async () => {
    await kube.client.until(migration, (found) => found !== undefined, "a migration");
    const found = await findObjects(kube, namespace.name);
    await kube.client.mergePatch(migration, { status: doneStatus() }, "status");
    return found;
  };
  const [found] = await Promise.all([
    atMigration(),
    runHelm(
      ...[kube, namespace.name, database] as const,
      ...["install", "asya-gateway", folderOf("gateway")],
      ...["--set", "database.type=external"],
      ...["--set", "database.external.url=postgres://ada:secret@db.example/asya"],
    ),
  ]);
  assert.deepEqual(found, ["Job/asya-gateway-migration", "Secret/asya-gateway-migration"]);
  assert.deepEqual(await findObjects(kube, namespace.name), [
    "Deployment/asya-gateway",
    "PodDisruptionBudget/asya-gateway",
    "Secret/asya-gateway",
    "Service/asya-gateway",
    "ServiceAccount/asya-gateway",
  ]);
  // A database that comes with the upgrade has nothing to migrate, and is not waited for.
  await runHelm(
    ...[kube, namespace.name, database] as const,
    ...["upgrade", "asya-gateway", folderOf("gateway"), "--reset-values"],
  );
  assert.deepEqual(await findObjects(kube, namespace.name), expected.gateway);
  // Nor is one that does not come up: the upgrade may be what puts it right.
  const upgrade = ["upgrade", "asya-gateway", folderOf("gateway"), "--set", "replicaCount=1"];
  await runHelm(kube, namespace.name, database, ...upgrade);
  // One that is there has its tables migrated first.
  const name = "asya-gateway-postgresql";
  const place = { apiVersion: "apps/v1", kind: "StatefulSet", namespace: namespace.name, name };
  await kube.client.mergePatch(place, { status: { replicas: 1, readyReplicas: 1 } }, "status");
  const [later] = await Promise.all([
    atMigration(),
    runHelm(kube, namespace.name, database, ...upgrade),
  ]);
  assert.ok(later.includes("Job/asya-gateway-migration"), later.join(" "));
});

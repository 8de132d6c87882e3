/**
 * Writes everything that follows from the code: each program's table of settings, its metrics and its
 * `permissions.json`, the list of all setting names, the commands of `asya`, the tables of
 * docs/reference, of packages, licences and alerts, the values of the charts, what docs/scaling.md
 * shows of the simulation, the dashboards and rules of deploy/monitoring, and the definition of the
 * operator's resource. With `--check` it writes nothing and fails where a file would change; given
 * the beginnings of paths, it writes only those.
 *
 * A program is a folder with a `config.ts` that exports `settings` and, where it says what it needs of
 * the system, `permissions`. Tables go into Markdown files, between
 * `<!-- begin settings of NAME -->` and `<!-- end settings of NAME -->`.
 *
 * @module
 */

import {
  bakePermissions,
  envNames,
  markdownTable,
  parseSettings,
  type PermissionTemplate,
  type Settings,
  settingsTable,
} from "@asya/program";
import { CHARTS } from "../bench/scaling/charts.ts";
import { TABLES } from "../bench/scaling/tables.ts";
import { createMonitoring, ruleGroups } from "../deploy/monitoring/mod.ts";
import { createCounter } from "../gateway/gateway_metrics.ts";
import { operations } from "../gateway/http/openapi/document.ts";
import { table } from "../mesh/commands/table.ts";
import { actorSpec } from "../operator/actor/actor_spec.ts";
import { actorStatus } from "../operator/actor/actor_status.ts";
import { createOperatorMetrics } from "../operator/operator_metrics.ts";
import { policyOf, settings as sidecarSettings } from "../sidecar/config.ts";
import { createSidecarMetrics } from "../sidecar/telemetry/sidecar_metrics.ts";
import { alertsTable } from "./docs/alerts_table.ts";
import { chartValuesTable } from "./docs/chart_values.ts";
import { commandsReference } from "./docs/commands_reference.ts";
import { dependencies } from "./house.ts";
import { listFiles } from "./list_files.ts";
import { createManifests } from "./docs/manifests.ts";
import { metricsTable } from "./docs/metrics_table.ts";
import { readMembers } from "./packages/members.ts";
import { packagesTable } from "./packages/packages_table.ts";
import { failuresTable, operationsTable } from "./docs/reference.ts";
import { schemaTable } from "./docs/schema_table.ts";
import { fillSections } from "./docs/sections.ts";
import { budgets } from "./supply/budgets.ts";
import { findUnlicensed } from "./supply/licences.ts";
import {
  besidesLists,
  budgetsTable,
  bundledTable,
  splitPackages,
} from "./supply/licences_tables.ts";
import { titleOf } from "./supply/package.ts";
import { readPackages } from "./supply/read_packages.ts";

/** What a program's `config.ts` exports. */
interface Program {
  readonly name: string;
  readonly settings: Settings;
  readonly permissions?: PermissionTemplate;
}

const root = new URL("..", import.meta.url);

/** The charts, each with a table of its values in its README. */
const HELM_CHARTS = ["actors", "gateway", "operator"];

async function loadPrograms(paths: readonly string[]): Promise<Program[]> {
  const programs: Program[] = [];
  for (const path of paths) {
    const [name = "", file, ...deeper] = path.split("/");
    if (file !== "config.ts" || deeper.length > 0 || name === "program") continue;
    const { settings, permissions } = await import(new URL(path, root).href);
    const isPart = settings === undefined && !paths.includes(`${name}/main.ts`);
    if (isPart) continue; // settings that programs spread into their own
    if (settings === undefined) throw new Error(`${path} exports no settings`);
    programs.push({ name, settings, permissions });
  }
  return programs;
}

async function dependencyTable(): Promise<string> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const rows = Object.entries<string>(imports).map(([name, target]) => {
    const dependency = dependencies[name];
    if (dependency === undefined) throw new Error(`${name} has no reason in tools/house.ts`);
    const [, npmName, version] = /^npm:(.+)@(.+)$/.exec(target) ?? [];
    return [`\`${npmName}\``, `${version}`, dependency.usedBy.join(", "), dependency.reason];
  });
  return markdownTable(["package", "version", "used by", "what for"], rows);
}

/** The table of a sidecar's metrics; those that are of a queue are shown for one. */
function sidecarMetrics(): string {
  const parsed = parseSettings(sidecarSettings, { ASYA_QUEUE_NAME: "ocr" });
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  const policy = policyOf(parsed.config);
  return metricsTable("asya_actor", (metrics) => createSidecarMetrics(metrics, policy, "rabbitmq"));
}

/** The content of every generated section, by its name. */
async function createSections(programs: readonly Program[]): Promise<Map<string, string>> {
  const sections = new Map([["dependencies", await dependencyTable()]]);
  for (const { name, settings } of programs) {
    sections.set(`settings of ${name}`, settingsTable(settings));
  }
  const gatewayMetrics = metricsTable("asya_gateway", (metrics) => createCounter(metrics, Date));
  sections.set("metrics of gateway", gatewayMetrics);
  sections.set("metrics of sidecar", sidecarMetrics());
  const operatorMetrics = metricsTable(
    "asya_operator",
    (metrics) => createOperatorMetrics(metrics, { depth: () => 0, actors: () => 0 }),
  );
  sections.set("metrics of operator", operatorMetrics);
  for (const chart of HELM_CHARTS) {
    const values = new URL(`deploy/helm-charts/asya-${chart}/values.yaml`, root);
    sections.set(`values for ${chart}`, chartValuesTable(await Deno.readTextFile(values)));
  }
  sections.set("alerts", alertsTable(ruleGroups));
  sections.set("packages", packagesTable(await readMembers(root)));
  sections.set("failure codes", failuresTable());
  sections.set("requests of gateway", operationsTable(operations));
  sections.set("commands of mesh", commandsReference(table));
  sections.set("spec of actor", schemaTable(actorSpec.schema));
  sections.set("status of actor", schemaTable(actorStatus.schema));
  for (const [name, create] of Object.entries(TABLES)) sections.set(name, create());
  for (const [name, text] of await packageSections()) sections.set(name, text);
  return sections;
}

/** What comes from npm: the packages, their licences, and how much of it each program may bring. */
async function packageSections(): Promise<[string, string][]> {
  const packages = [...(await readPackages(root)).values()];
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const users = [...Object.keys(budgets), "program", "transport"];
  const direct = Object.entries<string>(imports)
    .filter(([name]) => dependencies[name]?.usedBy.some((user) => users.includes(user)))
    .map(([, target]) => target.replace(/^npm:/, ""));
  const split = splitPackages(packages, direct);
  const bundled = new Set(split.bundled.map((entry) => titleOf(entry.package)));
  const problems = findUnlicensed(packages, bundled);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return [
    ["packages in bundles", bundledTable(split)],
    ["packages besides", besidesLists(split)],
    ["budgets", budgetsTable()],
  ];
}

/** Every generated file that is not Markdown, by its path. */
function createData(programs: readonly Program[]): Map<string, string> {
  const asJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const names = programs.flatMap((program) => envNames(program.settings))
    .filter((name) => name.startsWith("ASYA_"));
  const data = createManifests();
  data.set("program/known_names.json", asJson([...new Set(names)].sort()));
  for (const { name, settings, permissions } of programs) {
    if (permissions === undefined) continue;
    data.set(`${name}/permissions.json`, asJson(bakePermissions(permissions, settings)));
  }
  data.set(
    "operator/pod_permissions.json",
    asJson(permissionsOf(programs, ["sidecar", "runtime"])),
  );
  const started = ["actors", "gateway", "operator", "runtime", "sidecar"];
  data.set("mesh/plan/program_permissions.json", asJson(permissionsOf(programs, started)));
  data.set("operator/collector_files.json", asJson(collectorFiles()));
  for (const [path, draw] of Object.entries(CHARTS)) data.set(path, draw());
  for (const [path, text] of createMonitoring()) data.set(path, text);
  return data;
}

/** What the operator puts beside actors with a collector: the file as it stands, with its comments. */
function collectorFiles() {
  const file = new URL("deploy/otel-sidecar/collector.yaml", root);
  return { "collector.yaml": Deno.readTextFileSync(file) };
}

/** What some programs need of their systems, for a program that starts them. */
function permissionsOf(programs: readonly Program[], names: readonly string[]) {
  return Object.fromEntries(names.map((wanted) => {
    const program = programs.find(({ name }) => name === wanted);
    if (!program?.permissions) throw new Error(`${wanted} exports no permissions`);
    return [wanted, bakePermissions(program.permissions, program.settings)];
  }));
}

/** Every generated file with the text that it should have, and what stands in the way. */
async function generate() {
  const paths = await listFiles(root);
  const programs = await loadPrograms(paths);
  const sections = await createSections(programs);
  const generated = createData(programs);
  const problems: string[] = [];
  const missing = new Set(sections.keys());
  for (const path of paths.filter((path) => path.endsWith(".md"))) {
    const filled = fillSections(await Deno.readTextFile(new URL(path, root)), sections);
    if (filled.names.length > 0) generated.set(path, filled.text);
    for (const name of filled.names) missing.delete(name);
    problems.push(...filled.problems.map((problem) => `${path}: ${problem}`));
  }
  problems.push(...[...missing].map((name) => `no Markdown file has <!-- begin ${name} -->`));
  return { generated, problems };
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(new URL(path, root));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

const checkOnly = Deno.args.includes("--check");
const only = Deno.args.filter((argument) => argument !== "--check");
const { generated, problems } = await generate();
const drifted: string[] = [];
for (const [path, text] of generated) {
  if (only.length > 0 && !only.some((start) => path.startsWith(start))) continue;
  if (await readText(path) === text) continue;
  drifted.push(path);
  if (!checkOnly) await Deno.writeTextFile(new URL(path, root), text);
}
for (const problem of problems) console.error(`docs: ${problem}`);
for (const path of drifted) {
  console.error(checkOnly ? `docs: ${path} is out of date; run: make docs` : `docs: wrote ${path}`);
}
console.error(`docs: ${generated.size} files, ${drifted.length} changed`);
if (problems.length > 0 || (checkOnly && drifted.length > 0)) Deno.exit(1);

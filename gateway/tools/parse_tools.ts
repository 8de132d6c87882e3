import type { JsonObject, RetryPolicies, RetryPolicy } from "@asya/protocol";
import type { SchemaCompiler, SchemaProblem } from "./json_schema.ts";
import { Located, type Problem } from "./located.ts";
import { mergeRetry, parseRetry } from "./parse_retry.ts";
import { NO_STEPS, parseSteps, type RouteSteps } from "./parse_steps.ts";
import { type ObjectSchema, type Tool, type Wait, WAITS } from "./tool.ts";
import { closeSchema, toInputSchema } from "./tool_schema.ts";
import { showPlace, type YamlDocument } from "./yaml_document.ts";

/** The tools of some documents, or everything that is wrong with them, each with its place. */
export type ParsedTools =
  | { readonly ok: true; readonly tools: readonly Tool[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** What a tool's author may leave out. */
interface Defaults {
  readonly progress: boolean;
  readonly timeoutSeconds: number;
}

/** What tools have in common, wherever it is written. */
interface Shared {
  readonly routes: Named<RouteSteps>;
  readonly retry: RetryPolicies;
}

/** A named value and where it stands. */
type Named<T> = Map<string, { readonly value: T; readonly place: string }>;

/** Names that the gateway keeps for its own tools. */
const RESERVED = ["asya_job"];

const NAME = /^[A-Za-z0-9_.-]{1,128}$/;
const MAX_TIMEOUT_SECONDS = 30 * 24 * 60 * 60;
const TOOL_KEYS = [
  "name",
  "description",
  "parameters",
  "inputSchema",
  "outputSchema",
  "route",
  "progress",
  "timeout",
  "metadata",
  "retry",
  "wait",
];

/**
 * Reads tools from documents, which count as one: names, routes and defaults are shared, and none
 * may be given twice. The order of the tools is that of the documents.
 *
 * @param documents the content of the tools file, or of each file of the tools folder
 * @param compiler compiles the tools' schemas
 * @returns the tools, or every problem as `file:line:column: what is wrong`
 * @example
 * ```ts
 * import { createSchemaCompiler, parseTools, parseYaml } from "@asya/gateway";
 * import assert from "node:assert/strict";
 *
 * const yaml = parseYaml("tools.yaml", "tools: [{ name: scan, route: [ocr, { join: merge }] }]");
 * assert(yaml.ok);
 * const parsed = parseTools([yaml.document], createSchemaCompiler());
 * assert(parsed.ok);
 * assert.deepEqual(parsed.tools[0]?.steps, ["ocr", "merge"]);
 * assert.deepEqual(parsed.tools[0]?.joins, [1]);
 * ```
 */
export function parseTools(
  documents: readonly YamlDocument[],
  compiler: SchemaCompiler,
): ParsedTools {
  const problems: Problem[] = [];
  const roots = documents.map((document) => new Located(document, problems));
  for (const root of roots) root.allowKeys(["tools", "routes", "defaults", "retry"]);
  const defaults = readDefaults(roots);
  const shared = { routes: readRoutes(roots), retry: readRetry(roots) };
  const tools: Tool[] = [];
  const named: Named<Tool> = new Map();
  for (const root of roots) {
    if (root.object("an object with tools") === undefined) continue;
    if (root.at("tools").isMissing && roots.length > 1) continue;
    for (const item of root.at("tools").items("a list of tools")) {
      const tool = readTool(item, defaults, shared, compiler);
      if (!tool) continue;
      const name = item.at("name");
      if (claim(named, name, tool.name, tool)) tools.push(tool);
    }
  }
  return problems.length > 0
    ? { ok: false, problems: inOrder(problems, roots) }
    : { ok: true, tools };
}

/** Problems as a reader goes through the files. */
function inOrder(problems: readonly Problem[], roots: readonly Located[]): string[] {
  const files = roots.map(({ file }) => file);
  const sorted = problems.toSorted(({ place: one }, { place: other }) =>
    files.indexOf(one.file) - files.indexOf(other.file) || one.line - other.line ||
    one.column - other.column
  );
  return sorted.map(({ place, text }) => `${showPlace(place)}: ${text}`);
}

function readDefaults(roots: readonly Located[]): Defaults {
  const given: Named<Located> = new Map();
  for (const root of roots) {
    const defaults = root.at("defaults");
    if (defaults.isMissing) continue;
    defaults.allowKeys(["progress", "timeout"]);
    for (const [key, value] of defaults.entries("an object")) claim(given, value, key, value);
  }
  const { value: progress } = given.get("progress") ?? {};
  const { value: timeout } = given.get("timeout") ?? {};
  return {
    progress: progress?.flag() ?? true,
    timeoutSeconds: (timeout && readTimeout(timeout)) ?? 300,
  };
}

function readRoutes(roots: readonly Located[]): Named<RouteSteps> {
  const named: Named<RouteSteps> = new Map();
  for (const root of roots) {
    const routes = root.at("routes");
    if (routes.isMissing) continue;
    for (const [name, route] of routes.entries("an object of routes by name")) {
      claim(named, route, name, parseSteps(route, "a list of steps"));
    }
  }
  return named;
}

/** The policies that every tool has, of all documents together. */
function readRetry(roots: readonly Located[]): RetryPolicies {
  const named: Named<RetryPolicy> = new Map();
  for (const root of roots) {
    const retry = root.at("retry");
    for (const [step, policy] of Object.entries(parseRetry(retry))) {
      claim(named, retry.at(step), step, policy);
    }
  }
  return Object.fromEntries([...named].map(([step, { value }]) => [step, value]));
}

function readTool(
  item: Located,
  defaults: Defaults,
  shared: Shared,
  compiler: SchemaCompiler,
): Tool | undefined {
  if (item.object("a tool") === undefined) return undefined;
  item.allowKeys(TOOL_KEYS);
  const name = readName(item.at("name"));
  const description = optional(item.at("description"), (value) => value.text());
  const { steps, joins, join } = readRoute(item.at("route"), shared.routes);
  const retry = mergeRetry(shared.retry, parseRetry(item.at("retry")));
  const progress = optional(item.at("progress"), (value) => value.flag());
  const timeoutSeconds = optional(item.at("timeout"), readTimeout);
  const wait = optional<Wait>(item.at("wait"), (value) => value.choice(WAITS));
  const metadata = readMetadata(item.at("metadata"));
  const inputSchema = readInputSchema(item);
  const input = inputSchema && compiler.compileInput(inputSchema);
  if (input) failInput(item, input.ok ? input.wrongDefaults : input.problems);
  const outputSchema = optional(item.at("outputSchema"), (value) => value.object());
  const output = outputSchema && compiler.compileOutput(outputSchema);
  if (output && !output.ok) failWithin(item.at("outputSchema"), output.problems);
  if (name === undefined || !inputSchema || !input?.ok) return undefined;
  return {
    name,
    ...(description !== undefined && { description }),
    inputSchema,
    ...(outputSchema !== undefined && { outputSchema }),
    steps,
    joins,
    join,
    progress: progress ?? defaults.progress,
    timeoutSeconds: timeoutSeconds ?? defaults.timeoutSeconds,
    metadata,
    retry,
    wait: wait ?? "auto",
    checkArguments: input.check,
    locateProblems: input.locate,
    ...(output?.ok && { checkResult: output.check }),
  };
}

function readName(name: Located): string | undefined {
  const allowed = "1 to 128 of the characters A-Z a-z 0-9 _ - .";
  const text = name.text(allowed);
  if (text === undefined) return undefined;
  if (!NAME.test(text)) return name.refuse(allowed, undefined);
  if (RESERVED.includes(text)) {
    name.fail(`${JSON.stringify(text)} is a tool that is built in; allowed: another name`);
    return undefined;
  }
  return text;
}

function readInputSchema(item: Located): ObjectSchema | undefined {
  const parameters = item.at("parameters");
  const written = item.at("inputSchema");
  if (!parameters.isMissing && !written.isMissing) {
    written.fail("parameters and inputSchema are both given; allowed: one of them", "key");
  }
  if (written.isMissing) {
    return parameters.isMissing
      ? { type: "object", properties: {}, additionalProperties: false }
      : toInputSchema(parameters);
  }
  const schema = written.object("a JSON Schema");
  if (schema === undefined) return undefined;
  if (schema.type !== "object") {
    written.at("type").refuse('"object", since arguments have names', undefined);
    return undefined;
  }
  return closeSchema({ ...schema, type: "object" });
}

/** Tells of problems of an input schema where its author wrote it, in the long form or the short. */
function failInput(item: Located, problems: readonly SchemaProblem[]): void {
  const written = item.at("inputSchema");
  if (!written.isMissing) return failWithin(written, problems);
  const short = problems.map((problem) => ({ ...problem, path: problem.path.slice(1) }));
  failWithin(item.at("parameters"), short);
}

function failWithin(schema: Located, problems: readonly SchemaProblem[]): void {
  for (const { path, text, on } of problems) {
    const at = path.reduce<Located>((at, part) => at.step(part), schema);
    at.fail(text, on);
  }
}

function readRoute(route: Located, routes: Named<RouteSteps>): RouteSteps {
  if (typeof route.value !== "string") {
    return parseSteps(route, "a list of steps, or the name of a route");
  }
  const named = routes.get(route.value);
  if (named) return named.value;
  const names = [...routes.keys()].join(", ") || "a list of steps";
  route.fail(`no route is named ${JSON.stringify(route.value)}; allowed: ${names}`);
  return NO_STEPS;
}

function readMetadata(metadata: Located): JsonObject {
  if (metadata.isMissing) return {};
  const value = metadata.object() ?? {};
  if ("asya" in value) {
    metadata.at("asya").fail("asya is kept for the mesh itself; allowed: other keys", "key");
  }
  return value;
}

function readTimeout(timeout: Located): number | undefined {
  const allowed = `seconds, more than 0, at most ${MAX_TIMEOUT_SECONDS}`;
  return timeout.number(allowed, (value) => value > 0 && value <= MAX_TIMEOUT_SECONDS);
}

function optional<T>(value: Located, read: (value: Located) => T | undefined): T | undefined {
  return value.isMissing ? undefined : read(value);
}

/** Takes a name, unless it is taken; then says where. */
function claim<T>(named: Named<T>, at: Located, name: string, value: T): boolean {
  const taken = named.get(name);
  if (taken) at.fail(`${JSON.stringify(name)} is given twice; the first is at ${taken.place}`);
  else named.set(name, { value, place: at.place });
  return !taken;
}

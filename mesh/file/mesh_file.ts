import { isUrl, parseBucketUrl } from "./bucket_url.ts";
import { type MeshActor, readActors } from "./mesh_actor.ts";
import { type MeshTool, readSteps, readTools } from "./mesh_tool.ts";
import { asName, asText, missing, NAME_RULE } from "./read_name.ts";
import { toolsText } from "./tools_text.ts";
import { openYaml, type Problem, type YamlValue } from "./yaml_reader.ts";

/** A whole mesh, as its file describes it. */
export interface MeshFile {
  /** What the mesh is called. */
  readonly name: string;
  /** Who works in it, in the order of the file. */
  readonly actors: readonly MeshActor[];
  /** What callers can call. */
  readonly tools: readonly MeshTool[];
  /** The gateway's tools file: its lines stand where they are in this file, the rest is blank. */
  readonly toolsText: string;
  /** Where messages wait, as a URL; or `rabbitmq`, where the environment says. */
  readonly transportUrl: string;
  /** Steps that no actor of this file serves: on a broker somebody else may. */
  readonly stepsElsewhere: readonly string[];
  /** Where the gateway keeps jobs, as a URL. */
  readonly storeUrl: string;
  /** Where outcomes go: a folder, of which a relative path starts at the file's; or a bucket's URL. */
  readonly results: string;
  /** The gateway's port, where the file asks for one. */
  readonly gatewayPort?: number;
  /** The actors that messages may go on to, from those that do not say it themselves. */
  readonly allowedSteps?: readonly string[];
  /** How many steps one message may take. */
  readonly maxHops?: number;
  /** What `asya demo` calls. */
  readonly demo?: MeshDemo;
}

/** One call of a tool. */
export interface MeshDemo {
  /** Its name. */
  readonly tool: string;
  /** What it is called with. */
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** A mesh, or everything that is wrong with its file. */
export type ParsedMeshFile =
  | { readonly ok: true; readonly mesh: MeshFile }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const KEYS = [
  "name",
  "actors",
  "tools",
  "routes",
  "defaults",
  "transport",
  "store",
  "results",
  "ports",
  "allowedSteps",
  "maxHops",
  "demo",
] as const;

/** Where messages may be kept, by the scheme of a URL. */
const TRANSPORT_SCHEMES: readonly string[] = ["sqlite", "amqp", "amqps"];

/** Where jobs may be kept: what the gateway takes as `ASYA_DATABASE_URL`. */
const STORE_SCHEMES: readonly string[] = ["sqlite", "memory", "postgres", "postgresql"];

/** What {@linkcode asResults} takes, in words. */
const RESULTS_RULE = "the path of a folder, s3://bucket or s3://bucket/folder/";

/**
 * Parses the file that describes a mesh. Nothing is guessed: unknown keys, unknown steps and values
 * of a wrong kind are problems, and all of them are found at once.
 *
 * @param text the file's content
 * @param transportUrl where messages wait, instead of where the file says
 * @example
 * ```ts
 * import { parseMeshFile } from "@asya/cli/mesh";
 * import assert from "node:assert/strict";
 * const parsed = parseMeshFile(`
 * name: hello
 * actors: [{ name: hello, handler: ./hello.ts }]
 * tools: [{ name: say_hello, route: [helo] }]
 * `);
 * assert.deepEqual(parsed.ok ? [] : parsed.problems, [{
 *   line: 4,
 *   column: 36,
 *   message: 'tools[0].route[0] is "helo", no actor of this mesh; did you mean hello?',
 * }]);
 * ```
 */
export function parseMeshFile(text: string, transportUrl?: string): ParsedMeshFile {
  const { root, problems } = openYaml(text);
  const fields = root.fields(KEYS);
  root.expectBlock();
  if (!fields) return { ok: false, problems: problems() };
  for (const key of ["name", "actors", "tools"] as const) if (!fields[key]) missing(root, key);
  const ownUrl = readUrl(fields.transport, TRANSPORT_SCHEMES) ?? "sqlite:.asya/queues.db";
  const url = transportUrl ?? ownUrl;
  // Another machine may serve the queues of a broker; those of a file are served here or nowhere.
  const isLocal = url.startsWith("sqlite:");
  const actors = fields.actors ? readActors(fields.actors, isLocal) : [];
  const names = actors.map((actor) => actor.name);
  const tools = fields.tools
    ? readTools(fields.tools, fields.routes, isLocal ? names : undefined)
    : [];
  const steps = new Set(tools.flatMap((tool) => tool.steps));
  const known = isLocal ? names : undefined;
  const allowedSteps = fields.allowedSteps && readSteps(fields.allowedSteps, known);
  const maxHops = fields.maxHops?.integer(1, 100_000);
  const gatewayPort = fields.ports?.fields(["gateway"])?.gateway?.integer(1, 65_535);
  const demo = fields.demo && readDemo(fields.demo, tools);
  const mesh = {
    name: fields.name?.text(asName, NAME_RULE) ?? "",
    actors,
    tools,
    transportUrl: url,
    stepsElsewhere: [...steps].filter((step) => !names.includes(step)),
    storeUrl: readUrl(fields.store, STORE_SCHEMES) ?? "sqlite:.asya/jobs.db",
    results: fields.results?.text(asResults, RESULTS_RULE) ?? ".asya/results",
    ...(gatewayPort !== undefined && { gatewayPort }),
    ...(allowedSteps && { allowedSteps }),
    ...(maxHops !== undefined && { maxHops }),
    ...(demo && { demo }),
  };
  const found = problems();
  if (found.length > 0) return { ok: false, problems: found };
  const joins = new Set(actors.filter((actor) => actor.isJoin).map((actor) => actor.name));
  const retry = Object.fromEntries(
    actors.flatMap(({ name, retry }) => retry ? [[name, retry]] : []),
  );
  return { ok: true, mesh: { ...mesh, toolsText: toolsText(text, root, { joins, retry }) } };
}

/** A text as the place of outcomes, or `undefined`. */
function asResults(text: string): string | undefined {
  return isUrl(text) && parseBucketUrl(text) === undefined ? undefined : asText(text);
}

function readUrl(value: YamlValue | undefined, schemes: readonly string[]): string | undefined {
  if (!value) return undefined;
  const fields = value.fields(["url"]);
  if (!fields) return undefined;
  const { url } = fields;
  const allowed = `a URL that begins with ${schemes.map((scheme) => `${scheme}:`).join(" or ")}`;
  if (!url) return value.refuse(`${value.path}.url is missing; ${allowed} is allowed`);
  const isKnown = (text: string) => schemes.some((scheme) => text.startsWith(`${scheme}:`));
  return url.text((text) => isKnown(text) ? text : undefined, allowed);
}

function readDemo(value: YamlValue, tools: readonly MeshTool[]): MeshDemo | undefined {
  const fields = value.fields(["tool", "arguments"]);
  if (!fields) return undefined;
  const names = tools.map((tool) => tool.name);
  if (!fields.tool) {
    missing(value, "tool");
    return undefined;
  }
  const tool = fields.tool.text(
    (text) => names.includes(text) ? text : undefined,
    `one of the tools (${names.join(", ")})`,
  );
  const given = fields.arguments?.entries()?.map(({ name, value }) => [name, value.data()]) ?? [];
  return tool === undefined ? undefined : { tool, arguments: Object.fromEntries(given) };
}

import { parseDuration } from "@asya/program";
import { type JoinOptions, type RetryPolicy, TERMINAL_QUEUES } from "@asya/protocol";
import { readSteps } from "./mesh_tool.ts";
import { asName, asText, missing, NAME_RULE } from "./read_name.ts";
import { readActorJoin } from "./read_join.ts";
import { type DeclaredMetric, readMetrics } from "./read_metrics.ts";
import { readRetry } from "./read_retry.ts";
import type { YamlValue } from "./yaml_reader.ts";

/** One actor: what an AsyncActor resource says about it, and nothing else. */
export interface MeshActor {
  /** Its name, and its queue's. */
  readonly name: string;
  /** Module specifier of its handler; not there for a join. */
  readonly handler?: string;
  /** Whether it puts the branches of a fan-out together, instead of a handler of its own. */
  readonly isJoin: boolean;
  /** How it waits, where it is a join and the file says so. */
  readonly join?: JoinOptions;
  /** What its handler may do, by kind of permission. */
  readonly permissions: HandlerPermissions;
  /** Calls its handler works on at a time. */
  readonly concurrency: number;
  /** Messages its sidecar holds at a time. */
  readonly prefetch: number;
  /** Milliseconds one call may take. */
  readonly timeoutMs: number;
  /** How many of it there are. */
  readonly replicas: number;
  /** The environment of its handler. */
  readonly env: Readonly<Record<string, string>>;
  /** Metrics of its own that its handler reports. */
  readonly metrics?: readonly DeclaredMetric[];
  /** The actors that its messages may go on to; not there: any. */
  readonly allowedSteps?: readonly string[];
  /** How its failed work is tried again, where that is its own. */
  readonly retry?: RetryPolicy;
}

/** The kinds of permission a handler may be given. */
export const HANDLER_PERMISSIONS = [
  "net",
  "read",
  "write",
  "env",
  "run",
  "sys",
  "ffi",
  "import",
] as const;

/** What a handler may do: the values of Deno's `--allow-<kind>`, by kind. */
export type HandlerPermissions = Readonly<
  Partial<Record<(typeof HANDLER_PERMISSIONS)[number], readonly string[]>>
>;

const KEYS = [
  "name",
  "handler",
  "join",
  "permissions",
  "concurrency",
  "prefetch",
  "timeout",
  "replicas",
  "env",
  "metrics",
  "retry",
  "allowedSteps",
] as const;

type Fields = { readonly [K in (typeof KEYS)[number]]?: YamlValue };

/** Names of processes that every mesh has. */
const RESERVED: readonly string[] = ["gateway", "mesh", ...Object.values(TERMINAL_QUEUES)];

/** Variables of a handler's host or sidecar that its actor has a key for, or the mesh sets. */
const SET_BY: Readonly<Record<string, string>> = {
  ASYA_HANDLER: "handler",
  ASYA_CONCURRENCY: "concurrency",
  ASYA_RUNTIME_TIMEOUT: "timeout",
  ASYA_SOCKET_PATH: "the mesh",
  ASYA_CUSTOM_METRICS: "metrics",
};

/**
 * Reads the actors of a mesh.
 *
 * @param list the value of `actors`
 * @param isLocal whether every step is served by one of them, as none is served elsewhere
 */
export function readActors(list: YamlValue, isLocal: boolean): MeshActor[] {
  const items = list.items(1) ?? [];
  const names = isLocal ? items.flatMap(nameOf) : undefined;
  const actors = items.map((item) => readActor(item, names));
  actors.forEach(({ name }, index) => {
    const first = actors.findIndex((other) => other.name === name);
    if (name === "" || first === index) return;
    items[index]?.refuse(`actors[${index}] is called ${name}, as is actors[${first}]`);
  });
  return actors;
}

/** The name that an actor gives itself, before anything is known to be right or wrong. */
function nameOf(value: YamlValue): string[] {
  const data = value.data();
  const name = typeof data === "object" && data !== null && "name" in data ? data.name : undefined;
  return typeof name === "string" ? [name] : [];
}

function readActor(value: YamlValue, actors: readonly string[] | undefined): MeshActor {
  const read = value.fields(KEYS);
  const fields: Fields = read ?? {};
  const name = fields.name?.text(asActorName, `${NAME_RULE} (and not ${RESERVED.join(", ")})`);
  const join = fields.join && readActorJoin(fields.join);
  const isJoin = join !== undefined;
  if (read && !fields.name) missing(value, "name");
  if (read && !fields.handler && !isJoin) {
    value.refuse(`${value.path} has no handler; handler: ./file.ts or join: true is allowed`);
  }
  if (fields.handler && isJoin) {
    fields.handler.refuse(`${value.path} is a join, which has a handler already`);
  }
  const handler = fields.handler?.text(asText, "the specifier of a module");
  const concurrency = fields.concurrency?.integer(1, 1_024) ?? 1;
  return {
    name: name ?? "",
    ...(handler !== undefined && { handler }),
    isJoin,
    ...(join && Object.keys(join).length > 0 && { join }),
    permissions: fields.permissions ? readPermissions(fields.permissions) : {},
    concurrency,
    prefetch: fields.prefetch?.integer(1, 65_535) ?? concurrency,
    timeoutMs: fields.timeout?.text(asTimeout, "a duration such as 90s, 5m or 1h30m") ?? 300_000,
    replicas: fields.replicas?.integer(1, 64) ?? 1,
    env: fields.env ? readEnv(fields.env) : {},
    ...(fields.metrics && { metrics: readMetrics(fields.metrics) }),
    ...(fields.retry && { retry: readRetry(fields.retry) }),
    ...(fields.allowedSteps && { allowedSteps: readSteps(fields.allowedSteps, actors) }),
  };
}

function readPermissions(value: YamlValue): HandlerPermissions {
  const fields = value.fields(HANDLER_PERMISSIONS);
  if (!fields) return {};
  const permissions: { -readonly [K in keyof HandlerPermissions]: HandlerPermissions[K] } = {};
  for (const kind of HANDLER_PERMISSIONS) {
    const entries = fields[kind]?.items()?.map((item) =>
      item.text(asPermission, "a text without spaces and commas")
    );
    if (entries) permissions[kind] = entries.filter((entry) => entry !== undefined);
  }
  return permissions;
}

function readEnv(value: YamlValue): Record<string, string> {
  const env: Record<string, string> = {};
  for (const { name, value: entry } of value.entries() ?? []) {
    const setBy = SET_BY[name];
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      entry.refuse(`${entry.path} names no variable; letters, digits and _ are allowed`);
    } else if (setBy !== undefined) {
      entry.refuse(`${entry.path} is set by ${setBy}, not here`);
    } else {
      const text = entry.text((text) => text, "a text");
      if (text !== undefined) env[name] = text;
    }
  }
  return env;
}

function asActorName(text: string): string | undefined {
  return RESERVED.includes(text) ? undefined : asName(text);
}

function asPermission(text: string): string | undefined {
  return /^[^\s,]+$/.test(text) ? text : undefined;
}

function asTimeout(text: string): number | undefined {
  return parseDuration(text) || undefined;
}

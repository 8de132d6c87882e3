import type { Environment, Settings } from "./config.ts";
import { envNames, hidePassword } from "./config.ts";
import { formatAddress, parseAddress } from "./parse_address.ts";

/** The kinds of permission that a template can grant. */
export const permissionKinds = ["net", "read", "write", "run", "sys"] as const;

/** One of {@linkcode permissionKinds}. */
export type PermissionKind = (typeof permissionKinds)[number];

/**
 * What a program needs besides its settings. `{NAME}` in an entry stands for the value of a setting;
 * an entry is left out when that setting has no value. `{?NAME}` and `{!NAME}` stand for nothing: an
 * entry with the first is left out where the environment has no such variable, one with the second
 * where it has.
 *
 * In `net`, a URL becomes its host and port, and `:8080` every interface; `unix:{NAME}` is a socket
 * path; `*` is any host and any socket, for a program that learns where to connect from data. In `read` and `write`, `sqlite:path` and `file:` URLs become their path, and an entry with
 * any other URL is left out.
 */
export type PermissionTemplate =
  & {
    readonly [K in PermissionKind]?: readonly string[];
  }
  & {
    /** Further variables, such as those that a library reads; `AWS_*` are all that begin so. */
    readonly env?: readonly string[];
    /** Flags for V8, which it takes only at the start: how it keeps its memory, say. */
    readonly v8?: readonly string[];
  };

/** A template with what its schema adds: the variables, and defaults as `{NAME=default}`. */
export type BakedPermissions = PermissionTemplate & {
  /** The variables the program may read; `ASYA_*` stands for all that begin so. */
  readonly env: readonly string[];
};

const placeholder = /\{([A-Z][A-Z0-9_]*)(?:=([^}]*))?\}/g;

const condition = /\{([?!])([A-Z][A-Z0-9_]*)\}/g;

/** In `net`: wherever the program wants to. */
const ANY = "*";

/** An IPv6 address from a setting of its own, which needs no brackets there, and a port. */
const bareIpv6 = /^([0-9a-f.]*:[0-9a-f.]*:[0-9a-f.:]*):(\d{1,5})$/i;

/** Where a URL without a port connects to, by scheme. */
const defaultPorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  amqp: 5672,
  amqps: 5671,
  postgres: 5432,
  postgresql: 5432,
};

/**
 * Adds to a template what the program's schema says, which makes it complete without the schema.
 *
 * @param template What the program needs.
 * @param settings The program's schema.
 * @returns A value to be kept as `permissions.json` beside the program's `main.ts`.
 * @throws TypeError When an entry names a variable that neither the schema has nor the template.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { address, bakePermissions } from "@asya/program";
 *
 * const settings = { addr: address({ env: "ASYA_METRICS_ADDR", default: ":8080", doc: "where" }) };
 * assert.deepEqual(bakePermissions({ net: ["{ASYA_METRICS_ADDR}"] }, settings), {
 *   env: ["ASYA_*"],
 *   net: ["{ASYA_METRICS_ADDR=:8080}"],
 * });
 * ```
 */
export function bakePermissions(
  template: PermissionTemplate,
  settings: Settings,
): BakedPermissions {
  const byName = new Map(Object.values(settings).map((setting) => [setting.env, setting]));
  const further = (template.env ?? []).map((entry) => entry.replace(condition, ""));
  const check = (entry: string, name: string) => {
    const isKnown = byName.has(name) || further.some((granted) => covers(granted, name));
    if (isKnown) return;
    const allowed = [...byName.keys(), ...further].join(", ");
    throw new TypeError(
      `the permission ${JSON.stringify(entry)} names ${name}; allowed: ${allowed}`,
    );
  };
  const bake = (entry: string) => {
    for (const [, , name = ""] of entry.matchAll(condition)) check(entry, name);
    return entry.replace(placeholder, (_, name: string) => {
      check(entry, name);
      const { defaultText } = byName.get(name) ?? {};
      return defaultText === undefined ? `{${name}}` : `{${name}=${defaultText}}`;
    });
  };
  const others = envNames(settings).filter((name) => !name.startsWith("ASYA_")).sort();
  const baked: Record<string, readonly string[]> = {
    env: ["ASYA_*", ...others, ...(template.env ?? []).map(bake)],
    ...(template.v8 && { v8: template.v8 }),
  };
  for (const kind of permissionKinds) {
    const entries = template[kind];
    if (entries !== undefined && entries.length > 0) baked[kind] = entries.map(bake);
  }
  return baked as BakedPermissions;
}

/**
 * Turns a baked template into Deno's flags for one environment. Everything that is not listed is
 * refused without asking, and variables that are not listed look as if they were not set.
 *
 * @param permissions A baked template, such as a program's `permissions.json`.
 * @param env The environment that the program will get.
 * @param cwd An absolute path that relative ones start from; without it, they are refused.
 * @returns The flags, in the order of {@linkcode permissionKinds}.
 * @throws TypeError When a path is relative without `cwd`, or holds a comma, which flags cannot.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { permissionFlags } from "@asya/program";
 *
 * const permissions = {
 *   env: ["ASYA_*"],
 *   net: ["{ASYA_METRICS_ADDR=:8080}", "{ASYA_GATEWAY_URL}", "unix:{ASYA_SOCKET_PATH}"],
 * };
 * assert.deepEqual(permissionFlags(permissions, { ASYA_SOCKET_PATH: "/run/app.sock" }), [
 *   "--no-prompt",
 *   "--ignore-env",
 *   "--allow-env=ASYA_*",
 *   "--allow-net=0.0.0.0:8080,unix:/run/app.sock",
 * ]);
 * ```
 */
export function permissionFlags(
  permissions: BakedPermissions,
  env: Environment,
  cwd?: string,
): string[] {
  const flags = ["--no-prompt", "--ignore-env"];
  if (permissions.v8) flags.push(`--v8-flags=${permissions.v8.join(",")}`);
  const variables = permissions.env.map((entry) => whenTrue(entry, env))
    .filter((entry) => entry !== undefined);
  if (variables.length > 0) flags.push(`--allow-env=${[...new Set(variables)].join(",")}`);
  for (const kind of permissionKinds) {
    const entries = new Set<string>();
    for (const entry of permissions[kind] ?? []) {
      const value = expand(kind, entry, env, cwd);
      if (value === undefined) continue;
      if (value.includes(",")) {
        throw new TypeError(
          `--allow-${kind} cannot hold ${JSON.stringify(hidePassword(value))}; allowed: no comma`,
        );
      }
      entries.add(value);
    }
    if (entries.has(ANY)) flags.push(`--allow-${kind}`);
    else if (entries.size > 0) flags.push(`--allow-${kind}=${[...entries].join(",")}`);
  }
  return flags;
}

/** An entry without its conditions; nothing where one of them does not hold. */
function whenTrue(entry: string, env: Environment): string | undefined {
  for (const [, sign, name = ""] of entry.matchAll(condition)) {
    const isSet = (env[name]?.trim() ?? "") !== "";
    if (isSet !== (sign === "?")) return undefined;
  }
  return entry.replace(condition, "");
}

/** Whether a grant of variables, which may be all that begin so, has one of them. */
function covers(granted: string, name: string): boolean {
  return granted.endsWith("*") ? name.startsWith(granted.slice(0, -1)) : granted === name;
}

function expand(
  kind: PermissionKind,
  conditional: string,
  env: Environment,
  cwd: string | undefined,
): string | undefined {
  const entry = whenTrue(conditional, env);
  if (entry === undefined) return undefined;
  const isPath = kind === "read" || kind === "write" || entry.startsWith("unix:");
  let missing = false;
  const filled = entry.replace(placeholder, (_, name: string, byDefault: string | undefined) => {
    const written = env[name]?.trim() || byDefault || "";
    const value = isPath ? pathOf(written) : written;
    if (value === undefined || value === "") missing = true;
    return value ?? "";
  });
  if (missing) return undefined;
  if (kind === "net" && entry === ANY) return ANY;
  if (entry.startsWith("unix:")) return `unix:${absolute(filled.slice("unix:".length), cwd)}`;
  if (isPath) return absolute(filled, cwd);
  return kind === "net" ? hostOf(filled) : filled;
}

/** The path that a setting means: as written, or the path of a `sqlite:` or `file:` URL. */
function pathOf(value: string): string | undefined {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(value)?.[1]?.toLowerCase();
  if (scheme === undefined) return value;
  if (scheme === "sqlite") return value.slice("sqlite:".length).replace(/^\/\/(?=\/)/, "");
  if (scheme === "file") return decodeURIComponent(new URL(value).pathname);
  return undefined;
}

/** The host and port that a setting means; nothing for a URL without a host. */
function hostOf(value: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) {
    const address = parseAddress(value.replace(bareIpv6, "[$1]:$2"));
    return address === undefined ? withoutPort(value) : formatAddress(address);
  }
  const parsed = URL.parse(value);
  if (parsed === null || parsed.hostname === "") return undefined;
  const port = parsed.port || defaultPorts[parsed.protocol.slice(0, -1)];
  return port === undefined ? parsed.hostname : `${parsed.hostname}:${port}`;
}

/** A bare host name is every port of it; anything else, such as `memory:`, is no host. */
function withoutPort(value: string): string | undefined {
  return /^[A-Za-z0-9.-]+$/.test(value) ? value : undefined;
}

function absolute(path: string, cwd: string | undefined): string {
  if (path.startsWith("/")) return path;
  if (cwd === undefined) {
    // What was meant to be a URL may come here as a path.
    const shown = JSON.stringify(hidePassword(path));
    throw new TypeError(`the path is ${shown}; allowed: an absolute path`);
  }
  return `${cwd.replace(/\/$/, "")}/${path.replace(/^\.\//, "")}`;
}

import {
  type BakedPermissions,
  parseSettings,
  permissionFlags,
  type Settings,
} from "@asya/program";
import { checkConfig as checkGateway, settings as gateway } from "../../../gateway/config.ts";
import { checkConfig as checkOperator, settings as operator } from "../../../operator/config.ts";
import { pathOf } from "../../kit/mod.ts";
import { containersOf, type Manifest, type ManifestContainer, type PlacedPod } from "./manifest.ts";

/** What is in Secrets: by their names, and by key. */
export type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A program as a chart runs it: its settings, and what is wrong with several of them together. */
interface Program {
  readonly settings: Settings;
  check(env: Readonly<Record<string, string>>): readonly string[];
}

const programs: Readonly<Record<string, Program>> = {
  gateway: { settings: gateway, check: (env) => problemsOf(gateway, env, checkGateway) },
  operator: { settings: operator, check: (env) => problemsOf(operator, env, checkOperator) },
};

/** What Deno reads by itself, and what it is made of. */
const OF_DENO = /^(OTEL|K8S)_/;

/** Secrets that the test values name, and charts do not make. */
const EXISTING: Secrets = {
  "asya-database": { url: "postgres://ada:secret@db.example:6432/asya" },
  "asya-database-owner": { url: "postgres://owner:secret@db.example:6432/asya" },
  "asya-internal-token": { token: "two", before: "three" },
  "asya-otlp": { headers: "authorization=Bearer%20abc" },
  "asya-rabbitmq": { password: "rabbit" },
  "papers-s3": { "access-key": "one", "secret-key": "four" },
  "papers-database": { url: "postgres://ada:secret@asya-gateway-postgresql:5432/papers" },
};

/** What the kubelet adds to every container, and puts in the place of `$(…)` in its command. */
const FROM_KUBERNETES: Readonly<Record<string, string>> = {
  HOSTNAME: "pod-0",
  KUBERNETES_SERVICE_HOST: "10.96.0.1",
  KUBERNETES_SERVICE_PORT: "443",
};

/** Permissions of the queues in a file, which no chart has. */
const NO_SQLITE = "/no-queues.db";

/**
 * Finds what is wrong with a pod's programs of ours, by what the programs themselves say: variables
 * that they do not know or take, and permissions other than exactly what those values need.
 *
 * @param placed the pod
 * @param secrets of its release
 */
export async function findProgramProblems(
  { of, pod }: PlacedPod,
  secrets: Secrets,
): Promise<string[]> {
  const problems = await Promise.all(
    containersOf(pod).map(async (container) => {
      const name = programOf(container);
      const program = programs[name ?? ""];
      if (name === undefined || program === undefined) return [];
      const env = environmentOf(container, secrets);
      return [
        ...findUnknown(program.settings, container),
        ...container.args?.includes("migrate") ? [] : program.check(env),
        ...await findFlagProblems(name, container, env),
      ];
    }),
  );
  return problems.flat().map((problem) => `${of}: ${problem}`);
}

/** Which program of ours a container runs. */
function programOf({ command = [] }: ManifestContainer): string | undefined {
  return /\/opt\/asya\/([a-z]+)\/main\.js/.exec(command.join(" "))?.[1];
}

/**
 * The Secrets of a release, read as the kubelet does.
 *
 * @param manifests all of the release
 */
export function secretsOf(manifests: readonly Manifest[]): Secrets {
  return Object.fromEntries(
    manifests.filter(({ kind }) => kind === "Secret").map(({ metadata, data = {} }) => [
      metadata.name,
      Object.fromEntries(Object.entries(data).map(([key, value]) => [key, atob(value)])),
    ]),
  );
}

/**
 * The environment of a container.
 *
 * @param container which one
 * @param secrets of its release
 * @throws Error for an entry of a Secret that there is not
 */
export function environmentOf(
  { env = [] }: Pick<ManifestContainer, "env">,
  secrets: Secrets,
): Record<string, string> {
  const own = env.map(({ name, value, valueFrom }) => {
    const { name: secret = "", key = "" } = valueFrom?.secretKeyRef ?? {};
    const text = value ?? valueFrom?.fieldRef?.fieldPath ??
      (secrets[secret] ?? EXISTING[secret])?.[key];
    if (text === undefined) throw new Error(`${name} is ${key} of ${secret}, which is not there`);
    return [name, text];
  });
  return { ...FROM_KUBERNETES, ...Object.fromEntries(own) };
}

function problemsOf<S extends Settings>(
  settings: S,
  env: Readonly<Record<string, string>>,
  check: (
    config: Extract<ReturnType<typeof parseSettings<S>>, { ok: true }>["config"],
  ) => readonly string[],
): readonly string[] {
  const parsed = parseSettings(settings, env);
  return parsed.ok ? check(parsed.config) : parsed.problems;
}

function findUnknown(settings: Settings, { env = [] }: ManifestContainer): string[] {
  const known = new Set(Object.values(settings).map((setting) => setting.env));
  return env.filter(({ name }) => !known.has(name) && !OF_DENO.test(name))
    .map(({ name }) => `${name} is no setting`);
}

async function findFlagProblems(
  program: string,
  { command = [], args = [] }: ManifestContainer,
  env: Readonly<Record<string, string>>,
): Promise<string[]> {
  const permissions: BakedPermissions = JSON.parse(
    await Deno.readTextFile(pathOf(`${program}/permissions.json`)),
  );
  const needed = entriesOf(permissionFlags(permissions, { ...env, ASYA_SQLITE_PATH: NO_SQLITE }));
  const expanded = command.map((part) =>
    part.replace(/\$\(([A-Z_]+)\)/g, (whole, name: string) => env[name] ?? whole)
  );
  const given = entriesOf(expanded.slice(2, expanded.indexOf(`/opt/asya/${program}/main.js`)));
  // A migration talks to the database alone.
  const isPart = args.includes("migrate");
  return [
    ...given.filter((entry) => !needed.includes(entry) && !EXTRA.includes(entry))
      .map((entry) => `${entry} is given, and not needed`),
    ...isPart ? [] : needed.filter((entry) => !given.includes(entry))
      .map((entry) => `${entry} is needed, and not given`),
  ];
}

/** What the test values ask for on top of what the programs need. */
const EXTRA = ["--allow-net=extra.example:4319", "--allow-read=/etc/extra"];

/**
 * Flags with one entry each, so that they can be compared; the queues in a file are left out.
 *
 * @param flags of Deno
 */
export function entriesOf(flags: readonly string[]): string[] {
  return flags.flatMap((flag) => {
    const [, kind, list] = /^(--allow-[a-z]+)=(.*)$/.exec(flag) ?? [];
    if (kind === undefined || list === undefined) return [flag];
    return list.split(",").map((entry) => `${kind}=${entry}`);
  }).filter((entry) => !entry.includes(NO_SQLITE));
}

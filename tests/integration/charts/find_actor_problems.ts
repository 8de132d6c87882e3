import { type BakedPermissions, parseSettings, permissionFlags } from "@asya/program";
import {
  findProblems as findSettingProblems,
  settings as actorSettings,
} from "../../../actors/config.ts";
import { createActorJudge } from "../../kit/judge_actor.ts";
import type { AsyncActor } from "../../../operator/actor/async_actor.ts";
import { parseActor } from "../../../operator/actor/parse_actor.ts";
import { desired } from "../../../operator/desired/desired.ts";
import { settings as runtimeSettings } from "../../../runtime/config.ts";
import { checkConfig, settings as sidecarSettings } from "../../../sidecar/config.ts";
import { pathOf } from "../../kit/mod.ts";
import { findPodProblems } from "./find_problems.ts";
import { entriesOf, environmentOf, type Secrets } from "./find_program_problems.ts";
import { type Manifest, nameOf, podsOf } from "./manifest.ts";

/** Where EKS mounts who a pod is; it sets these variables in the pods of a role. */
const FROM_EKS = {
  AWS_WEB_IDENTITY_TOKEN_FILE: "/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:
    "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token",
};

async function permissionsOf(program: string): Promise<BakedPermissions> {
  return JSON.parse(await Deno.readTextFile(pathOf(`${program}/permissions.json`)));
}

/**
 * Finds what is wrong with a terminal actor of the chart: by its definition, by the operator, and by
 * the programs in the pod that the operator makes of it.
 *
 * @param manifest the actor
 * @param secrets of its release
 */
export async function findActorProblems(manifest: Manifest, secrets: Secrets): Promise<string[]> {
  const { object, warnings, refusals } = createActorJudge()(manifest);
  const known = { uid: "u1", resourceVersion: "1", generation: 1 };
  const parsed = parseActor({ ...object, metadata: { ...object.metadata, ...known } });
  if (!parsed.ok) return [...warnings, ...refusals, ...parsed.problems];
  const { objects, notes } = desired(parsed.actor, {
    sidecarImage: "asya-sidecar",
    sidecarRun: "flags",
    permissions: {
      sidecar: await permissionsOf("sidecar"),
      runtime: await permissionsOf("runtime"),
    },
    runtimeImage: "asya-runtime",
    runtimeFiles: {},
    runtimeHash: "0123456789ab",
    telemetry: { isOn: false },
    collectorImage: "otel/opentelemetry-collector-contrib",
    collectorFiles: {},
    gatewayUrl: "http://asya-gateway:8080",
    internalToken: "two",
    hasKeda: true,
  });
  const pods = podsOf(objects as unknown as Manifest[]);
  const own = {
    [`${manifest.metadata.name}-asya`]: { password: "guest", "internal-token": "two" },
  };
  const found = [
    ...warnings,
    ...refusals,
    ...notes.map(({ message }) => message),
    ...pods.length === 1 ? [] : [`it makes ${pods.length} pods`],
    ...pods.flatMap(findPodProblems),
    ...pods.flatMap(({ pod }) =>
      pod.containers.flatMap((container) => {
        const env = environmentOf(container, { ...own, ...secrets });
        return container.name === "sidecar" ? findSidecarProblems(env) : findHandlerProblems(env);
      })
    ),
    ...await findPermissionProblems(parsed.actor, secrets),
  ];
  return found.map((problem) => `${nameOf(manifest)}: ${problem}`);
}

/** Of the variables that are ours. */
function findUnknown(env: Readonly<Record<string, string>>, known: readonly string[]): string[] {
  return Object.keys(env).filter((name) => name.startsWith("ASYA_") && !known.includes(name))
    .map((name) => `${name} is no setting`);
}

function findSidecarProblems(env: Readonly<Record<string, string>>): readonly string[] {
  const parsed = parseSettings(sidecarSettings, env);
  const known = Object.values(sidecarSettings).map((setting) => setting.env);
  return [
    ...findUnknown(env, known),
    ...parsed.ok ? checkConfig(parsed.config) : parsed.problems,
  ];
}

function findHandlerProblems(env: Readonly<Record<string, string>>): readonly string[] {
  const parsed = parseSettings(runtimeSettings, env);
  const known = [...Object.values(runtimeSettings), ...Object.values(actorSettings)]
    .map((setting) => setting.env);
  return [
    ...findUnknown(env, known),
    ...parsed.ok ? [] : parsed.problems,
    ...findSettingProblems(env),
  ];
}

/** The handler may do exactly what our actors need with these settings. */
async function findPermissionProblems(
  { spec }: AsyncActor,
  secrets: Secrets,
): Promise<string[]> {
  const env = environmentOf(spec.workload.template.spec.containers[0] as Container, secrets);
  const flags = permissionFlags(await permissionsOf("actors"), { ...env, ...FROM_EKS });
  const needed = entriesOf(flags.filter((flag) => flag.startsWith("--allow-")));
  const given = Object.entries(spec.permissions ?? {}).flatMap(([kind, entries]) =>
    entries.map((entry) => `--allow-${kind}=${entry}`)
  );
  return [
    ...given.filter((entry) => !needed.includes(entry))
      .map((entry) => `${entry} is given, and not needed`),
    ...needed.filter((entry) => !given.includes(entry))
      .map((entry) => `${entry} is needed, and not given`),
  ];
}

/** A container as {@linkcode environmentOf} reads it. */
type Container = Parameters<typeof environmentOf>[0];

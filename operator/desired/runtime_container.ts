import type { AsyncActor, Container, EnvVar, VolumeMount } from "../actor/async_actor.ts";
import type { Platform } from "./platform.ts";
import { mergeEnv } from "./environment.ts";
import { handlerFlags } from "./handler_flags.ts";
import { isFetched } from "./is_fetched.ts";
import { mergeMounts } from "./pod_volumes.ts";
import { denoCommand } from "./program_flags.ts";
import { pairEnv, plain } from "./sidecar_env.ts";
import type { Telemetry } from "./telemetry.ts";
import { telemetryEnv } from "./telemetry_env.ts";

/** Names the container that serves the socket, where it is not the first that could. */
export const RUNTIME_CONTAINER = "asya.io/runtime-container";

/** Where a pod has what comes from us. */
export const OUR_FOLDER = "/opt/asya";

/** The setting that names the handler. */
const HANDLER = "ASYA_HANDLER";

/** The container that serves the socket, and how the runtime comes into it. */
export interface RuntimePlace {
  readonly container: Container;
  /** `none`: the container serves by itself. */
  readonly injection: "configmap" | "binary" | "none";
  /** Whether it would have come as files, and the operator has none. */
  readonly isMissing: boolean;
}

/**
 * Finds the container that serves the socket: the annotated one, or the first that has a handler and
 * no command, or the first. The runtime comes only into one with a handler and without a command.
 *
 * @param actor whose pod
 * @param platform whether there are files to mount
 * @returns nothing where the annotation names no container
 */
export function runtimePlace(
  { spec }: AsyncActor,
  platform: Platform,
): RuntimePlace | undefined {
  const { template } = spec.workload;
  const { containers } = template.spec;
  const annotated = template.metadata?.annotations?.[RUNTIME_CONTAINER];
  const isOpen = ({ command = [], env = [] }: Container) =>
    command.length === 0 &&
    (spec.handler !== undefined || env.some(({ name }) => name === HANDLER));
  const container = annotated === undefined
    ? containers.find(isOpen) ?? containers[0]
    : containers.find(({ name }) => name === annotated);
  if (!container) return undefined;
  const wanted = isOpen(container) ? spec.runtime.inject : "none";
  const isMissing = wanted === "configmap" && platform.runtimeHash === "";
  return { container, injection: isMissing ? "none" : wanted, isMissing };
}

/**
 * The container that serves the socket, with its settings, its mounts and, where the runtime is put
 * into it, its command. The user's arguments stay behind that: they are the handler's permissions.
 *
 * @param actor whose it is
 * @param place the container as the user has it
 * @param platform the runtime's permissions
 * @param mounts the socket's folder, and what else it gets
 * @param telemetry where it sends what it tells, if anywhere
 */
export function runtimeContainer(
  actor: AsyncActor,
  { container, injection }: RuntimePlace,
  platform: Platform,
  mounts: readonly VolumeMount[],
  telemetry?: Telemetry,
): Container {
  const { spec } = actor;
  const ours: EnvVar[] = [
    ...(spec.handler === undefined ? [] : [plain(HANDLER, spec.handler)]),
    ...pairEnv(spec),
    ...(needsCache(injection, handlerName(container) ?? spec.handler)
      ? [plain("DENO_DIR", "/tmp/deno")]
      : []),
    ...telemetryEnv(actor, { service: "asya-runtime", container: container.name }, telemetry),
  ];
  const env = mergeEnv(ours, container.env);
  const deno = injection === "binary" ? `${OUR_FOLDER}/bin/deno` : "deno";
  const main = `${OUR_FOLDER}/runtime/main.js`;
  const command = [
    ...denoCommand(main, platform.permissions.runtime, env, deno),
    ...handlerFlags(spec.permissions),
  ];
  return {
    ...container,
    ...(injection !== "none" && { command }),
    env,
    volumeMounts: mergeMounts(container, mounts),
  };
}

/** The handler that a container names itself, where its value stands in the template. */
function handlerName({ env = [] }: Container): string | undefined {
  return env.find(({ name }) => name === HANDLER)?.value;
}

/**
 * Whether Deno needs a place to keep what it fetches. An image with Deno has one, filled perhaps,
 * which serves a handler that is a file in it; what is fetched has to be written somewhere, whoever
 * the container runs as.
 */
function needsCache(injection: RuntimePlace["injection"], handler: string | undefined): boolean {
  if (injection === "none") return false;
  return injection === "binary" || isFetched(handler);
}

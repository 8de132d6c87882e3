import { formatDuration, permissionFlags } from "@asya/program";
import { TERMINAL_QUEUES } from "@asya/protocol";
import {
  HANDLER_PERMISSIONS,
  type HandlerPermissions,
  type MeshActor,
} from "../file/mesh_actor.ts";
import { joinEnv, type JoinStore } from "./plan_join.ts";
import { planProcess, type ProcessPlace, type ProcessPlan } from "./plan_process.ts";
import type { ResultsPlan } from "./plan_results.ts";
import { moduleOf } from "./toolkit.ts";

/** Folders of installed packages, by the packages' names. */
export type NpmFolders = Readonly<Record<string, string>>;

/** What actors need to know of the machine. */
export interface ActorPlace extends ProcessPlace {
  /** The folder of the mesh's file; relative paths in it start here. */
  readonly folder: string;
  /** The folder for sockets; its path is short. */
  readonly socketFolder: string;
  /** Where npm packages are, for each actor whose permissions name one as `npm:NAME`. */
  readonly npmFolders: Readonly<Record<string, NpmFolders>>;
}

/** An actor as it is started: a runtime with a handler, and a sidecar. */
export interface ActorPair {
  /** The actor's name, which is its queue's. */
  readonly actor: string;
  /** That name with the number of the replica, where there are several. */
  readonly name: string;
  readonly handler: string;
  /** The folder the handler is found from. */
  readonly cwd: string;
  readonly handlerFlags: readonly string[];
  readonly handlerEnv: Readonly<Record<string, string>>;
  readonly concurrency: number;
  readonly prefetch: number;
  readonly timeoutMs: number;
  readonly isTerminal: boolean;
  /** The actors that its messages may go on to; not there: any. */
  readonly allowedSteps?: readonly string[] | undefined;
  /** Metrics of its own that its handler reports. */
  readonly metrics?: MeshActor["metrics"];
}

/** A handler that comes with the toolkit: its module, and what is called in it. */
interface BuiltIn {
  readonly module: string;
  readonly method: string;
}

const HAPPY_END: BuiltIn = { module: "happy_end", method: "HappyEnd.handle" };
const ERROR_END: BuiltIn = { module: "error_end", method: "ErrorEnd.handle" };
const JOIN: BuiltIn = { module: "join", method: "Join.handle" };

/** Messages of a terminal actor at a time: they mostly wait for the disk and the gateway. */
const TERMINAL_CONCURRENCY = 16;

/**
 * An actor's replicas.
 *
 * @param actor what the mesh's file says
 * @param place the machine
 * @param joins where joins keep the branches that wait
 */
export function pairsOf(actor: MeshActor, place: ActorPlace, joins: JoinStore): ActorPair[] {
  const { name, handler, concurrency, prefetch, timeoutMs, allowedSteps, metrics } = actor;
  const join = { ...joinEnv(actor, joins), ...actor.env };
  const hosted = handler === undefined
    ? {
      ...builtIn(place, JOIN),
      handlerEnv: join,
      handlerFlags: builtInFlags(place, join),
    }
    : {
      handler,
      cwd: place.folder,
      handlerEnv: actor.env,
      handlerFlags: handlerFlags(actor.permissions, place.npmFolders[name] ?? {}),
    };
  const settings = { concurrency, prefetch, timeoutMs, allowedSteps, metrics };
  const pair = { actor: name, ...hosted, ...settings, isTerminal: false };
  return replicaNames(actor).map((name) => ({ ...pair, name }));
}

/**
 * The actor's own name, or one with a number for each of several.
 *
 * @param actor what the mesh's file says
 */
export function replicaNames({ name, replicas }: MeshActor): string[] {
  if (replicas === 1) return [name];
  return Array.from({ length: replicas }, (_, index) => `${name}.${index + 1}`);
}

/**
 * happy-end and error-end.
 *
 * @param place the machine
 * @param results where they store
 * @param env where they report
 */
export function terminalPairs(
  place: ActorPlace,
  results: ResultsPlan,
  env: Readonly<Record<string, string>>,
): ActorPair[] {
  const handled = (handler: BuiltIn, store: Readonly<Record<string, string>>) => {
    const handlerEnv = { ...store, ...env };
    // What is granted may follow from what every process gets, such as a home.
    const handlerFlags = builtInFlags(place, { ...place.env, ...handlerEnv });
    return { ...builtIn(place, handler), handlerEnv, handlerFlags };
  };
  const pair = {
    concurrency: TERMINAL_CONCURRENCY,
    prefetch: TERMINAL_CONCURRENCY,
    timeoutMs: 300_000,
    isTerminal: true,
  };
  const { happyEnd, errorEnd } = TERMINAL_QUEUES;
  return [
    { ...pair, actor: happyEnd, name: happyEnd, ...handled(HAPPY_END, results.happyEnd) },
    { ...pair, actor: errorEnd, name: errorEnd, ...handled(ERROR_END, results.errorEnd) },
  ];
}

/**
 * The two processes of an actor's replica.
 *
 * @param pair the replica
 * @param place the machine
 * @param sidecarEnv where messages are, and the gateway
 * @param port for the sidecar's metrics and health
 */
export function planPair(
  pair: ActorPair,
  place: ActorPlace,
  sidecarEnv: Readonly<Record<string, string>>,
  port: number,
): ProcessPlan[] {
  const socket = `${place.socketFolder}/${pair.name}.sock`;
  const address = `127.0.0.1:${port}`;
  const shared: Record<string, string> = {
    ...(pair.isTerminal && { ASYA_IS_TERMINAL: "true" }),
    ASYA_SOCKET_PATH: socket,
    ASYA_RUNTIME_TIMEOUT: formatDuration(pair.timeoutMs),
  };
  const runtime = planProcess(place, {
    name: `${pair.name}.runtime`,
    unit: pair.actor,
    program: "runtime",
    cwd: pair.cwd,
    env: {
      ...pair.handlerEnv,
      ...shared,
      ASYA_HANDLER: pair.handler,
      ASYA_CONCURRENCY: String(pair.concurrency),
    },
    socket,
  }, pair.handlerFlags);
  const sidecar = planProcess(place, {
    name: `${pair.name}.sidecar`,
    unit: pair.actor,
    program: "sidecar",
    cwd: place.folder,
    env: {
      ...sidecarEnv,
      ...shared,
      ASYA_QUEUE_NAME: pair.actor,
      ASYA_ACTOR_NAME: pair.actor,
      ASYA_RABBITMQ_PREFETCH: String(pair.prefetch),
      ASYA_METRICS_ADDR: address,
      ...(pair.allowedSteps && { ASYA_ALLOWED_STEPS: pair.allowedSteps.join(",") }),
      ...(pair.metrics && { ASYA_CUSTOM_METRICS: JSON.stringify(pair.metrics) }),
    },
    readyUrl: `http://${address}/readyz`,
  });
  return [runtime, sidecar];
}

/** What an author's handler may do, as its actor says; `npm:NAME` is that package's folder. */
function handlerFlags(permissions: HandlerPermissions, folders: NpmFolders): string[] {
  return HANDLER_PERMISSIONS.flatMap((kind) => {
    const entries = permissions[kind]?.map((entry) =>
      entry.startsWith("npm:") ? folders[entry.slice("npm:".length)] ?? entry : entry
    ) ?? [];
    return entries.length > 0 ? [`--allow-${kind}=${entries.join(",")}`] : [];
  });
}

/** What an actor of ours may do, as its own list says. */
function builtInFlags(place: ProcessPlace, env: Readonly<Record<string, string>>): string[] {
  const flags = permissionFlags(place.permissions.actors, env);
  return flags.filter((flag) => flag.startsWith("--allow-"));
}

/** A file must lie in the folder where its runtime works; what comes from a registry needs none. */
function builtIn({ toolkit, folder }: ActorPlace, { module, method }: BuiltIn) {
  if ("folder" in toolkit) {
    return { handler: `./${module}.ts#${method}`, cwd: `${toolkit.folder}/actors` };
  }
  return { handler: `${moduleOf(toolkit, "actors", module)}#${method}`, cwd: folder };
}

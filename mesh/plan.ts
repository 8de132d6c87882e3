import { type BakedPermissions, formatDuration, permissionFlags } from "@asya/program";
import { TERMINAL_QUEUES } from "@asya/protocol";
import { HANDLER_PERMISSIONS, type HandlerPermissions, type MeshActor } from "./mesh_actor.ts";
import type { MeshFile } from "./mesh_file.ts";
import type { NpmFolders } from "./npm_folders.ts";

/** The programs a mesh is made of. */
export type Program = "gateway" | "sidecar" | "runtime";

/** One process of a mesh. */
export interface ProcessPlan {
  /** Its name, as in `ocr.sidecar` or, of several, `ocr.2.sidecar`. */
  readonly name: string;
  /** What it is started and stopped with: an actor, or the gateway. */
  readonly unit: string;
  /** Which program it is. */
  readonly program: Program;
  /** Arguments of `deno`: flags, the program, and what the program is given. */
  readonly args: readonly string[];
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder it runs in. */
  readonly cwd: string;
  /** Answers 200 when the process, and what it talks to, can work. */
  readonly readyUrl?: string;
  /** The socket it makes; its bookkeeping has the same name with something appended. */
  readonly socket?: string;
}

/** A whole mesh as processes. */
export interface MeshPlan {
  /** All of them; they can start at once. */
  readonly processes: readonly ProcessPlan[];
  /** Where the gateway answers. */
  readonly gatewayUrl: string;
  /** Files to write before anything starts, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Folders to make before that. */
  readonly folders: readonly string[];
  /** The one of them that has the sockets. */
  readonly socketFolder: string;
}

/** What a plan needs to know of the machine. */
export interface MeshPlace {
  /** The folder of this toolkit, where the programs are. */
  readonly toolkit: string;
  /** The folder of the mesh's file; relative paths in it start here. */
  readonly folder: string;
  /** The folder for sockets; its path is short. */
  readonly socketFolder: string;
  /** The gateway's port. */
  readonly gatewayPort: number;
  /** Free ports, one for each process that asks: see {@linkcode countPorts}. */
  readonly ports: readonly number[];
  /** Each program's `permissions.json`, and that of the actors which every mesh has. */
  readonly permissions: Readonly<Record<Program | "actors", BakedPermissions>>;
  /** Variables that every process gets: where Deno finds its cache, how it reaches a registry. */
  readonly env: Readonly<Record<string, string>>;
  /** Where npm packages are, for each actor whose permissions name one as `npm:NAME`. */
  readonly npmFolders: Readonly<Record<string, NpmFolders>>;
  /** The least that is logged. */
  readonly logLevel: string;
}

/** The handlers that come with the toolkit: specifiers from the folder of the actors. */
const HAPPY_END = "./happy_end.ts#HappyEnd.handle";
const ERROR_END = "./error_end.ts#ErrorEnd.handle";
const JOIN = "./join.ts#Join.handle";

/** Messages of a terminal actor at a time: they mostly wait for the disk and the gateway. */
const TERMINAL_CONCURRENCY = 16;

/** An actor as it is started: a runtime and a sidecar. */
interface Pair {
  readonly actor: string;
  /** Its name with the number of the replica, where there are several. */
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
}

/**
 * How many ports a mesh needs besides the gateway's: one for each sidecar's metrics and health.
 *
 * @param mesh the mesh's file
 */
export function countPorts(mesh: MeshFile): number {
  return mesh.actors.reduce((sum, actor) => sum + actor.replicas, 2);
}

/**
 * The names of a mesh's sockets, without folder and ending.
 *
 * @param mesh the mesh's file
 */
export function socketNames(mesh: MeshFile): string[] {
  const { happyEnd, errorEnd } = TERMINAL_QUEUES;
  return [...mesh.actors.flatMap(replicaNames), happyEnd, errorEnd];
}

/**
 * Turns a mesh into processes, each with its own flags and environment, as containers have them.
 *
 * @param mesh the mesh's file
 * @param place the machine
 */
export function planMesh(mesh: MeshFile, place: MeshPlace): MeshPlan {
  const state = `${place.folder}/.asya`;
  const toolsPath = `${state}/tools.yaml`;
  const gatewayUrl = `http://127.0.0.1:${place.gatewayPort}`;
  const results = absolute(mesh.results, place.folder);
  const transport = transportEnv(mesh.transportUrl, place.folder);
  const pairs = [
    ...mesh.actors.flatMap((actor) => pairsOf(actor, place, `${state}/joins`)),
    ...terminalPairs(place, { ASYA_GATEWAY_URL: gatewayUrl, ASYA_RESULTS_DIR: results }),
  ];
  const gateway = plan(place, {
    name: "gateway",
    unit: "gateway",
    program: "gateway",
    cwd: place.folder,
    env: {
      ...transport,
      ASYA_GATEWAY_HOST: "127.0.0.1",
      ASYA_GATEWAY_PORT: String(place.gatewayPort),
      ASYA_DATABASE_URL: absoluteUrl(mesh.storeUrl, place.folder),
      ASYA_CONFIG_PATH: toolsPath,
    },
    readyUrl: `${gatewayUrl}/readyz`,
  });
  const actors = pairs.flatMap((pair, index) =>
    planPair(pair, place, { ...transport, ASYA_GATEWAY_URL: gatewayUrl }, place.ports[index] ?? 0)
  );
  return {
    processes: [gateway, ...actors],
    gatewayUrl,
    files: { [toolsPath]: mesh.toolsText },
    folders: [state, `${state}/joins`, results, place.socketFolder],
    socketFolder: place.socketFolder,
  };
}

function pairsOf(actor: MeshActor, place: MeshPlace, joins: string): Pair[] {
  const { name, handler, concurrency, prefetch, timeoutMs } = actor;
  const join = { ASYA_INCLUDE_METADATA: "true", ASYA_JOIN_STATE_PATH: `${joins}/${name}.db` };
  const pair = {
    actor: name,
    concurrency,
    prefetch,
    timeoutMs,
    isTerminal: false,
    ...(handler === undefined
      ? {
        handler: JOIN,
        cwd: `${place.toolkit}/actors`,
        handlerEnv: { ...join, ...actor.env },
        handlerFlags: builtInFlags(place, join),
      }
      : {
        handler,
        cwd: place.folder,
        handlerEnv: actor.env,
        handlerFlags: handlerFlags(actor.permissions, place.npmFolders[name] ?? {}),
      }),
  };
  return replicaNames(actor).map((name) => ({ ...pair, name }));
}

/** The actor's own name, or one with a number for each of several. */
function replicaNames({ name, replicas }: MeshActor): string[] {
  if (replicas === 1) return [name];
  return Array.from({ length: replicas }, (_, index) => `${name}.${index + 1}`);
}

function terminalPairs(place: MeshPlace, env: Readonly<Record<string, string>>): Pair[] {
  const { happyEnd, errorEnd } = TERMINAL_QUEUES;
  return [[happyEnd, HAPPY_END] as const, [errorEnd, ERROR_END] as const].map((
    [actor, handler],
  ) => ({
    actor,
    name: actor,
    handler,
    cwd: `${place.toolkit}/actors`,
    handlerFlags: builtInFlags(place, env),
    handlerEnv: env,
    concurrency: TERMINAL_CONCURRENCY,
    prefetch: TERMINAL_CONCURRENCY,
    timeoutMs: 300_000,
    isTerminal: true,
  }));
}

function planPair(
  pair: Pair,
  place: MeshPlace,
  mesh: Readonly<Record<string, string>>,
  port: number,
): ProcessPlan[] {
  const socket = `${place.socketFolder}/${pair.name}.sock`;
  const timeout = formatDuration(pair.timeoutMs);
  const terminal: Record<string, string> = pair.isTerminal ? { ASYA_IS_TERMINAL: "true" } : {};
  const runtime = plan(place, {
    name: `${pair.name}.runtime`,
    unit: pair.actor,
    program: "runtime",
    cwd: pair.cwd,
    env: {
      ...pair.handlerEnv,
      ...terminal,
      ASYA_HANDLER: pair.handler,
      ASYA_SOCKET_PATH: socket,
      ASYA_CONCURRENCY: String(pair.concurrency),
      ASYA_RUNTIME_TIMEOUT: timeout,
    },
    socket,
  }, pair.handlerFlags);
  const address = `127.0.0.1:${port}`;
  const sidecar = plan(place, {
    name: `${pair.name}.sidecar`,
    unit: pair.actor,
    program: "sidecar",
    cwd: place.folder,
    env: {
      ...mesh,
      ...terminal,
      ASYA_QUEUE_NAME: pair.actor,
      ASYA_ACTOR_NAME: pair.actor,
      ASYA_SOCKET_PATH: socket,
      ASYA_RABBITMQ_PREFETCH: String(pair.prefetch),
      ASYA_RUNTIME_TIMEOUT: timeout,
      ASYA_METRICS_ADDR: address,
    },
    readyUrl: `http://${address}/readyz`,
  });
  return [runtime, sidecar];
}

function plan(
  place: MeshPlace,
  process: Omit<ProcessPlan, "args">,
  programArguments: readonly string[] = [],
): ProcessPlan {
  const { program } = process;
  const env = {
    ...place.env,
    ASYA_LOG_FORMAT: "json",
    ASYA_LOG_LEVEL: place.logLevel,
    ...process.env,
  };
  const flags = permissionFlags(place.permissions[program], env, process.cwd);
  const main = `${place.toolkit}/${program}/main.ts`;
  return { ...process, env, args: ["run", "--quiet", ...flags, main, ...programArguments] };
}

/** What an author's handler may do, as its actor says; `npm:NAME` is that package's folder. */
function handlerFlags(permissions: HandlerPermissions, folders: NpmFolders): string[] {
  return HANDLER_PERMISSIONS.flatMap((kind) => {
    const entries = permissions[kind]?.map((entry) => {
      const folder = folders[entry.replace(/^npm:/, "")];
      return entry.startsWith("npm:") && folder !== undefined ? folder : entry;
    }) ?? [];
    return entries.length > 0 ? [`--allow-${kind}=${entries.join(",")}`] : [];
  });
}

/** What an actor of ours may do, as its own list says. */
function builtInFlags(place: MeshPlace, env: Readonly<Record<string, string>>): string[] {
  return permissionFlags(place.permissions.actors, env).filter((flag) =>
    flag.startsWith("--allow-")
  );
}

function transportEnv(url: string, folder: string): Record<string, string> {
  return url.startsWith("sqlite:")
    ? { ASYA_TRANSPORT: "sqlite", ASYA_SQLITE_PATH: absolute(pathOf(url), folder) }
    : { ASYA_TRANSPORT: "rabbitmq", ASYA_RABBITMQ_URL: url };
}

/** A URL of a file with its path from the root; any other URL as it is. */
function absoluteUrl(url: string, folder: string): string {
  return url.startsWith("sqlite:") ? `sqlite:${absolute(pathOf(url), folder)}` : url;
}

function pathOf(url: string): string {
  return url.slice("sqlite:".length).replace(/^\/\/(?=\/)/, "");
}

function absolute(path: string, folder: string): string {
  return path.startsWith("/") ? path : `${folder}/${path.replace(/^\.\//, "")}`;
}

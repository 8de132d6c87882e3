import { TERMINAL_QUEUES } from "@asya/protocol";
import { absoluteUrl, transportEnv } from "./file_url.ts";
import type { MeshFile } from "../file/mesh_file.ts";
import type { AccessPlan } from "./plan_access.ts";
import { type ActorPlace, pairsOf, planPair, replicaNames, terminalPairs } from "./plan_actor.ts";
import { planProcess, type ProcessPlan } from "./plan_process.ts";
import { planResults } from "./plan_results.ts";

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
  /** The one of them that has the sockets: best for this user alone. */
  readonly socketFolder: string;
}

/** What a plan needs to know of the machine. */
export interface MeshPlace extends ActorPlace {
  /** The gateway's port. */
  readonly gatewayPort: number;
  /** Where the gateway is, when it is none of this plan. */
  readonly gatewayUrl?: string;
  /** How a broker is reached, where messages are kept in one: further variables for its clients. */
  readonly brokerEnv?: Readonly<Record<string, string>>;
  /** Who may call the gateway, and by what it knows the actors; not set: everybody may. */
  readonly access?: AccessPlan;
  /** How a bucket is reached, where outcomes go to one. */
  readonly bucketEnv?: Readonly<Record<string, string>>;
  /** Free ports, one for each process that asks: see {@linkcode countPorts}. */
  readonly ports: readonly number[];
}

/**
 * How many ports a mesh needs besides the gateway's: one for each sidecar's metrics and health.
 *
 * @param mesh the mesh's file
 */
export function countPorts(mesh: MeshFile): number {
  return socketNames(mesh).length;
}

/**
 * The names of a mesh's sockets, without folder and ending: one for each pair of sidecar and
 * runtime.
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
  const { folder, socketFolder, gatewayPort, ports } = place;
  const state = `${folder}/.asya`;
  const joins = `${state}/joins`;
  const joinStore = { url: mesh.storeUrl, folder, joins };
  const toolsPath = `${state}/tools.yaml`;
  const results = planResults(mesh.results, folder, place.bucketEnv ?? {});
  const gatewayUrl = place.gatewayUrl ?? `http://127.0.0.1:${gatewayPort}`;
  const transport = { ...transportEnv(mesh.transportUrl, folder), ...place.brokerEnv };
  const gateway = planProcess(place, {
    name: "gateway",
    unit: "gateway",
    program: "gateway",
    cwd: folder,
    env: {
      ...transport,
      ASYA_GATEWAY_HOST: "127.0.0.1",
      ASYA_GATEWAY_PORT: String(gatewayPort),
      ASYA_DATABASE_URL: absoluteUrl(mesh.storeUrl, folder),
      ASYA_CONFIG_PATH: toolsPath,
      ...place.access?.gateway,
    },
    readyUrl: `${gatewayUrl}/readyz`,
  });
  const pairs = [
    ...mesh.actors.flatMap((actor) =>
      pairsOf({ allowedSteps: mesh.allowedSteps, ...actor }, place, joinStore)
    ),
    ...terminalPairs(place, results, {
      ASYA_GATEWAY_URL: gatewayUrl,
      ...place.access?.reporters,
    }),
  ];
  const { maxHops } = mesh;
  const sidecarEnv = {
    ...transport,
    ASYA_GATEWAY_URL: gatewayUrl,
    ...place.access?.reporters,
    ...(maxHops !== undefined && { ASYA_MAX_HOPS: String(maxHops) }),
  };
  const actors = pairs.flatMap((pair, index) =>
    planPair(pair, place, sidecarEnv, ports[index] ?? 0)
  );
  return {
    processes: [gateway, ...actors],
    gatewayUrl,
    files: { [toolsPath]: mesh.toolsText },
    folders: [state, joins, ...results.folder ? [results.folder] : [], socketFolder],
    socketFolder,
  };
}

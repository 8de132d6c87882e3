import { hidePassword, type LogLevel, nearestName } from "@asya/program";
import { checkBucket } from "./check_bucket.ts";
import { fetchPrograms } from "./fetch_programs.ts";
import { findFreePorts } from "./free_ports.ts";
import { isUrl } from "../file/bucket_url.ts";
import type { MeshFile } from "../file/mesh_file.ts";
import { keepPorts } from "../plan/compare_plans.ts";
import { type AccessPlan, planAccess, wantsCallers } from "../plan/plan_access.ts";
import { countPorts, type MeshPlan, planMesh, socketNames } from "../plan/plan.ts";
import { bucketEnv, findUnlisted, placeNotices } from "../plan/plan_results.ts";
import { planTracing } from "../plan/plan_tracing.ts";
import { claimFreePort, claimPort, type PortClaim } from "./port_claim.ts";
import { readInternalToken } from "./internal_token.ts";
import { readGatewayNote } from "./gateway_note.ts";
import type { NpmFolders } from "../plan/plan_actor.ts";
import { findNpmFolders } from "./npm_folders.ts";
import { fitsSockets } from "../plan/socket_folder.ts";
import { type Broker, readMesh } from "./read_mesh.ts";
import { readToolkit } from "./read_toolkit.ts";

/** A mesh that can be started, or why it cannot. */
export type Prepared =
  | {
    readonly ok: true;
    readonly mesh: MeshFile;
    readonly plan: MeshPlan;
    /** The folder of its file. */
    readonly folder: string;
    /** The folder with its queues, jobs and results. */
    readonly state: string;
    /** The gateway's port, or what is wrong with it; nothing where the gateway is elsewhere. */
    readonly port: PortClaim | { readonly problem: string } | undefined;
    /** The broker that has the queues, where one has. */
    readonly broker: Broker | undefined;
    /** What its user may want to know, one sentence each. */
    readonly notices: readonly string[];
  }
  | { readonly ok: false; readonly problem: string };

/** What a user may say about a start beside the file. */
export interface PrepareOptions {
  readonly file: string;
  /** Names of the parts to start; empty for all. */
  readonly only?: readonly string[];
  /** Where messages are kept, instead of where the file says. */
  readonly transportUrl?: string;
  readonly logLevel: LogLevel;
  /** The same mesh as it runs already: it keeps its ports, its sockets and its gateway. */
  readonly running?: Extract<Prepared, { ok: true }>;
  /** Where sockets would be, for a plan that is only looked at: then no port is claimed. */
  readonly socketsIn?: string;
}

/** The gateway's port where nobody asks for another, and it is free. */
const DEFAULT_GATEWAY_PORT = 8080;

/**
 * Reads a mesh's file and plans its processes for this machine.
 *
 * @param options which file, and what is to be different from it
 */
export async function prepareMesh(options: PrepareOptions): Promise<Prepared> {
  const { file, only = [], transportUrl, logLevel, running } = options;
  const read = await readMesh(file, transportUrl);
  if (!read.ok) return read;
  const { mesh, broker } = read;
  const folder = (await Deno.realPath(file)).replace(/\/[^/]*$/, "");
  const { toolkit, permissions, env, version } = readToolkit();
  const isToStart = options.socketsIn === undefined;
  const unfetched = isToStart && !running ? await fetchPrograms(toolkit, env) : undefined;
  if (unfetched !== undefined) return { ok: false, problem: unfetched };
  const caller = Deno.env.toObject();
  const bucket = bucketEnv(caller);
  const paths = "folder" in toolkit ? [folder, toolkit.folder] : [folder];
  const unlisted = paths.find((path) => path.includes(",")) ??
    (isUrl(mesh.results) ? findUnlisted(bucket) : undefined);
  if (unlisted !== undefined) {
    const shown = hidePassword(unlisted);
    return { ok: false, problem: `${shown} has a comma, which no list of permissions can hold` };
  }
  const port = running
    ? running.port
    : isToStart
    ? await claimGatewayPort(mesh, file, only)
    : unclaimed(mesh.gatewayPort ?? DEFAULT_GATEWAY_PORT);
  const state = `${folder}/.asya`;
  const gatewayUrl = port === undefined
    ? Deno.env.get("ASYA_GATEWAY_URL") || await readGatewayNote(state)
    : undefined;
  const plan = planMesh(mesh, {
    toolkit,
    ...(gatewayUrl !== undefined && { gatewayUrl }),
    folder,
    socketFolder: options.socketsIn ?? running?.plan.socketFolder ??
      chooseSocketFolder(mesh, folder),
    gatewayPort: port !== undefined && "port" in port
      ? port.port
      : mesh.gatewayPort ?? DEFAULT_GATEWAY_PORT,
    ports: keepPorts(
      socketNames(mesh),
      running?.plan ?? { processes: [] },
      findFreePorts(countPorts(mesh)),
    ),
    permissions,
    env: { ...env, ...planTracing(caller, { name: mesh.name, version }) },
    access: await accessOf(state, isToStart),
    ...(broker && { brokerEnv: broker.env }),
    bucketEnv: bucket,
    npmFolders: await npmFoldersOf(mesh, folder),
    logLevel,
  });
  const notices = [...broker?.notices ?? [], ...placeNotices(caller, mesh.results)];
  const picked = pick(plan, only, { mesh, folder, state, port, broker, notices });
  const wrong = picked.ok && isToStart ? await checkBucket(picked.plan, toolkit) : [];
  if (wrong.length === 0) return picked;
  const place = `the bucket of ${file} cannot be used so:`;
  return { ok: false, problem: [place, ...wrong].join("\n") };
}

/** Leaves only the parts that are wanted. */
function pick(
  plan: MeshPlan,
  only: readonly string[],
  rest: Omit<Prepared & { ok: true }, "ok" | "plan">,
): Prepared {
  if (only.length === 0) return { ok: true, plan, ...rest };
  const units = [...new Set(plan.processes.map(({ unit }) => unit))];
  const unknown = only.find((name) => !units.includes(name));
  if (unknown !== undefined) {
    const nearest = nearestName(unknown, units);
    const hint = nearest === undefined
      ? `allowed: ${units.join(", ")}`
      : `did you mean ${nearest}?`;
    return { ok: false, problem: `--only names ${JSON.stringify(unknown)}; ${hint}` };
  }
  const processes = plan.processes.filter(({ unit }) => only.includes(unit));
  return { ok: true, plan: { ...plan, processes }, ...rest };
}

/** Claims the port that the file asks for, or the first free one. */
async function claimGatewayPort(
  mesh: MeshFile,
  file: string,
  only: readonly string[],
): Promise<(Prepared & { ok: true })["port"]> {
  if (only.length > 0 && !only.includes("gateway")) return undefined;
  const claims = `${temporaryFolder()}/asya-ports`;
  const { gatewayPort: wanted } = mesh;
  if (wanted === undefined) return await claimFreePort(DEFAULT_GATEWAY_PORT, claims);
  const problem = `${file}: ports.gateway is ${wanted}, which another process listens on; ` +
    `a free one is allowed, or none: then it is the first free one from ${DEFAULT_GATEWAY_PORT} on`;
  return await claimPort(wanted, claims) ?? { problem };
}

/** A port for a plan that nobody starts. */
function unclaimed(port: number): PortClaim {
  return { port, [Symbol.dispose]() {} };
}

function temporaryFolder(): string {
  return Deno.env.get("XDG_RUNTIME_DIR") || Deno.env.get("TMPDIR") || "/tmp";
}

/** Only handlers with permissions for a package are looked into. */
async function npmFoldersOf(mesh: MeshFile, folder: string): Promise<Record<string, NpmFolders>> {
  const found = mesh.actors.map(async ({ name, handler, permissions }) => {
    const named = Object.values(permissions).flat().some((entry) => entry.startsWith("npm:"));
    const [module] = handler?.split("#") ?? [];
    if (!named || module === undefined) return [];
    return [[name, await findNpmFolders(Deno.execPath(), module, folder)] as const];
  });
  return Object.fromEntries((await Promise.all(found)).flat());
}

/** The folder beside the mesh, or a private one with a short path where its sockets do not fit. */
function chooseSocketFolder(mesh: MeshFile, folder: string): string {
  const own = `${folder}/.asya/run`;
  if (fitsSockets(own, socketNames(mesh))) return own;
  return `${temporaryFolder()}/asya-${crypto.randomUUID().slice(0, 13)}`;
}

/** Who may call, as the environment says, and the token that the actors of this folder show. */
async function accessOf(state: string, isToStart: boolean): Promise<AccessPlan> {
  const caller = Deno.env.toObject();
  const isNeeded = isToStart && wantsCallers(caller);
  return planAccess(caller, await readInternalToken(state, isNeeded));
}

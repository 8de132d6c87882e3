import { freePort } from "./free_port.ts";
import { KubeClient } from "./kube/client/kube_client.ts";
import { type NewObject, refOf } from "./kube/client/kube_ref.ts";
import { describeAccess, type KubeAccess, parseKubeconfig } from "./kube/client/kubeconfig.ts";
import { KubeServer, type KubeServerOptions } from "./kube/kube_server.ts";
import { hasControllers, startControlPlane } from "./kube/real/start_control_plane.ts";
import type { KubeControl } from "./kube/serve/control.ts";
import { makeCertificate } from "./kube/serve/make_certificate.ts";
import { TlsFront } from "./kube/serve/tls_front.ts";
import { poll } from "./poll.ts";
import { startOnce } from "./start_once.ts";
import { makeTempFolder, type TempFolder } from "./temp_folder.ts";

export type { ApplyOptions, ListOptions, RemoveOptions } from "./kube/client/call_options.ts";
export { type KubeAnswer, KubeRefusal, type WatchEvent } from "./kube/client/kube_answer.ts";
export { KubeClient } from "./kube/client/kube_client.ts";
export { type KubeRef, type KubeType, type NewObject, refOf } from "./kube/client/kube_ref.ts";
export type { JsonObject, KubeMetadata, KubeObject } from "./kube/kube_object.ts";
export type { KubeUser, PolicyRule } from "./kube/serve/authorize.ts";
export type { Choose, Fault, KubeControl, LoggedRequest } from "./kube/serve/control.ts";

/** An API server for tests. */
export interface TestKube extends AsyncDisposable {
  /** Whether it is a real one. */
  readonly isReal: boolean;
  /** Whether controllers run beside it: those that collect garbage and empty namespaces. */
  readonly hasControllers: boolean;
  readonly url: string;
  /** The path of a kubeconfig file of an administrator. */
  readonly kubeconfig: string;
  /** A client of an administrator. */
  readonly client: KubeClient;
  /** Only of one in this process. */
  readonly control?: KubeControl;
  /** Makes a namespace with a name of its own; disposing asks it to go. */
  createNamespace(): Promise<TestNamespace>;
  /** Writes a kubeconfig file of who has a token. */
  writeKubeconfig(token: string): Promise<string>;
}

/** A namespace for one test. */
export interface TestNamespace extends AsyncDisposable {
  readonly name: string;
}

/** What is wanted of an API server for tests. */
export interface KubeOptions
  extends Pick<KubeServerOptions, "seed" | "controllerLatencyMs" | "establishMs"> {
  /** Whether one in this process is reached without TLS: faster, and nothing for `kubectl`. */
  readonly isPlain?: boolean;
  /** CustomResourceDefinitions that are to be there; those that are there stay as they are. */
  readonly crds?: readonly NewObject[];
}

/**
 * Finds an API server for tests: a real one where `KUBECONFIG` names one or `KUBEBUILDER_ASSETS` has
 * the programs of one, else one in this process. Tests on a real one use namespaces of their own,
 * and leave nothing.
 *
 * @throws Error where a real one is asked for and cannot be had
 *
 * @example
 * ```ts ignore
 * await using kube = await findKube({ crds: [crd] });
 * await using namespace = await kube.createNamespace();
 * ```
 */
export async function findKube(options: KubeOptions = {}): Promise<TestKube> {
  const given = Deno.env.get("KUBECONFIG");
  const assets = Deno.env.get("KUBEBUILDER_ASSETS");
  if (given) return await useReal(given, options, true);
  if (assets) {
    const start = (folder: string) => startControlPlane(assets, folder);
    const path = await startOnce("kube", start);
    return await useReal(path, options, await hasControllers(assets));
  }
  return await startKube(options);
}

/** Starts an API server in this process, whatever the environment says. */
export async function startKube(
  options: KubeOptions = {},
): Promise<TestKube & { readonly control: KubeControl }> {
  const { crds = [], isPlain = false, ...settings } = options;
  const folder = await makeTempFolder();
  const port = freePort();
  const token = `admin-${crypto.randomUUID()}`;
  await using parts = new AsyncDisposableStack();
  const server = parts.use(new KubeServer({ port, adminToken: token, ...settings }));
  const front = isPlain ? undefined : parts.use(await startFront(folder, port));
  const access = { url: front?.url ?? server.url, ...(front && { ca: front.ca }), token };
  const kube = await openKube(access, crds, folder, parts.move());
  return { ...kube, isReal: false, hasControllers: true, control: server.control };
}

/** Puts a door that is encrypted before a server. */
async function startFront(folder: TempFolder, behindPort: number): Promise<TlsFront> {
  const certificate = await makeCertificate(folder.path);
  const front = new TlsFront({ port: freePort(), behindPort, ...certificate });
  await front.listening;
  return front;
}

async function useReal(
  kubeconfig: string,
  { crds = [] }: KubeOptions,
  withControllers: boolean,
): Promise<TestKube> {
  const text = await Deno.readTextFile(kubeconfig);
  const access = parseKubeconfig(text, (path) => Deno.readTextFileSync(path));
  const nothing = new AsyncDisposableStack();
  const kube = await openKube(access, crds, await makeTempFolder(), nothing);
  return { ...kube, isReal: true, hasControllers: withControllers };
}

async function openKube(
  access: KubeAccess,
  crds: readonly NewObject[],
  folder: TempFolder,
  server: AsyncDisposable,
): Promise<Omit<TestKube, "isReal" | "hasControllers" | "control">> {
  const client = new KubeClient(access);
  const made = await install(client, crds);
  const writeAccess = (name: string, other: KubeAccess) =>
    folder.write(`${name}.yaml`, describeAccess(other));
  return {
    url: access.url,
    kubeconfig: await writeAccess("kubeconfig", access),
    client,
    async createNamespace() {
      const name = `test-${crypto.randomUUID().slice(0, 13)}`;
      const ref = { apiVersion: "v1", kind: "Namespace", name };
      await client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
      return { name, [Symbol.asyncDispose]: () => client.remove(ref) };
    },
    async writeKubeconfig(token) {
      const { client: _, ...server } = access;
      return await writeAccess(`kubeconfig-${crypto.randomUUID()}`, { ...server, token });
    },
    async [Symbol.asyncDispose]() {
      for (const crd of made) await client.remove(refOf(crd));
      client[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Makes the CustomResourceDefinitions that are not there, and waits until all are served. */
async function install(client: KubeClient, crds: readonly NewObject[]): Promise<NewObject[]> {
  const made: NewObject[] = [];
  for (const crd of crds) {
    if (await client.get(refOf(crd))) continue;
    await client.create(crd);
    made.push(crd);
  }
  for (const crd of crds) await waitUntilServed(client, crd);
  return made;
}

async function waitUntilServed(client: KubeClient, crd: NewObject): Promise<void> {
  const { group, names, versions } = crd.spec as {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
  for (const { name } of versions.filter(({ served }) => served)) {
    const path = `/apis/${group}/${name}/${names.plural}?limit=1`;
    await poll(`${path} to be served`, async () => {
      const answer = await client.send("GET", path);
      return answer.status === 200;
    }, { timeoutMs: 30_000 });
  }
}

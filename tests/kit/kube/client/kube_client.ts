import { poll } from "../../poll.ts";
import { TextLineStream } from "../../text_line_stream.ts";
import type { KubeObject } from "../kube_object.ts";
import { TEST_CLIENT } from "../serve/control.ts";
import type { ApplyOptions, ListOptions, RemoveOptions, SendOptions } from "./call_options.ts";
import { expectObject, type KubeAnswer, KubeRefusal, type WatchEvent } from "./kube_answer.ts";
import { type KubeRef, type KubeType, type NewObject, refOf } from "./kube_ref.ts";
import type { KubeAccess } from "./kubeconfig.ts";
import { TlsClient } from "./tls_client.ts";

/** A kind as discovery says it. */
interface KnownResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** A client of its own for tests: it shares nothing with what is tested. */
export class KubeClient implements Disposable {
  readonly #access: KubeAccess;
  readonly #http: Deno.HttpClient | TlsClient;
  readonly #known = new Map<string, readonly KnownResource[]>();

  /** @param access which server, and as whom */
  constructor(access: KubeAccess) {
    this.#access = access;
    const { ca, client, isUnverified, serverName } = access;
    this.#http = isUnverified || serverName !== undefined
      ? new TlsClient(access)
      : Deno.createHttpClient({ ...(ca !== undefined && { caCerts: [ca] }), ...client });
  }

  [Symbol.dispose](): void {
    this.#http.close();
  }

  /** A client of the same server, as somebody else. */
  as(token: string): KubeClient {
    const { client: _, ...access } = this.#access;
    return new KubeClient({ ...access, token });
  }

  /** Asks anything, and gives the answer whatever it is. */
  async send(method: string, path: string, options: SendOptions = {}): Promise<KubeAnswer> {
    const response = await this.#fetch(method, path, options);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
    const { status, headers } = response;
    return { status, headers, body: isJson ? JSON.parse(text) : text };
  }

  /** The path of objects of a kind, or of one object. */
  async pathOf(type: KubeType & { readonly name?: string }, subresource = ""): Promise<string> {
    const { apiVersion, kind, namespace, name } = type;
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const resource = await this.#resourceOf(root, kind);
    const home = resource.namespaced && namespace !== undefined ? `/namespaces/${namespace}` : "";
    const parts = [resource.name, name, subresource].filter(Boolean).join("/");
    return `${root}${home}/${parts}`;
  }

  /** One object, if it is there. */
  async get(ref: KubeRef): Promise<KubeObject | undefined> {
    const path = await this.pathOf(ref);
    const answer = await this.send("GET", path);
    if (answer.status === 404) return undefined;
    return expectObject(`GET ${path}`, answer);
  }

  /** The objects of a kind, each with its kind. */
  async list(type: KubeType, options: ListOptions = {}): Promise<KubeObject[]> {
    const query = new URLSearchParams({ ...options });
    const path = `${await this.pathOf(type)}?${query}`;
    const answer = await this.send("GET", path);
    const { items } = expectObject(`GET ${path}`, answer) as unknown as { items: KubeObject[] };
    const { apiVersion, kind } = type;
    return items.map((item) => ({ ...item, apiVersion, kind }));
  }

  /** Makes an object. */
  async create(object: NewObject): Promise<KubeObject> {
    const { apiVersion, kind, metadata: { namespace } } = object;
    const path = await this.pathOf({ apiVersion, kind, ...(namespace && { namespace }) });
    return expectObject(`POST ${path}`, await this.send("POST", path, { body: object }));
  }

  /** Puts an object over the one of its version. */
  async replace(object: KubeObject, subresource = ""): Promise<KubeObject> {
    const path = await this.pathOf(refOf(object), subresource);
    return expectObject(`PUT ${path}`, await this.send("PUT", path, { body: object }));
  }

  /** Server-side apply. */
  async apply(object: NewObject, options: ApplyOptions = {}): Promise<KubeObject> {
    const { manager = TEST_CLIENT, force = true, subresource = "" } = options;
    const query = new URLSearchParams({ fieldManager: manager, force: String(force) });
    const path = `${await this.pathOf(refOf(object), subresource)}?${query}`;
    const contentType = "application/apply-patch+yaml";
    const answer = await this.send("PATCH", path, { body: object, contentType });
    return expectObject(`apply ${path}`, answer);
  }

  /** Merges a patch into an object, or into a part of it with a path of its own. */
  async mergePatch(ref: KubeRef, body: unknown, subresource = ""): Promise<KubeObject> {
    const path = await this.pathOf(ref, subresource);
    const contentType = "application/merge-patch+json";
    const answer = await this.send("PATCH", path, { body, contentType });
    return expectObject(`PATCH ${path}`, answer);
  }

  /** Asks an object to go; one that is gone is no error. */
  async remove(ref: KubeRef, options: RemoveOptions = {}): Promise<void> {
    const path = await this.pathOf(ref);
    const body = { apiVersion: "v1", kind: "DeleteOptions", ...options };
    const answer = await this.send("DELETE", path, { body });
    if (answer.status !== 404) expectObject(`DELETE ${path}`, answer);
  }

  /**
   * Tells of changes, until the server or the caller ends it.
   *
   * @param type which objects
   * @param query such as `resourceVersion`
   */
  async *watch(
    type: KubeType,
    query: Readonly<Record<string, string>> = {},
    signal?: AbortSignal,
  ): AsyncGenerator<WatchEvent, void> {
    const path = `${await this.pathOf(type)}?${new URLSearchParams({ ...query, watch: "1" })}`;
    const response = await this.#fetch("GET", path, { ...(signal && { signal }) });
    if (response.status !== 200 || !response.body) {
      const { status, headers } = response;
      throw new KubeRefusal(`watch ${path}`, { status, headers, body: await response.json() });
    }
    const lines = response.body.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    for await (const line of lines) {
      if (line !== "") yield JSON.parse(line) as WatchEvent;
    }
  }

  /**
   * Looks at an object until it is as it should be.
   *
   * @param isIt is given nothing where there is no such object
   * @param what what is waited for, in words for the failure
   * @returns the object as it was seen; nothing where its absence was wanted
   */
  async until(
    ref: KubeRef,
    isIt: (object: KubeObject | undefined) => boolean,
    what: string,
    timeoutMs = 10_000,
  ): Promise<KubeObject | undefined> {
    let last: KubeObject | undefined;
    const words = `${ref.kind} ${ref.namespace ?? ""}/${ref.name}: ${what}`;
    try {
      await poll(words, async () => {
        last = await this.get(ref);
        return isIt(last);
      }, { timeoutMs });
    } catch (error) {
      throw new Error(`${words}; it is ${JSON.stringify(last)}`, { cause: error });
    }
    return last;
  }

  async #resourceOf(root: string, kind: string): Promise<KnownResource> {
    const find = (list: readonly KnownResource[] = []) =>
      list.find((each) => each.kind === kind && !each.name.includes("/"));
    const known = find(this.#known.get(root));
    if (known) return known;
    const answer = await this.send("GET", root);
    if (answer.status !== 200) throw new KubeRefusal(`GET ${root}`, answer);
    const { resources } = answer.body as { readonly resources: readonly KnownResource[] };
    this.#known.set(root, resources);
    const found = find(resources);
    if (found) return found;
    throw new Error(`${root} has no kind ${kind}; it has ${resources.map((each) => each.kind)}`);
  }

  #fetch(method: string, path: string, options: SendOptions): Promise<Response> {
    const { body, contentType = "application/json", accept, signal } = options;
    const { url, token } = this.#access;
    const request = {
      method,
      headers: {
        "user-agent": `${TEST_CLIENT}/1`,
        accept: accept ?? "application/json",
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": contentType }),
      },
      ...(body !== undefined && {
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
      ...(signal && { signal }),
    };
    return this.#http instanceof TlsClient
      ? this.#http.fetch(url + path, request)
      : fetch(url + path, { ...request, client: this.#http });
  }
}

import { JsonTexts } from "./bodies/json_text.ts";
import { readObjectBody } from "./bodies/read_body.ts";
import { GarbageCollector } from "./controllers/collect_garbage.ts";
import { Later } from "./controllers/later.ts";
import { runDefinitions } from "./controllers/run_definitions.ts";
import { runNamespaces } from "./controllers/run_namespaces.ts";
import { runWorkloads } from "./controllers/run_workloads.ts";
import { Kinds } from "./kinds.ts";
import type { Api } from "./objects/api.ts";
import { deleteObject } from "./objects/delete.ts";
import { Store } from "./objects/store.ts";
import { Watch, type WatchOptions } from "./objects/watch.ts";
import { createObject } from "./objects/write.ts";
import { anonymous, authorize, type KubeUser, MASTERS } from "./serve/authorize.ts";
import { describeRequest, KubeControl, type LoggedRequest } from "./serve/control.ts";
import { describeServer } from "./serve/describe_server.ts";
import { type Asked, handleRequest, selectWatched } from "./serve/handle_request.ts";
import { type Body, readBody, readRights } from "./serve/read_request.ts";
import { parseRequest, type RequestInfo, type ResourceRequest } from "./serve/request_info.ts";
import { respondError, respondJson, respondNoPage, respondRefusal } from "./serve/respond.ts";
import { issueToken, reviewAccess } from "./serve/review.ts";
import { resourceOf, type ServedKind } from "./served_kind.ts";
import { unauthorized, unknownPath } from "./status_error.ts";

/** How a server is to be. */
export interface KubeServerOptions {
  /** Below 32768. */
  readonly port: number;
  /** The token of who may do everything. */
  readonly adminToken: string;
  /** Of every choice that the control leaves to chance. */
  readonly seed?: number;
  /** How late controllers see what happened, in milliseconds. */
  readonly controllerLatencyMs?: number;
  /** How late a kind is served after it was defined, in milliseconds. */
  readonly establishMs?: number;
  /** Milliseconds since 1970; the time of this machine where nothing is said. */
  readonly nowMs?: () => number;
}

/** Kinds that are no objects, and answer only questions. */
const REVIEWS: Readonly<Record<string, string>> = {
  selfsubjectaccessreviews: "SelfSubjectAccessReview",
  subjectaccessreviews: "SubjectAccessReview",
};

const START_NAMESPACES = ["default", "kube-system", "kube-public", "kube-node-lease"];

/** A request about objects, with all that was read of it. */
interface Incoming {
  readonly info: ResourceRequest;
  readonly url: URL;
  readonly user: KubeUser;
  readonly body: Body;
  readonly accept: string | null;
  readonly userAgent: string;
}

/** An API server in this process, with what controllers do around it. */
export class KubeServer implements AsyncDisposable {
  /** Where it is. */
  readonly url: string;
  readonly control: KubeControl;
  readonly #api: Api;
  readonly #texts = new JsonTexts();
  readonly #users = new Map<string, KubeUser>();
  readonly #watches = new Set<Watch>();
  readonly #server: Deno.HttpServer;
  readonly #stops: readonly (() => void)[];

  constructor(options: KubeServerOptions) {
    const { port, adminToken, seed = 1, controllerLatencyMs = 5, establishMs = 20 } = options;
    const api = { store: new Store(), kinds: new Kinds(), nowMs: options.nowMs ?? Date.now };
    this.#api = api;
    this.#users.set(adminToken, { name: "admin", groups: [MASTERS, "system:authenticated"] });
    this.control = new KubeControl({
      endWatches: (choose, how) => this.#endWatches(choose, how),
      sendBookmarks: () => this.#watches.forEach((watch) => watch.sendBookmark()),
      compact: () => api.store.compact(),
      addUser: (token, user) => this.#users.set(token, user),
      uninstall: (name) => deleteObject(api, this.#own("customresourcedefinitions"), at(name)),
    }, seed);
    const [later, established] = [new Later(controllerLatencyMs), new Later(establishMs)];
    const collector = new GarbageCollector(api, later);
    this.#stops = [
      () => later.stop(),
      () => established.stop(),
      () => collector.stop(),
      runNamespaces(api, later),
      runDefinitions(api, established),
      runWorkloads(api, later),
    ];
    this.#begin();
    this.url = `http://127.0.0.1:${port}`;
    this.#server = Deno.serve({
      hostname: "127.0.0.1",
      port,
      onListen: () => {},
      onError: (error) => respondError("an answer", error),
    }, (request) => this.#answer(request));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops) stop();
    this.control.resume();
    for (const watch of [...this.#watches]) watch.end();
    await this.#server.shutdown();
  }

  #begin(): void {
    const { kinds, store } = this.#api;
    for (const kind of kinds.resources) store.open(resourceOf(kind));
    for (const name of START_NAMESPACES) {
      const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
      createObject(this.#api, this.#own("namespaces"), "", body, { manager: "kube-apiserver" });
    }
  }

  /** A kind that every server has. */
  #own(plural: string): ServedKind {
    const kind = this.#api.kinds.resources.find((each) => each.plural === plural);
    if (kind) return kind;
    throw new Error(`the kinds of the server itself lack ${plural}`);
  }

  #endWatches(choose: () => boolean, how: "cut" | "end"): number {
    const chosen = [...this.#watches].filter(choose);
    for (const watch of chosen) watch[how]();
    return chosen.length;
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const info = parseRequest(request.method, url);
    const user = this.#authenticate(request);
    if (!user) return respondRefusal(unauthorized());
    const about = describeRequest(request, info, user);
    await this.control.hold(about);
    const fate = this.control.decide(about);
    const response = fate.is === "refused" && !fate.isDone
      ? respondRefusal(fate.error)
      : await this.#serve(request, url, info, user, about);
    const told = fate.is === "refused" ? respondRefusal(fate.error) : response;
    this.control.log({ ...about, status: told.status });
    return told;
  }

  #authenticate(request: Request): KubeUser | undefined {
    const header = request.headers.get("authorization");
    if (!header) return anonymous;
    return this.#users.get(/^Bearer (.+)$/i.exec(header)?.[1] ?? "");
  }

  async #serve(
    request: Request,
    url: URL,
    info: RequestInfo,
    user: KubeUser,
    { userAgent }: Omit<LoggedRequest, "status">,
  ): Promise<Response> {
    try {
      authorize(this.#api.store, user, readRights(info, url), request.method);
      const accept = request.headers.get("accept");
      if (!info.isResource) return await describeServer(this.#api.kinds, url.pathname, accept);
      const body = await readBody(request);
      return this.#serveObjects({ info, url, user, body, accept, userAgent });
    } catch (error) {
      return respondError(`${request.method} ${url.pathname}`, error);
    }
  }

  #serveObjects(incoming: Incoming): Response {
    const { info, user, url, body: { text, contentType } } = incoming;
    const { kinds } = this.#api;
    const review = info.group === "authorization.k8s.io" ? REVIEWS[info.resource] : undefined;
    if (review) {
      const { group, version } = info;
      const asked = readObjectBody(text, contentType, { group, version, kind: review });
      return respondJson(201, reviewAccess(this.#api, user, asked));
    }
    const kind = kinds.find(info.group, info.version, info.resource);
    if (!kind) {
      const isOwnGroup = kinds.all.some(({ group, isCustom }) => group === info.group && !isCustom);
      if (isOwnGroup) throw unknownPath();
      return respondNoPage();
    }
    if (!kind.isNamespaced && info.namespace && info.resource !== "namespaces") throw unknownPath();
    if (resourceOf(kind) === "/serviceaccounts" && info.subresource === "token") {
      return this.#issueToken(incoming);
    }
    const { accept, userAgent } = incoming;
    const query = url.searchParams;
    const asked: Asked = { info, kind, query, text, contentType, accept, userAgent };
    const answer = handleRequest(this.#api, this.#texts, asked);
    if ("watch" in answer) return this.#openWatch(asked, answer.watch);
    const headers = new Headers({ "content-type": "application/json" });
    for (const warning of answer.warnings) {
      headers.append("warning", `299 - ${JSON.stringify(warning)}`);
    }
    return new Response(answer.json, { status: answer.status, headers });
  }

  #openWatch(asked: Asked, options: WatchOptions): Response {
    const forget = (watch: Watch) => this.#watches.delete(watch);
    const watch = new Watch(this.#api, this.#texts, selectWatched(asked), options, forget);
    if (!watch.isOver) this.#watches.add(watch);
    return new Response(watch.stream, { headers: { "content-type": "application/json" } });
  }

  #issueToken({ info, body: { text, contentType }, userAgent }: Incoming): Response {
    const type = { group: "authentication.k8s.io", version: "v1", kind: "TokenRequest" };
    const asked = readObjectBody(text, contentType, type);
    const manager = userAgent.split("/")[0] ?? "";
    const issued = issueToken(this.#api, info.namespace, info.name, asked, manager);
    this.#users.set(issued.token, issued.user);
    return respondJson(201, issued.answer);
  }
}

function at(name: string): { readonly namespace: string; readonly name: string } {
  return { namespace: "", name };
}

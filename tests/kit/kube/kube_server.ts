import type { Api } from "./api.ts";
import { anonymous, authorize, type KubeUser, MASTERS } from "./authorize.ts";
import { GarbageCollector } from "./collect_garbage.ts";
import { describeRequest, KubeControl, type LoggedRequest } from "./control.ts";
import { deleteObject } from "./delete.ts";
import { discover } from "./discovery.ts";
import { type Asked, handleRequest, selectWatched } from "./handle_request.ts";
import { JsonTexts } from "./json_text.ts";
import { Kinds } from "./kinds.ts";
import { Later } from "./later.ts";
import { describeOpenApi } from "./open_api.ts";
import { parseProtobuf, PROTOBUF } from "./protobuf.ts";
import { readObjectBody } from "./read_body.ts";
import { parseRequest, type RequestInfo, type ResourceRequest } from "./request_info.ts";
import { issueToken, reviewAccess } from "./review.ts";
import { runDefinitions } from "./run_definitions.ts";
import { runNamespaces } from "./run_namespaces.ts";
import { runWorkloads } from "./run_workloads.ts";
import { resourceOf } from "./served_kind.ts";
import { internalError, StatusError, tooLarge, unauthorized, unknownPath } from "./status_error.ts";
import { Store } from "./store.ts";
import { Watch, WatchCut } from "./watch.ts";
import { createObject } from "./write.ts";

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
}

const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** What the real server says of itself. */
const VERSION = {
  major: "1",
  minor: "36",
  emulationMajor: "1",
  emulationMinor: "36",
  minCompatibilityMajor: "1",
  minCompatibilityMinor: "35",
  gitVersion: "v1.36.2",
  gitCommit: "$Format:%H$",
  gitTreeState: "",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "go1.26.10",
  compiler: "gc",
  platform: "linux/amd64",
};

/** The groups of the server itself that have no objects, and answer only questions. */
const REVIEWS = ["selfsubjectaccessreviews", "subjectaccessreviews"];

const START_NAMESPACES = ["default", "kube-system", "kube-public", "kube-node-lease"];

/** An API server in this process, with what controllers do around it. */
export class KubeServer implements AsyncDisposable {
  /** Where it is. */
  readonly url: string;
  readonly control: KubeControl;
  readonly #api: Api = { store: new Store(), kinds: new Kinds(), nowMs: () => Date.now() };
  readonly #texts = new JsonTexts();
  readonly #users = new Map<string, KubeUser>();
  readonly #watches = new Set<Watch>();
  readonly #server: Deno.HttpServer;
  readonly #stop: (() => void)[];

  constructor(options: KubeServerOptions) {
    const { port, adminToken, seed = 1, controllerLatencyMs = 5, establishMs = 20 } = options;
    const api = this.#api;
    this.#users.set(adminToken, {
      name: "admin",
      groups: [MASTERS, "system:authenticated"],
    });
    this.control = new KubeControl({
      endWatches: (choose, how) => this.#endWatches(choose, how),
      sendBookmarks: () => this.#watches.forEach((watch) => watch.sendBookmark()),
      compact: () => api.store.compact(),
      addUser: (token, user) => this.#users.set(token, user),
      uninstall: (name) => this.#uninstall(name),
    }, seed);
    const later = new Later(controllerLatencyMs);
    const established = new Later(establishMs);
    const collector = new GarbageCollector(api, later);
    this.#stop = [
      () => later.stop(),
      () => established.stop(),
      () => collector.stop(),
      runNamespaces(api, later),
      runDefinitions(api, established),
      runWorkloads(api, later),
    ];
    this.#begin();
    this.url = `http://127.0.0.1:${port}`;
    this.#server = Deno.serve(
      {
        hostname: "127.0.0.1",
        port,
        onListen: () => {},
        onError: (error) => answerError("an answer", error),
      },
      (request) => this.#answer(request),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stop) stop();
    this.control.resume();
    for (const watch of [...this.#watches]) watch.end();
    await this.#server.shutdown();
  }

  #begin(): void {
    const { kinds, store } = this.#api;
    for (const kind of kinds.resources) store.open(resourceOf(kind));
    const kind = kinds.find("", "v1", "namespaces");
    if (!kind) throw new Error("the kinds of the server itself lack namespaces");
    for (const name of START_NAMESPACES) {
      const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
      createObject(this.#api, kind, "", body, { manager: "kube-apiserver" });
    }
  }

  #uninstall(name: string): void {
    const kind = this.#api.kinds.find("apiextensions.k8s.io", "v1", "customresourcedefinitions");
    if (!kind) throw new Error("the kinds of the server itself lack CustomResourceDefinitions");
    deleteObject(this.#api, kind, { namespace: "", name });
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
    if (!user) return refuse(unauthorized());
    const about = describeRequest(request, info, user);
    await this.control.hold(about);
    const fate = this.control.decide(about);
    const log = (response: Response): Response => {
      this.control.log({ ...about, status: response.status });
      return response;
    };
    if (fate.is === "refused" && !fate.isDone) return log(refuse(fate.error));
    const response = await this.#serve(request, url, info, user, about);
    return log(fate.is === "refused" ? refuse(fate.error) : response);
  }

  async #serve(
    request: Request,
    url: URL,
    info: RequestInfo,
    user: KubeUser,
    about: Omit<LoggedRequest, "status">,
  ): Promise<Response> {
    try {
      authorize(this.#api.store, user, withName(info, url), request.method);
      if (!info.isResource) return await this.#describeServer(url, request);
      return this.#serveObjects(info, url, user, request, await readBody(request), about);
    } catch (error) {
      return answerError(`${request.method} ${url.pathname}`, error);
    }
  }

  #authenticate(request: Request): KubeUser | undefined {
    const header = request.headers.get("authorization");
    if (!header) return anonymous;
    return this.#users.get(/^Bearer (.+)$/i.exec(header)?.[1] ?? "");
  }

  async #describeServer(url: URL, request: Request): Promise<Response> {
    const { pathname } = url;
    if (pathname === "/version" || pathname === "/version/") return json(200, VERSION);
    if (["/healthz", "/livez", "/readyz"].includes(pathname)) return new Response("ok");
    if (pathname.startsWith("/openapi/v3")) {
      const document = describeOpenApi(this.#api.kinds, pathname);
      return document ? json(200, document) : noPage();
    }
    const { kinds } = this.#api;
    const found = await discover(kinds, pathname, request.headers.get("accept"));
    if (!found) return noPage();
    return json(200, found.body, { "content-type": found.contentType });
  }

  #serveObjects(
    info: ResourceRequest,
    url: URL,
    user: KubeUser,
    request: Request,
    { text, contentType }: Body,
    about: Omit<LoggedRequest, "status">,
  ): Response {
    const { kinds } = this.#api;
    if (info.group === "authorization.k8s.io" && REVIEWS.includes(info.resource)) {
      const kind = info.resource === "subjectaccessreviews"
        ? "SubjectAccessReview"
        : "SelfSubjectAccessReview";
      const { group, version } = info;
      const asked = readObjectBody(text, contentType, { group, version, kind });
      return json(201, reviewAccess(this.#api, user, asked));
    }
    const kind = kinds.find(info.group, info.version, info.resource);
    if (!kind) {
      const isOwnGroup = kinds.all.some(({ group, isCustom }) => group === info.group && !isCustom);
      if (isOwnGroup) throw unknownPath();
      return noPage();
    }
    if (!kind.isNamespaced && info.namespace && info.resource !== "namespaces") throw unknownPath();
    if (resourceOf(kind) === "/serviceaccounts" && info.subresource === "token") {
      return this.#issueToken(info, text, contentType, about);
    }
    const { userAgent } = about;
    const accept = request.headers.get("accept");
    const query = url.searchParams;
    const asked: Asked = { info, kind, query, text, contentType, accept, userAgent, user };
    const answer = handleRequest(this.#api, this.#texts, asked);
    if ("watch" in answer) {
      const forget = (watch: Watch) => this.#watches.delete(watch);
      const watch = new Watch(
        this.#api,
        this.#texts,
        selectWatched(asked),
        answer.watch,
        forget,
      );
      this.#watches.add(watch);
      return new Response(watch.stream, { headers: { "content-type": "application/json" } });
    }
    const headers = new Headers({ "content-type": "application/json" });
    for (const warning of answer.warnings) {
      headers.append("warning", `299 - ${JSON.stringify(warning)}`);
    }
    return new Response(answer.json, { status: answer.status, headers });
  }

  #issueToken(
    info: ResourceRequest,
    text: string,
    contentType: string | null,
    { userAgent }: { readonly userAgent: string },
  ): Response {
    const asked = readObjectBody(text, contentType, {
      group: "authentication.k8s.io",
      version: "v1",
      kind: "TokenRequest",
    });
    const manager = userAgent.split("/")[0] ?? "";
    const issued = issueToken(this.#api, info.namespace, info.name, asked, manager);
    this.#users.set(issued.token, issued.user);
    return json(201, issued.answer);
  }
}

/** A list of one object by its name is allowed to who may see that object. */
function withName(info: RequestInfo, url: URL): RequestInfo {
  if (!info.isResource || info.name) return info;
  const name = /^metadata\.name==?([^,!=]+)$/.exec(url.searchParams.get("fieldSelector") ?? "")
    ?.[1];
  return name && info.verb !== "create" ? { ...info, name } : info;
}

/** The real server survives its own mistakes too; of ours, a test is told twice. */
function answerError(what: string, error: unknown): Response {
  if (error instanceof StatusError) return refuse(error);
  // Whoever cut a watch knows of it.
  if (!(error instanceof WatchCut)) console.error(`${what}:`, error);
  return refuse(internalError(error instanceof Error ? error.message : String(error)));
}

/** What was sent. */
interface Body {
  readonly text: string;
  readonly contentType: string | null;
}

/** Reads what was sent; what is protobuf is read into JSON. */
async function readBody(request: Request): Promise<Body> {
  const contentType = request.headers.get("content-type");
  if (!request.body) return { text: "", contentType };
  const bytes = await request.bytes();
  if (bytes.length > MAX_BODY_BYTES) throw tooLarge(MAX_BODY_BYTES);
  if (contentType !== PROTOBUF || bytes.length === 0) {
    return { text: new TextDecoder().decode(bytes), contentType };
  }
  return { text: JSON.stringify(parseProtobuf(bytes)), contentType: "application/json" };
}

function refuse(error: StatusError): Response {
  const after = error.details?.retryAfterSeconds;
  return json(error.code, error.body, after === undefined ? {} : { "retry-after": String(after) });
}

function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}

function noPage(): Response {
  return new Response("404 page not found\n", {
    status: 404,
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
}

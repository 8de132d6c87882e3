import { seededRandom } from "../../random.ts";
import { StatusError, tooManyRequests } from "../status_error.ts";
import type { KubeUser, PolicyRule } from "./authorize.ts";
import type { RequestInfo } from "./request_info.ts";

/** What the test client calls itself: nothing is done to its requests. */
export const TEST_CLIENT = "asya-tests";

/** One request that was answered. */
export interface LoggedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Such as `patch`; the method where it is about no objects. */
  readonly verb: string;
  readonly group: string;
  /** The plural. */
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Of HTTP. */
  readonly status: number;
  readonly userAgent: string;
  readonly user: string;
}

/** Which requests something is done to; all where nothing is said. */
export type Choose = (request: Omit<LoggedRequest, "status">) => boolean;

/** A fault to come. */
export interface Fault {
  /** How many of the chosen requests fail. */
  readonly times?: number;
  readonly only?: Choose;
  /** 500 where nothing is said. */
  readonly status?: number;
  readonly reason?: string;
  /** Whether what was asked is done all the same, and only the answer is wrong. */
  readonly isDone?: boolean;
}

/** What is to happen to a request. */
export type Fate =
  | { readonly is: "served" }
  | { readonly is: "refused"; readonly error: StatusError; readonly isDone: boolean };

/** How many requests are remembered: a server that runs for long forgets the first ones. */
const MAX_REQUESTS = 200_000;

/** What the server lets a test see and do. */
export interface ControlledServer {
  /** Ends watches; those that are chosen, in the middle of a line or not. */
  endWatches(choose: () => boolean, how: "cut" | "end"): number;
  sendBookmarks(): void;
  compact(): void;
  addUser(token: string, user: KubeUser): void;
  uninstall(crd: string): void;
}

/** What a test does to the server, and sees of what others did. */
export class KubeControl {
  /** Every request that was answered, in the order of the answers; watches when they began. */
  readonly requests: LoggedRequest[] = [];
  readonly #server: ControlledServer;
  readonly #random: () => number;
  #faults: (Fault & { left: number })[] = [];
  #throttle: { left: number; ratio: number; retryAfterSeconds: number } | undefined;
  #delay: { ms: number; concerns: Choose } | undefined;
  #resumed: PromiseWithResolvers<void> | undefined;

  /**
   * @param seed of every choice that is left to chance
   */
  constructor(server: ControlledServer, seed: number) {
    this.#server = server;
    this.#random = seededRandom(seed);
  }

  /**
   * Breaks watches, as a network does.
   *
   * @param ratio how many of them, from 0 to 1
   * @returns how many were open and broke
   */
  cutWatches(ratio = 1): number {
    return this.#server.endWatches(() => this.#random() < ratio, "cut");
  }

  /** Ends watches in order, as the server does when their time is over. */
  endWatches(ratio = 1): number {
    return this.#server.endWatches(() => this.#random() < ratio, "end");
  }

  /** Tells every watch that wants bookmarks how far it is. */
  sendBookmarks(): void {
    this.#server.sendBookmarks();
  }

  /** Forgets the past: who asks for what came after an older version is told 410 from here on. */
  compact(): void {
    this.#server.compact();
  }

  /**
   * Answers 429 with `Retry-After`.
   *
   * @param how the number of the next requests, or which part of all to come; 0 ends it
   */
  throttle(
    how: number | { readonly ratio: number },
    { retryAfterSeconds = 1 }: { readonly retryAfterSeconds?: number } = {},
  ): void {
    const [left, ratio] = typeof how === "number" ? [how, 1] : [Infinity, how.ratio];
    this.#throttle = { left, ratio, retryAfterSeconds };
  }

  /** Lets the next requests fail. */
  failNext(fault: Fault = {}): void {
    this.#faults.push({ ...fault, left: fault.times ?? 1 });
  }

  /** Makes answers slow, until 0 is said. */
  delay(ms: number, concerns: Choose = () => true): void {
    this.#delay = ms > 0 ? { ms, concerns } : undefined;
  }

  /** Leaves every request without an answer until {@linkcode resume}. */
  pause(): void {
    this.#resumed ??= Promise.withResolvers();
  }

  /** Goes on where {@linkcode pause} stopped. */
  resume(): void {
    this.#resumed?.resolve();
    this.#resumed = undefined;
  }

  /**
   * Lets somebody in.
   *
   * @param token by which they are known
   * @param rules what they may do everywhere, beyond what Roles and ClusterRoles say
   * @param user who they are
   */
  addUser(token: string, rules: readonly PolicyRule[], user: Partial<KubeUser> = {}): void {
    const { name = "somebody", groups = ["system:authenticated"] } = user;
    this.#server.addUser(token, { name, groups, rules });
  }

  /** Removes a CustomResourceDefinition by its name, with all objects of its kind. */
  uninstall(crd: string): void {
    this.#server.uninstall(crd);
  }

  /** The requests that could have changed something, of all but the test itself. */
  get writes(): readonly LoggedRequest[] {
    return this.requests.filter(({ method, userAgent }) =>
      method !== "GET" && !userAgent.startsWith(TEST_CLIENT)
    );
  }

  /** Holds a request for as long as it is to be held. */
  async hold(request: Omit<LoggedRequest, "status">): Promise<void> {
    if (request.userAgent.startsWith(TEST_CLIENT)) return;
    await this.#resumed?.promise;
    const delay = this.#delay;
    if (!delay?.concerns(request)) return;
    // Stands for a server that is slow, as the test asked.
    await new Promise((resolve) => setTimeout(resolve, delay.ms));
  }

  /** Decides what happens to a request. */
  decide(request: Omit<LoggedRequest, "status">): Fate {
    if (request.userAgent.startsWith(TEST_CLIENT)) return { is: "served" };
    const throttle = this.#throttle;
    if (throttle && throttle.left > 0 && this.#random() < throttle.ratio) {
      throttle.left--;
      const error = tooManyRequests(throttle.retryAfterSeconds);
      return { is: "refused", error, isDone: false };
    }
    const fault = this.#faults.find(({ left, only }) => left > 0 && (only?.(request) ?? true));
    if (!fault) return { is: "served" };
    fault.left--;
    this.#faults = this.#faults.filter(({ left }) => left > 0);
    const { status = 500, reason = "InternalError", isDone = false } = fault;
    const error = new StatusError(status, reason, "etcdserver: request timed out", {});
    return { is: "refused", error, isDone };
  }

  /** Remembers a request. */
  log(request: LoggedRequest): void {
    this.requests.push(request);
    if (this.requests.length > MAX_REQUESTS) this.requests.splice(0, MAX_REQUESTS / 2);
  }
}

/** What is remembered of a request, before it is answered. */
export function describeRequest(
  request: Request,
  info: RequestInfo,
  user: KubeUser,
): Omit<LoggedRequest, "status"> {
  const { pathname, search } = new URL(request.url);
  const { method } = request;
  const about = info.isResource ? info : {
    verb: method.toLowerCase(),
    group: "",
    resource: "",
    subresource: "",
    namespace: "",
    name: "",
  };
  const { verb, group, resource, subresource, namespace, name } = about;
  return {
    method,
    path: pathname + search,
    verb,
    group,
    resource,
    subresource,
    namespace,
    name,
    userAgent: request.headers.get("user-agent") ?? "",
    user: user.name,
  };
}

import type { Clock } from "@asya/transport";
import { type LinkedSignal, linkSignals } from "../controller/link_signals.ts";
import type { WriteFence } from "../controller/write_fence.ts";
import manifest from "../deno.json" with { type: "json" };
import { FIELD_MANAGER } from "../desired/names.ts";
import { KubeError } from "../reconcile/kube_error.ts";
import type { Access } from "./access.ts";
import { type Api, type ApiEvent, type Call, isWrite, METHODS } from "./api.ts";
import { connect } from "./connect.ts";
import type { Connection } from "./connection.ts";
import { errorOfAnswer } from "./error_of_answer.ts";
import { jsonLines } from "./json_lines.ts";

/** What an {@linkcode ApiServer} stands on. */
export interface ApiServerParts {
  readonly readAccess: () => Promise<Access>;
  readonly clock: Clock;
  readonly tell: (event: ApiEvent) => void;
  readonly fence: WriteFence;
}

/** What the API server's own logs know us by. */
const USER_AGENT = `${FIELD_MANAGER}/${manifest.version}`;

/** How long an answer may take to begin, and one that ends to end. */
const ANSWER_MS = 20_000;

/** Tokens in files are exchanged for new ones: they are read again after this long. */
const HEADERS_MS = 30_000;

/** What is said of an answer that cannot be read: nothing of it, since it may be secret. */
const NO_JSON = "the answer is no JSON";

/** The API server over HTTP. */
export class ApiServer implements Api {
  readonly #parts: ApiServerParts;
  #access: Access;
  #connection: Connection;
  #headers: { readonly value: Readonly<Record<string, string>>; readonly atMs: number } | undefined;

  private constructor(parts: ApiServerParts, access: Access) {
    this.#parts = parts;
    this.#access = access;
    this.#connection = connect(access);
  }

  /**
   * Reads how the server is reached; asks it nothing yet.
   *
   * @throws Error in words when that cannot be known
   */
  static async open(parts: ApiServerParts): Promise<ApiServer> {
    return new ApiServer(parts, await parts.readAccess());
  }

  /** Where it is. */
  get server(): string {
    return this.#access.server;
  }

  /** Whether nobody was asked if that is it. */
  get isUnverified(): boolean {
    return this.#access.isUnverified ?? false;
  }

  /** The namespace that is ours, where that is known. */
  get namespace(): string | undefined {
    return this.#access.namespace;
  }

  async ask(call: Call): Promise<unknown> {
    using link = linkSignals(call.signal);
    return await this.#limited(call, link, async () => {
      const response = await this.#send(call, link.signal);
      const answer = parsed(await response.text());
      if (answer === undefined) throw new TypeError(NO_JSON);
      return answer;
    });
  }

  async *follow(call: Call): AsyncGenerator<unknown> {
    using link = linkSignals(call.signal);
    try {
      const response = await this.#limited(call, link, () => this.#send(call, link.signal));
      if (response.body) yield* jsonLines(response.body, call.signal);
    } catch (error) {
      if (error instanceof KubeError) throw error;
      if (call.signal?.aborted) return;
      throw unreachable(call, error instanceof SyntaxError ? NO_JSON : error);
    } finally {
      link.abort();
    }
  }

  /** Lets go of connections. */
  close(): void {
    this.#connection.close();
  }

  /** Does a request in the time it may take; what it answers may go on after that. */
  async #limited<T>(call: Call, link: LinkedSignal, run: () => Promise<T>): Promise<T> {
    const limitMs = this.#limitMs(call);
    let isLate = false;
    // Stands for the end of our patience with one answer, or of the right to write.
    const stop = this.#parts.clock.after(limitMs, () => {
      isLate = true;
      link.abort();
    });
    try {
      return await run();
    } catch (error) {
      if (error instanceof KubeError) throw error;
      if (isLate) this.#reconnect();
      throw unreachable(call, isLate ? `no answer in ${limitMs} ms` : error);
    } finally {
      stop();
    }
  }

  #limitMs(call: Call): number {
    if (call.limitMs !== undefined) return call.limitMs;
    if (!isWrite(call.verb)) return ANSWER_MS;
    const limitMs = Math.min(ANSWER_MS, this.#parts.fence.leftMs());
    if (limitMs > 0) return limitMs;
    throw unreachable(call, "this replica may not write, as it does not lead");
  }

  async #send(call: Call, signal: AbortSignal): Promise<Response> {
    const response = await this.#fetch(call, signal);
    if (response.status !== 401) return await accepted(call, response);
    await response.body?.cancel();
    // The token or the certificate that we came with may have been exchanged for another since.
    await this.#readAccess();
    return await accepted(call, await this.#fetch(call, signal));
  }

  async #fetch(call: Call, signal: AbortSignal): Promise<Response> {
    const { clock, tell } = this.#parts;
    const query = new URLSearchParams(call.query).toString();
    const startMs = clock.elapsed();
    let status: number | undefined;
    try {
      const url = `${this.#access.server}${call.path}${query && `?${query}`}`;
      const response = await this.#connection.fetch(url, {
        method: METHODS[call.verb],
        headers: {
          ...await this.#currentHeaders(),
          "accept": call.accept ?? "application/json",
          "user-agent": USER_AGENT,
          ...(call.body !== undefined && {
            "content-type": call.contentType ?? "application/json",
          }),
        },
        ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
        signal,
      });
      status = response.status;
      return response;
    } finally {
      tell({
        kind: "api_asked",
        verb: call.verb,
        ...(status !== undefined && { status }),
        ms: clock.elapsed() - startMs,
      });
    }
  }

  async #currentHeaders(): Promise<Readonly<Record<string, string>>> {
    const nowMs = this.#parts.clock.elapsed();
    if (this.#headers === undefined || nowMs - this.#headers.atMs > HEADERS_MS) {
      this.#headers = { value: await this.#access.headers(), atMs: nowMs };
    }
    return this.#headers.value;
  }

  async #readAccess(): Promise<void> {
    this.#access = await this.#parts.readAccess();
    this.#headers = undefined;
    this.#reconnect();
  }

  /** Connections that do not answer are left behind; what runs on them runs on. */
  #reconnect(): void {
    this.#connection.close();
    this.#connection = connect(this.#access);
  }
}

async function accepted(call: Call, response: Response): Promise<Response> {
  if (response.ok) return response;
  const text = await response.text();
  throw errorOfAnswer({
    status: response.status,
    body: parsed(text),
    retryAfter: response.headers.get("retry-after"),
    isSecret: call.isSecret ?? false,
  }, describe(call));
}

/** Answers are JSON as a rule; what stands between us and the server answers in other ways. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreachable(call: Call, why: unknown): KubeError {
  return new KubeError(
    "unreachable",
    `${describe(call)}: ${why instanceof Error ? why.message : why}`,
  );
}

function describe({ verb, path }: Call): string {
  return `${verb} ${path}`;
}

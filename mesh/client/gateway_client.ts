import { hidePassword } from "@asya/program";
import { isJsonObject, type Json, type JsonObject, parseJson } from "@asya/protocol";
import { explainRefusal, GatewayError } from "./gateway_error.ts";
import { textOf } from "./job_event.ts";
import { pause } from "../pause.ts";
import { type ServerSentEvent, SseDecoder } from "./sse_decoder.ts";

/** Where a gateway is, and who asks it. */
export interface GatewayAccess {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Shown to gateways that want to know who asks; never printed. */
  readonly token?: string | undefined;
}

/** What ends questions that have no answer yet. */
export interface ClientEnds {
  /** Ends those that change nothing, and can be asked again. */
  readonly first?: AbortSignal;
  /** Ends all: whether what was asked for is done, nobody knows then. */
  readonly second?: AbortSignal;
}

/** A tool as the gateway lists it. */
export interface ListedTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its arguments. */
  readonly inputSchema: JsonObject;
}

/** What a call led to. */
export type CallAnswer =
  /** A job, to be followed. */
  | { readonly kind: "job"; readonly id: string }
  /** The tool waited: this is its result. */
  | { readonly kind: "result"; readonly result: Json }
  | { readonly kind: "refused"; readonly reason: string };

/** A page of a list. */
export interface Page {
  readonly items: readonly JsonObject[];
  /** Where the next one begins. */
  readonly cursor?: string;
  /** All that the gateway said. */
  readonly body: JsonObject;
}

/** From where and with what something is done again. */
export interface ReplayWish {
  readonly fromStep?: number | undefined;
  readonly payload?: Json | undefined;
}

/** Parameters of a list; what is not set is left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/** Times that a gateway which is asked too often may name a wait, and the longest of those. */
const MOST_WAITS = 5;
const MOST_WAIT_MS = 60_000;

/** Waits until a gateway takes questions again, where it does not say how long. */
const USUAL_WAIT_MS = 1_000;

/** The REST interface of one gateway. Needs `--allow-net` for its host. */
export class GatewayClient {
  /** Where it is, for people: without the password that a URL may hold. */
  readonly url: string;
  readonly #base: string;
  readonly #token: string | undefined;
  readonly #ends: ClientEnds;

  /**
   * @param access where it is, and who asks
   * @param ends what ends questions that have no answer yet
   */
  constructor({ url, token }: GatewayAccess, ends: ClientEnds = {}) {
    this.#base = url.replace(/\/$/, "");
    this.url = hidePassword(this.#base);
    this.#token = token;
    this.#ends = ends;
  }

  /** What `GET /tools` says. */
  async listTools(): Promise<ListedTool[]> {
    const { tools } = await this.#ask("GET", "/tools");
    if (!Array.isArray(tools)) throw new GatewayError(`${this.url}/tools lists no tools`);
    return tools.filter(isJsonObject).map(({ name, description, inputSchema }) => ({
      name: textOf(name),
      description: textOf(description),
      inputSchema: isJsonObject(inputSchema) ? inputSchema : {},
    }));
  }

  /**
   * Calls a tool.
   *
   * @param name its name
   * @param args its arguments
   * @param key makes repeated calls one job
   */
  async call(name: string, args: JsonObject, key?: string): Promise<CallAnswer> {
    const headers = new Headers(key === undefined ? {} : { "idempotency-key": key });
    const body = { name, arguments: args };
    const { content, structuredContent = null, isError } = await this.#ask(
      "POST",
      "/tools/call",
      { body, headers },
    );
    if (isError === true) return { kind: "refused", reason: contentText(content) };
    const id = isJsonObject(structuredContent) && "stream_url" in structuredContent
      ? structuredContent.job_id
      : undefined;
    return typeof id === "string"
      ? { kind: "job", id }
      : { kind: "result", result: structuredContent };
  }

  /** A job as it is at this moment. */
  getJob(id: string): Promise<JsonObject> {
    return this.#ask("GET", `/jobs/${encodeURIComponent(id)}`);
  }

  /** A page of jobs, newest first. */
  listJobs(query: Query): Promise<Page> {
    return this.#list("/jobs", "jobs", query);
  }

  /** Ends a job; gives it as it is then. */
  cancelJob(id: string): Promise<JsonObject> {
    return this.#ask("POST", `/jobs/${encodeURIComponent(id)}/cancel`);
  }

  /** Does a job again; gives the one that is made for it. */
  retryJob(id: string, wish: ReplayWish): Promise<JsonObject> {
    return this.#ask("POST", `/jobs/${encodeURIComponent(id)}/retry`, { body: replayBody(wish) });
  }

  /** A page of dead letters. */
  listLetters(query: Query): Promise<Page> {
    return this.#list("/dead-letters", "dead_letters", query);
  }

  /** A dead letter with all that is in it. */
  getLetter(id: string): Promise<JsonObject> {
    return this.#ask("GET", `/dead-letters/${encodeURIComponent(id)}`);
  }

  /** Does the work of a dead letter again; gives the job that is made for it. */
  replayLetter(id: string, wish: ReplayWish): Promise<JsonObject> {
    const path = `/dead-letters/${encodeURIComponent(id)}/replay`;
    return this.#ask("POST", path, { body: replayBody(wish) });
  }

  /** Removes a dead letter for good. */
  async purgeLetter(id: string): Promise<void> {
    await this.#ask("DELETE", `/dead-letters/${encodeURIComponent(id)}`);
  }

  /** Where a job can be looked at. */
  jobUrl(id: string): string {
    return `${this.url}/jobs/${encodeURIComponent(id)}`;
  }

  /**
   * The events of a job on one connection.
   *
   * @param id the job
   * @param lastId where the connection before ended
   * @param signal ends it
   */
  async *events(
    id: string,
    lastId: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<ServerSentEvent, void> {
    const headers = new Headers(lastId === undefined ? {} : { "last-event-id": lastId });
    const path = `/jobs/${encodeURIComponent(id)}/stream`;
    const response = await this.#fetch("GET", path, { headers, signal });
    if (!response.ok) throw await this.#refused(response);
    const decoder = new SseDecoder();
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      yield* decoder.push(text);
    }
  }

  async #list(path: string, key: string, query: Query): Promise<Page> {
    const given = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]]
    );
    const body = await this.#ask("GET", `${path}?${new URLSearchParams(given)}`);
    const { [key]: items, next_cursor: cursor } = body;
    if (!Array.isArray(items)) throw new GatewayError(`${this.url}${path} lists nothing`);
    return {
      items: items.filter(isJsonObject),
      ...(typeof cursor === "string" && { cursor }),
      body,
    };
  }

  async #ask(
    method: string,
    path: string,
    more: { readonly body?: Json; readonly headers?: Headers } = {},
  ): Promise<JsonObject> {
    const headers = more.headers ?? new Headers();
    if (more.body !== undefined) headers.set("content-type", "application/json");
    // What was asked is wanted no more at once; what was told to be done is seen through.
    const signal = method === "GET" ? this.#ends.first : this.#ends.second;
    const response = await this.#fetch(method, path, {
      headers,
      ...(more.body !== undefined && { body: JSON.stringify(more.body) }),
      ...(signal && { signal }),
    });
    if (!response.ok) throw await this.#refused(response);
    const json = parseJson(await response.text());
    if (json.ok && isJsonObject(json.value)) return json.value;
    throw new GatewayError(`${this.url}${path} answered ${response.status}, but no JSON object`);
  }

  /** One question; again after the wait that a gateway which is asked too often names. */
  async #fetch(method: string, path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.#token !== undefined) headers.set("authorization", `Bearer ${this.#token}`);
    for (let waits = 0;; waits++) {
      const response = await this.#fetchOnce(path, { ...init, method, headers });
      if (response.status !== 429 || waits === MOST_WAITS) return response;
      const named = Number(response.headers.get("retry-after") ?? NaN) * 1_000;
      if (named > MOST_WAIT_MS) return response;
      await response.body?.cancel();
      // Nothing was done yet, so that there is nothing to be seen through.
      const ends = [init.signal, this.#ends.first].filter((signal) =>
        signal instanceof AbortSignal
      );
      const signal = AbortSignal.any(ends);
      await pause(Number.isNaN(named) ? USUAL_WAIT_MS : named, signal);
      signal.throwIfAborted();
    }
  }

  async #fetchOnce(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(this.#base + path, init);
    } catch (error) {
      if (init.signal?.aborted) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new GatewayError(
        `no gateway answers at ${this.url} (${why}); \`asya up\` starts one, and --url or ` +
          "ASYA_GATEWAY_URL says where another is",
        { cause: error },
      );
    }
  }

  async #refused(response: Response): Promise<GatewayError> {
    const text = await response.text();
    const json = parseJson(text);
    const reason = json.ok && isJsonObject(json.value) ? textOf(json.value.error) : "";
    const scope = /scope="([^"]+)"/.exec(response.headers.get("www-authenticate") ?? "")?.[1];
    const { status } = response;
    const refusal = { url: this.url, status, reason, hasToken: this.#token !== undefined };
    const message = explainRefusal({ ...refusal, ...(scope !== undefined && { scope }) });
    return new GatewayError(message, { status });
  }
}

function replayBody({ fromStep, payload }: ReplayWish): JsonObject {
  return {
    ...(fromStep !== undefined && { from_step: fromStep }),
    ...(payload !== undefined && { payload }),
  };
}

function contentText(content: Json | undefined): string {
  if (!Array.isArray(content)) return "the gateway gave no reason";
  return content.map((item) => isJsonObject(item) ? textOf(item.text) : "").join("\n");
}

import { isJsonObject, type Json, type JsonObject, parseJson } from "@asya/protocol";
import { pause } from "../pause.ts";
import { type ServerSentEvent, SseDecoder } from "./sse_decoder.ts";

/** A tool as the gateway lists it. */
export interface ListedTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its arguments. */
  readonly inputSchema: JsonObject;
}

/** How far a job is. */
export interface JobProgress {
  /** 0 to 100. */
  readonly percent: number;
  readonly message: string;
  readonly step: string;
  /** A chunk that the handler streamed. */
  readonly partial?: Json;
}

/** What a call led to. */
export type CallAnswer =
  /** A job, to be followed. */
  | { readonly kind: "job"; readonly id: string }
  /** The tool waited: this is its result. */
  | { readonly kind: "result"; readonly result: Json }
  | { readonly kind: "refused"; readonly reason: string };

/** The gateway did not answer, or not as a gateway does. */
export class GatewayError extends Error {
  override readonly name: string = "GatewayError";
}

/** A gateway that is away answers again within this time, or is given up. */
const AWAY_MS = 30_000;

/** The time between two tries to reach a gateway that is away. */
const RETRY_MS = 250;

/** The REST interface of one gateway. Needs `--allow-net` for its host. */
export class GatewayClient {
  readonly #url: string;

  /** @param url such as `http://127.0.0.1:8080` */
  constructor(url: string) {
    this.#url = url.replace(/\/$/, "");
  }

  /** What `GET /tools` says. */
  async listTools(): Promise<ListedTool[]> {
    const value = await this.#json(await this.#fetch("/tools"));
    const tools = isJsonObject(value) ? value.tools : value;
    if (!Array.isArray(tools)) throw new GatewayError(`${this.#url}/tools lists no tools`);
    return tools.filter(isJsonObject).map(({ name, description, inputSchema }) => ({
      name: textOf(name),
      description: textOf(description),
      inputSchema: isJsonObject(inputSchema) ? inputSchema : {},
    }));
  }

  /** Calls a tool. */
  async call(name: string, args: JsonObject): Promise<CallAnswer> {
    const response = await this.#fetch("/tools/call", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name, arguments: args }),
    });
    const value = await this.#json(response);
    if (!isJsonObject(value)) throw new GatewayError(`${this.#url} answered no result`);
    const { content, structuredContent = null, isError, error } = value;
    if (isError === true || !response.ok) {
      return { kind: "refused", reason: textOf(error) || contentText(content) };
    }
    const id = isJsonObject(structuredContent) && "stream_url" in structuredContent
      ? structuredContent.job_id
      : undefined;
    return typeof id === "string"
      ? { kind: "job", id }
      : { kind: "result", result: structuredContent };
  }

  /** A job as it is now. */
  async getJob(id: string): Promise<JsonObject> {
    const value = await this.#json(await this.#fetch(`/jobs/${encodeURIComponent(id)}`));
    if (!isJsonObject(value)) throw new GatewayError(`${this.#url} knows no job ${id}`);
    return value;
  }

  /** Where a job can be looked at. */
  jobUrl(id: string): string {
    return `${this.#url}/jobs/${encodeURIComponent(id)}`;
  }

  /**
   * Every update of a job until it is over, also across a restart of the gateway.
   *
   * @param id the job
   * @param signal ends it
   * @param awayMs milliseconds after which a gateway that does not answer is given up
   */
  async *follow(
    id: string,
    signal: AbortSignal,
    awayMs = AWAY_MS,
  ): AsyncGenerator<JobProgress, void> {
    let lastId: string | undefined;
    let answeredAtMs = performance.now();
    while (true) {
      try {
        for await (const { event, data, id: eventId } of this.#events(id, lastId, signal)) {
          answeredAtMs = performance.now();
          lastId = eventId ?? lastId;
          const json = event === "status" ? undefined : parseJson(data);
          if (json?.ok && isJsonObject(json.value)) yield toProgress(json.value);
        }
        if (isOver(await this.getJob(id))) return;
        answeredAtMs = performance.now();
      } catch (error) {
        if (signal.aborted || !isPassing(error)) throw error;
        if (performance.now() - answeredAtMs > awayMs) {
          const what = `${messageOf(error)}; the job goes on, and ${
            this.jobUrl(id)
          } says how far it is`;
          throw new GatewayError(what, { cause: error });
        }
      }
      // stands for the time a gateway takes to come back
      await pause(RETRY_MS, signal);
    }
  }

  async *#events(
    id: string,
    lastId: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<ServerSentEvent, void> {
    const headers = new Headers(lastId === undefined ? {} : { "last-event-id": lastId });
    const path = `/jobs/${encodeURIComponent(id)}/stream`;
    const response = await this.#fetch(path, { signal, headers });
    if (!response.ok) {
      const text = await response.text();
      throw new GatewayError(`${response.url} answered ${response.status}: ${text.slice(0, 200)}`, {
        cause: response.status,
      });
    }
    const decoder = new SseDecoder();
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      yield* decoder.push(text);
    }
  }

  async #fetch(path: string, init?: RequestInit): Promise<Response> {
    try {
      return await fetch(this.#url + path, init);
    } catch (error) {
      if (init?.signal?.aborted) throw error;
      throw new GatewayError(`no gateway answers at ${this.#url} (${messageOf(error)})`, {
        cause: error,
      });
    }
  }

  async #json(response: Response): Promise<Json> {
    const json = parseJson(await response.text());
    if (json.ok) return json.value;
    throw new GatewayError(`${response.url} answered ${response.status} and no JSON`);
  }
}

/** Whether a job has ended; what is no job never will. */
function isOver({ status }: JsonObject): boolean {
  return status !== "Pending" && status !== "Running";
}

/** Whether it may go better in a moment: nobody answered, or the answer broke off, or was a 5xx. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof GatewayError)) return error instanceof TypeError;
  return typeof error.cause !== "number" || error.cause >= 500;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function toProgress(update: JsonObject): JobProgress {
  const { progress_percent: percent, message, step, partial } = update;
  return {
    percent: typeof percent === "number" ? percent : 0,
    message: textOf(message),
    step: textOf(step),
    ...(partial !== undefined && { partial }),
  };
}

function contentText(content: Json | undefined): string {
  if (!Array.isArray(content)) return "the gateway gave no reason";
  return content.map((item) => isJsonObject(item) ? textOf(item.text) : "").join("\n");
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

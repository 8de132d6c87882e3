import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { freePort } from "./free_port.ts";
import { poll } from "./poll.ts";
import {
  createTestGateway,
  type TestGateway,
  type TestGatewayOptions,
} from "../../gateway/testing/test_gateway.ts";

/** A revision of 2025, or 2026-07-28. */
export type Mode = "legacy" | "modern";

/** A message of JSON-RPC, as it came: a test says itself what it looks for in it. */
export type RpcMessage = ReturnType<typeof JSON.parse>;

/** What a raw request may say beside its method and parameters. */
export interface RawOptions {
  readonly headers?: Record<string, string>;
  /** Extensions that the client knows, in the newer revision. */
  readonly extensions?: readonly string[];
  readonly signal?: AbortSignal;
  readonly progressToken?: string;
  /** More of `_meta`. */
  readonly meta?: Record<string, unknown>;
}

/** A gateway on loopback, and clients of it. */
export class McpBench implements AsyncDisposable {
  readonly test: TestGateway;
  readonly url: string;
  readonly #server: Deno.HttpServer;
  readonly #clients: Client[] = [];

  /** @param options of the gateway */
  constructor(options: TestGatewayOptions) {
    this.test = createTestGateway(options);
    const port = freePort();
    this.url = `http://127.0.0.1:${port}`;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port, onListen: () => {} },
      (request) => this.test.gateway.fetch(request),
    );
  }

  /** Connects an official client. */
  async connect(mode: Mode): Promise<Client> {
    const client = new Client({ name: "test", version: "1" }, {
      versionNegotiation: { mode: mode === "legacy" ? "legacy" : { pin: "2026-07-28" } },
    });
    await client.connect(new StreamableHTTPClientTransport(new URL(`${this.url}/mcp`)));
    this.#clients.push(client);
    return client;
  }

  /** Sends a request as it is written down in a revision, without any client's help. */
  async send(
    mode: Mode,
    method: string,
    params: Record<string, unknown> = {},
    options: RawOptions = {},
  ): Promise<Response> {
    const { extensions = [], signal, progressToken, meta } = options;
    const _meta = {
      ...meta,
      ...(progressToken !== undefined && { progressToken }),
      ...(mode === "modern" && {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { name: "raw", version: "1" },
        "io.modelcontextprotocol/clientCapabilities": {
          extensions: Object.fromEntries(extensions.map((name) => [name, {}])),
        },
      }),
    };
    const name = params.taskId ?? params.name;
    const headers = {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": mode === "modern" ? "2026-07-28" : "2025-11-25",
      ...(mode === "modern" && { "mcp-method": method }),
      ...(mode === "modern" && typeof name === "string" && { "mcp-name": name }),
      ...options.headers,
    };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 7, method, params: { ...params, _meta } });
    const init = { method: "POST", headers, body, ...(signal && { signal }) };
    return await fetch(`${this.url}/mcp`, init);
  }

  /** Sends a request; the last message of its answer. */
  async ask(
    mode: Mode,
    method: string,
    params: Record<string, unknown> = {},
    options: RawOptions = {},
  ): Promise<RpcMessage> {
    const response = await this.send(mode, method, params, options);
    const text = await response.text();
    return isStream(response) ? messagesOf(text).at(-1) : JSON.parse(text);
  }

  /** The newest job, as soon as there is one that is active. */
  async activeJob(): Promise<string> {
    return await poll("an active job", async () => {
      const { jobs: [job] } = await (await this.test.get("/jobs")).json();
      return ["Pending", "Running"].includes(job?.status) && job.id;
    });
  }

  /** Reports of a step of the route `ocr`, `classify`. */
  async progress(id: string, stepIndex: number, status: string, more: object = {}): Promise<void> {
    const step = ["ocr", "classify"][stepIndex] ?? "?";
    const report = { step, step_index: stepIndex, total_steps: 2, status, actor_name: step };
    await this.test.post(`/jobs/${id}/progress`, { ...report, ...more });
  }

  /** Reports of a job's end. */
  async finish(id: string, report: object): Promise<void> {
    await this.test.post(`/jobs/${id}/final`, report);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client.close();
    this.test.gateway.release();
    await this.#server.shutdown();
    await this.test.gateway.close();
  }
}

/** Reads the messages of a stream as they come. */
export class MessageReader {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  /** @param response a stream of server-sent events */
  constructor({ body }: Response) {
    if (!body) throw new TypeError("the response has no body");
    this.#reader = body.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The next message; `undefined` at the end. */
  async next(): Promise<RpcMessage> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const [message] = messagesOf(this.#text.slice(0, end));
        this.#text = this.#text.slice(end + 2);
        if (message !== undefined) return message;
        continue;
      }
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#text += value;
    }
  }

  /** Goes away. */
  async cancel(): Promise<void> {
    await this.#reader.cancel();
  }
}

function isStream({ headers }: Response): boolean {
  return headers.get("content-type") === "text/event-stream";
}

function messagesOf(text: string): RpcMessage[] {
  return text.split("\n").filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice("data: ".length)));
}

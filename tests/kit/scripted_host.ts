import { encodeFrame, type Json, parseJson } from "@asya/protocol";
import { readFrame } from "./exchange.ts";

/**
 * What a scripted host does with one request.
 *
 * A JSON value is answered in a frame. The others are misbehaviour: `silence` reads and never
 * answers, `hang_up` reads and closes, `raw` writes bytes that need not be a frame and closes.
 */
export type HostAct =
  | { readonly answer: Json }
  | { readonly silence: true }
  | { readonly hang_up: true }
  | { readonly raw: Uint8Array };

/** What a handler's host was asked for, in order. */
export interface HostRequest {
  readonly body: Uint8Array;
  /** Whether it was refused without asking the script, because it was not JSON. */
  readonly refused: boolean;
}

/** What a scripted host is made of. */
export interface ScriptedHostOptions {
  /** Decides about each request that is JSON. */
  readonly act: (request: Json, index: number) => HostAct | Promise<HostAct>;
}

/**
 * A handler's host as the existing Python runtime is one: one exchange per connection, strictly
 * one connection after the other, a backlog of 5, and an error for what is not JSON.
 *
 * The platform gives no small backlog to a Unix socket; a connection above it is closed at once
 * and counted, where a kernel would let the client wait or refuse it.
 */
export class ScriptedHost implements AsyncDisposable {
  static readonly BACKLOG = 5;
  readonly requests: HostRequest[] = [];
  /** Connections that found one being served and five waiting. */
  overflows = 0;
  /** The most connections that were open at a time. */
  mostOpen = 0;
  readonly #act: ScriptedHostOptions["act"];
  readonly #listener: Deno.UnixListener;
  readonly #open = new Set<Deno.Conn>();
  readonly #accepting: Promise<void>;
  #serving: Promise<void> = Promise.resolve();

  /**
   * @param socketPath where to listen; a stale file is removed
   * @param options the script
   */
  constructor(socketPath: string, options: ScriptedHostOptions) {
    this.#act = options.act;
    removeStale(socketPath);
    this.#listener = Deno.listen({ transport: "unix", path: socketPath });
    this.#accepting = this.#accept();
  }

  /** The messages that the script was asked about, in order. */
  get messages(): Json[] {
    return this.requests.filter(({ refused }) => !refused).map(({ body }) => valueOf(body));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) connection.close();
    this.#open.clear();
    await this.#accepting;
    await this.#serving;
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      if (this.#open.size > ScriptedHost.BACKLOG) {
        this.overflows++;
        connection.close();
        continue;
      }
      this.#open.add(connection);
      this.mostOpen = Math.max(this.mostOpen, this.#open.size);
      this.#serving = this.#serving.then(() => this.#serve(connection));
    }
  }

  async #serve(connection: Deno.Conn): Promise<void> {
    try {
      const request = await readFrame(connection);
      if (request.kind === "reply") await this.#answer(connection, request.body);
    } catch (error) {
      if (!isGone(error)) throw error;
    } finally {
      if (this.#open.delete(connection)) connection.close();
    }
  }

  async #answer(connection: Deno.Conn, body: Uint8Array): Promise<void> {
    const json = parseJson(body);
    this.requests.push({ body, refused: !json.ok });
    if (!json.ok) {
      const details = { message: json.reason, type: "JSONDecodeError", traceback: "" };
      return await writeAll(connection, frameOf([{ error: "msg_parsing_error", details }]));
    }
    const act = await this.#act(json.value, this.messages.length - 1);
    if ("answer" in act) return await writeAll(connection, frameOf(act.answer));
    if ("raw" in act) return await writeAll(connection, act.raw);
    // The peer ends a silence, by closing.
    if ("silence" in act) await readFrame(connection);
  }
}

/**
 * A route as an existing host answers it: the received one, not yet advanced.
 *
 * @param message the received message
 */
export function receivedRoute(message: Json): Json {
  return typeof message === "object" && message !== null && !Array.isArray(message)
    ? message.route ?? null
    : null;
}

function frameOf(value: Json): Uint8Array {
  return encodeFrame(new TextEncoder().encode(JSON.stringify(value)));
}

function valueOf(body: Uint8Array): Json {
  const json = parseJson(body);
  return json.ok ? json.value : null;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length;) {
    offset += await connection.write(bytes.subarray(offset));
  }
}

/** Whether the connection ended under our hands, by either side. */
function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted;
}

function removeStale(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

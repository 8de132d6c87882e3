import { encodeFrame, encodeHello, FrameDecoder, isHello, type Json } from "@asya/protocol";
import type { InstanceExit } from "@asya/protocol";

/** A connection as a scripted host sees it. */
export interface Peer {
  /** Writes a frame, unless the peer is gone. */
  send(value: Json | Uint8Array): Promise<void>;
  /** Writes bytes as they are, unless the peer is gone. */
  write(bytes: Uint8Array): Promise<void>;
  close(): void;
}

/** What a scripted host does: one function per frame that comes. */
export type Script = (body: Uint8Array, peer: Peer) => unknown;

/** A host on a real Unix socket that does what its script says. */
export class ScriptedHost implements AsyncDisposable {
  /** Bodies of all frames that came, as text. */
  readonly frames: string[] = [];
  /** Connections that were accepted. */
  accepted = 0;
  /** Most connections that were open at a time. */
  mostOpen = 0;
  readonly #listener: Deno.UnixListener;
  readonly #conns = new Set<Deno.UnixConn>();
  readonly #script: Script;
  readonly #isSerial: boolean;
  readonly #running: Promise<void>;

  /**
   * @param path where to listen
   * @param script what to do with each frame
   * @param options `isSerial`: a connection is accepted only when the one before has ended
   */
  constructor(path: string, script: Script, options: { isSerial?: boolean } = {}) {
    this.#script = script;
    this.#isSerial = options.isSerial ?? false;
    this.#listener = Deno.listen({ transport: "unix", path });
    this.#running = this.#accept();
  }

  /** Ends every connection, as a death would, but keeps listening. */
  sever(): void {
    for (const conn of this.#conns) closeQuietly(conn);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    closeQuietly(this.#listener);
    this.sever();
    await this.#running;
  }

  async #accept(): Promise<void> {
    const serving: Promise<void>[] = [];
    for await (const conn of this.#listener) {
      this.accepted++;
      const served = this.#serve(conn);
      if (this.#isSerial) await served;
      else serving.push(served);
    }
    await Promise.all(serving);
  }

  async #serve(conn: Deno.UnixConn): Promise<void> {
    this.#conns.add(conn);
    this.mostOpen = Math.max(this.mostOpen, this.#conns.size);
    const decoder = new FrameDecoder();
    const buffer = new Uint8Array(65536);
    const peer = createPeer(conn);
    while (true) {
      const count = await conn.read(buffer).catch(() => null);
      if (count === null) break;
      for (const frame of decoder.push(buffer.subarray(0, count)).frames) {
        this.frames.push(new TextDecoder().decode(frame));
        await this.#script(frame, peer);
      }
    }
    this.#conns.delete(conn);
    closeQuietly(conn);
  }
}

/** What a session's host says of itself, where that matters. */
export interface SessionScript {
  readonly concurrency?: number;
  readonly instance?: string;
  readonly exits?: InstanceExit[];
  /** What to do with a call, a cancel, anything after the hello. */
  readonly onFrame?: (value: Record<string, Json>, peer: Peer) => unknown;
}

/** The script of a host that knows sessions; without more, it answers each call with its payload. */
export function sessionScript(script: SessionScript = {}): Script {
  const { concurrency = 1, instance = "i1", exits = [], onFrame = echo } = script;
  return async (body, peer) => {
    if (isHello(body)) {
      const features = ["progress", "cancel"];
      return await peer.send(encodeHello({ version: 1, features, instance, concurrency, exits }));
    }
    return await onFrame(JSON.parse(new TextDecoder().decode(body)), peer);
  };
}

/** Answers a call of a session with its payload. */
export async function echo(value: Record<string, Json>, peer: Peer): Promise<void> {
  const message = value.message as { payload: Json } | undefined;
  if (value.call === undefined) return;
  await peer.send({ reply: value.call, status: "ok", result: message?.payload ?? null });
}

/** The script of an older host: single exchanges, bare lists, and no patience with what is no JSON. */
export function olderScript(
  answer: (message: { payload: Json; route: Json }) => Json = ({ payload, route }) => [
    { payload, route },
  ],
): Script {
  return async (body, peer) => {
    const message = parsed(body);
    const refusal = [{ error: "msg_parsing_error", details: { message: "not JSON" } }];
    await peer.send(message === undefined ? refusal : answer(message));
    peer.close();
  };
}

function parsed(body: Uint8Array): { payload: Json; route: Json } | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

function createPeer(conn: Deno.UnixConn): Peer {
  const write = async (bytes: Uint8Array) => {
    // A peer that is gone is what many a test is about.
    for (let offset = 0; offset < bytes.length;) {
      const count = await conn.write(bytes.subarray(offset)).catch(() => bytes.length);
      offset += count;
    }
  };
  return {
    write,
    send: (value) =>
      write(encodeFrame(
        value instanceof Uint8Array ? value : new TextEncoder().encode(JSON.stringify(value)),
      )),
    close: () => closeQuietly(conn),
  };
}

function closeQuietly(resource: { close(): void }): void {
  try {
    resource.close();
  } catch {
    // It was closed before.
  }
}

import { FrameDecoder } from "@asya/protocol/framing";
import { isHello } from "@asya/protocol/session";
import { FrameWriter } from "./frame_writer.ts";
import { failureText, type Host } from "./host.ts";
import { answerOnce } from "./one_exchange.ts";
import { Session } from "./session.ts";

/** A connected peer. */
export interface Peer {
  /** Reads into the buffer; `null` at the end of the stream. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some of the bytes, and says how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Closes the connection. */
  close(): void;
}

/** Many peers send one short request and go: they get a small buffer, whoever fills it a large one. */
const FIRST_READ_BYTES = 4_096;

/** A peer that lets more than this wait is read from again only when it has taken it. */
const MAX_UNREAD_BYTES = 1024 * 1024;

/**
 * One connection: a session if its first frame is a hello, else one exchange. Whatever the peer does
 * ends only its own connection.
 */
export class Connection {
  readonly #host: Host;
  readonly #peer: Peer;
  readonly #writer: FrameWriter;
  readonly #decoder: FrameDecoder;
  #session: Session | undefined;

  /**
   * @param host whom the peer wants
   * @param peer the connection; it is closed in the end
   */
  constructor(host: Host, peer: Peer) {
    this.#host = host;
    this.#peer = peer;
    this.#writer = new FrameWriter((bytes) => peer.write(bytes));
    this.#decoder = new FrameDecoder(host.options.maxFrameBytes);
  }

  /** Serves the peer until either side ends the connection. */
  async serve(): Promise<void> {
    try {
      await this.#readOn();
    } finally {
      this.#session?.close();
      await this.#writer.flushed();
      this.#peer.close();
    }
  }

  /** Resolves when everything that was answered is written, or the peer is gone. */
  flushed(): Promise<void> {
    return this.#writer.flushed();
  }

  async #readOn(): Promise<void> {
    const { chunkBytes } = this.#host.options;
    let buffer = new Uint8Array(Math.min(FIRST_READ_BYTES, chunkBytes));
    for (;;) {
      const count = await readSome(this.#peer, buffer);
      if (count === null) return;
      const { frames, failure } = this.#decoder.push(buffer.subarray(0, count));
      const hasEnded = await this.#takeAll(frames);
      if (failure && !hasEnded) this.#refuseFrame(failure.message);
      if (hasEnded || failure) return;
      if (count === buffer.length && count < chunkBytes) buffer = new Uint8Array(chunkBytes);
      if (this.#writer.pendingBytes > MAX_UNREAD_BYTES) await this.#writer.flushed();
      await this.#host.calls.room();
    }
  }

  /** Takes frames in order, and says whether the connection ends with one of them. */
  async #takeAll(frames: readonly Uint8Array[]): Promise<boolean> {
    for (const frame of frames) {
      const problem = this.#session ? this.#session.take(frame) : await this.#open(frame);
      if (problem === undefined) continue;
      if (problem !== ANSWERED) this.#refuse(problem);
      return true;
    }
    return false;
  }

  /** Takes the first frame, which says how the connection is to be used. */
  async #open(body: Uint8Array): Promise<string | undefined> {
    if (isHello(body)) {
      this.#session = Session.open(this.#host, this.#writer, body);
      return this.#session ? undefined : "not a hello of a session";
    }
    this.#writer.send(await answerOnce(this.#host, body));
    return ANSWERED;
  }

  /** A frame over the cap cannot be skipped: whoever made one exchange is told, a session ends. */
  #refuseFrame(reason: string): void {
    this.#refuse(reason);
    if (this.#session) return;
    const { replyFormat } = this.#host.options;
    this.#writer.send(failureText(this.#host, replyFormat, "frame_too_large", reason));
  }

  #refuse(reason: string): void {
    this.#host.onEvent({ kind: "peer_refused", reason });
  }
}

/** The one exchange of a connection is over. */
const ANSWERED = "";

/** Reads; a peer that has gone, however rudely, is one whose stream has ended. */
async function readSome(peer: Peer, buffer: Uint8Array): Promise<number | null> {
  try {
    return await peer.read(buffer);
  } catch {
    return null;
  }
}

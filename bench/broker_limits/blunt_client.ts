import { type AmqpFrame, AmqpFrameDecoder, readAck } from "../../tests/kit/amqp_frames.ts";
import { concat, messageFrames, type Method, methodFrame } from "./method_frame.ts";

/** Where a blunt client goes. */
export interface BluntOptions {
  /** The broker's port on loopback. */
  readonly port: number;
  /** The queue that it publishes to or takes from. */
  readonly queue: string;
}

/** How a queue is loaded. */
export interface PressOptions extends BluntOptions {
  readonly body: Uint8Array;
  /** Messages that are published and not confirmed at a time. */
  readonly inFlight: number;
}

/** How a queue is emptied. */
export interface DrainOptions extends BluntOptions {
  readonly prefetch: number;
}

/** Somebody who loads or empties a queue until it is closed. */
export interface BluntClient {
  /** Messages that are confirmed, or taken and acknowledged, so far. */
  readonly count: number;
  close(): Promise<void>;
}

/** Messages that are written at once, where so many may be in flight. */
const BATCH = 50;

const encoder = new TextEncoder();

/**
 * Publishes one message again and again, at a fraction of the processor time that a client library
 * needs: its frames are made once.
 *
 * @param options what, where, and how many at a time
 */
export async function press({ body, inFlight, ...options }: PressOptions): Promise<BluntClient> {
  const wire = await Wire.open(options.port);
  await wire.call([85, 10], [{ u8: 0 }], "85.11"); // confirm.select
  const message = messageFrames(1, "", options.queue, body);
  const size = Math.min(BATCH, inFlight);
  const batch = concat(Array.from({ length: size }, () => message));
  let written = 0;
  const client = { count: 0, close: () => wire.close() };
  const writeMore = async () => {
    while (written + size - client.count <= inFlight) {
      written += size;
      await wire.write(batch);
    }
  };
  /** Up to this one all are confirmed, and these by themselves. */
  let allUpTo = 0;
  const single = new Set<number>();
  wire.follow(async (frames) => {
    for (const frame of frames) {
      if (frame.method === "60.120") throw new Error(`${options.queue} refuses messages`);
      if (frame.method !== "60.80") continue;
      const { tag, isAll } = readAck(frame);
      if (isAll) {
        for (let confirmed = allUpTo + 1; confirmed <= tag; confirmed++) single.delete(confirmed);
        allUpTo = tag;
      } else single.add(tag);
      client.count = allUpTo + single.size;
    }
    await writeMore();
  });
  await writeMore();
  return client;
}

/**
 * Takes messages and acknowledges each by itself, as sidecars do.
 *
 * @param options where, and how many at a time
 */
export async function drain({ prefetch, ...options }: DrainOptions): Promise<BluntClient> {
  const wire = await Wire.open(options.port);
  await wire.call([60, 10], [{ u32: 0 }, { u16: prefetch }, { u8: 0 }], "60.11"); // basic.qos
  const args = [{ u16: 0 }, { short: options.queue }, { short: "blunt" }, { u8: 0 }];
  await wire.call([60, 20], [...args, { table: "empty" }], "60.21"); // basic.consume
  const client = { count: 0, close: () => wire.close() };
  wire.follow(async (frames) => {
    const acks: Uint8Array[] = [];
    for (const { method } of frames) {
      if (method !== "60.60") continue;
      client.count += 1;
      acks.push(methodFrame(1, [60, 80], [{ u64: client.count }, { u8: 0 }]));
    }
    if (acks.length > 0) await wire.write(concat(acks));
  });
  return client;
}

/** A connection with one channel. */
class Wire {
  readonly #connection: Deno.TcpConn;
  readonly #decoder = new AmqpFrameDecoder("broker");
  readonly #buffer = new Uint8Array(256 * 1024);
  #isClosed = false;
  #following: Promise<void> = Promise.resolve();
  #writing: Promise<void> = Promise.resolve();

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Opens a connection as guest, and channel 1 on it. */
  static async open(port: number): Promise<Wire> {
    const wire = new Wire(await Deno.connect({ hostname: "127.0.0.1", port }));
    await wire.write(encoder.encode("AMQP\x00\x00\x09\x01"));
    await wire.#expect("10.10");
    const login = { long: "\0guest\0guest" };
    const start = [{ table: "empty" } as const, { short: "PLAIN" }, login, { short: "en_US" }];
    await wire.write(methodFrame(0, [10, 11], start));
    await wire.#expect("10.30");
    // One channel, frames of 128 KiB, no heartbeat.
    await wire.write(methodFrame(0, [10, 31], [{ u16: 1 }, { u32: 131_072 }, { u16: 0 }]));
    await wire.write(methodFrame(0, [10, 40], [{ short: "/" }, { short: "" }, { u8: 0 }]));
    await wire.#expect("10.41");
    await wire.call([20, 10], [{ short: "" }], "20.11");
    return wire;
  }

  /** Calls a method on the channel and waits for its answer. */
  async call(
    method: Method,
    args: Parameters<typeof methodFrame>[2],
    answer: string,
  ): Promise<void> {
    await this.write(methodFrame(1, method, args));
    await this.#expect(answer);
  }

  /** Writes bytes, behind all that is being written. */
  write(bytes: Uint8Array): Promise<void> {
    return this.#writing = this.#writing.then(async () => {
      for (let sent = 0; sent < bytes.length;) {
        sent += await this.#connection.write(bytes.subarray(sent));
      }
    });
  }

  /** Hands on what comes from here on, until it is closed. */
  follow(onFrames: (frames: readonly AmqpFrame[]) => Promise<void>): void {
    this.#following = this.#follow(onFrames);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#connection.close();
    await this.#following;
  }

  async #follow(onFrames: (frames: readonly AmqpFrame[]) => Promise<void>): Promise<void> {
    try {
      while (true) await onFrames(await this.#read());
    } catch (error) {
      if (!this.#isClosed) throw error;
    }
  }

  async #read(): Promise<AmqpFrame[]> {
    const size = await this.#connection.read(this.#buffer);
    if (size === null) throw new Error("the broker ended the connection");
    return this.#decoder.push(this.#buffer.subarray(0, size));
  }

  async #expect(method: string): Promise<void> {
    const frames = await this.#read();
    if (frames.some((frame) => frame.method === method)) return;
    throw new Error(`${method} was expected, and ${frames.map(({ method }) => method)} came`);
  }
}

/** A frame of AMQP 0-9-1, or the protocol's name, with which a client begins. */
export interface AmqpFrame {
  /** All of its bytes. */
  readonly bytes: Uint8Array;
  readonly channel: number;
  /** The method that it carries, by class and number, as in `60.80`; none for headers and bodies. */
  readonly method?: string;
}

/** Methods that tests look at, of those that carry messages. */
export const AmqpMethod = {
  consume: "60.20",
  publish: "60.40",
  deliver: "60.60",
  ack: "60.80",
} as const;

const PROTOCOL_BYTES = 8;
const HEADER_BYTES = 7;
const METHOD_FRAME = 1;

/** Cuts one direction of a connection into its frames, wherever its bytes are split. */
export class AmqpFrameDecoder {
  #rest: Uint8Array = new Uint8Array();
  #beginsWithProtocol: boolean;

  /** @param from who writes it: a client's first bytes are no frame */
  constructor(from: "client" | "broker") {
    this.#beginsWithProtocol = from === "client";
  }

  /**
   * Takes bytes, and gives the frames that they complete.
   *
   * @param chunk bytes, whose memory may be used for others afterwards
   */
  push(chunk: Uint8Array): AmqpFrame[] {
    const bytes = new Uint8Array(this.#rest.length + chunk.length);
    bytes.set(this.#rest);
    bytes.set(chunk, this.#rest.length);
    const view = new DataView(bytes.buffer);
    const frames: AmqpFrame[] = [];
    let from = 0;
    while (true) {
      const size = this.#sizeAt(view, from);
      if (size === undefined || from + size > bytes.length) break;
      frames.push(this.#read(view, bytes.subarray(from, from + size), from));
      from += size;
    }
    this.#rest = bytes.subarray(from);
    return frames;
  }

  #sizeAt(view: DataView, from: number): number | undefined {
    if (this.#beginsWithProtocol) return PROTOCOL_BYTES;
    if (from + HEADER_BYTES > view.byteLength) return undefined;
    return HEADER_BYTES + view.getUint32(from + 3) + 1;
  }

  #read(view: DataView, bytes: Uint8Array, from: number): AmqpFrame {
    if (this.#beginsWithProtocol) {
      this.#beginsWithProtocol = false;
      return { bytes, channel: 0 };
    }
    const channel = view.getUint16(from + 1);
    if (view.getUint8(from) !== METHOD_FRAME) return { bytes, channel };
    return { bytes, channel, method: `${view.getUint16(from + 7)}.${view.getUint16(from + 9)}` };
  }
}

/** Where a method's arguments begin in its frame. */
const ARGUMENTS = HEADER_BYTES + 4;

/**
 * The queue that is consumed from.
 *
 * @param frame a frame of {@linkcode AmqpMethod.consume}
 */
export function consumedQueue({ bytes }: AmqpFrame): string {
  return readShortText(bytes, ARGUMENTS + 2).text;
}

/**
 * Whether a message is delivered again.
 *
 * @param frame a frame of {@linkcode AmqpMethod.deliver}
 */
export function isRedelivery({ bytes }: AmqpFrame): boolean {
  const { end } = readShortText(bytes, ARGUMENTS);
  return (bytes[end + 8]! & 1) === 1;
}

/**
 * What is acknowledged: one message, or all up to it.
 *
 * @param frame a frame of {@linkcode AmqpMethod.ack}
 */
export function readAck({ bytes }: AmqpFrame): { readonly tag: number; readonly isAll: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    tag: Number(view.getBigUint64(ARGUMENTS)),
    isAll: (view.getUint8(ARGUMENTS + 8) & 1) === 1,
  };
}

function readShortText(bytes: Uint8Array, from: number): { text: string; end: number } {
  const end = from + 1 + bytes[from]!;
  return { text: new TextDecoder().decode(bytes.subarray(from + 1, end)), end };
}

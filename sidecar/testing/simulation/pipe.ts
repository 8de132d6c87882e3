import type { Clock } from "@asya/transport";
import type { ByteStream } from "../../host.ts";
import type { Dice } from "./dice.ts";

/** Who is told what passes through a pipe, on the sidecar's side. */
export interface PipeWatch {
  /** Bytes that the system has taken from the sidecar; `isHeldUp`: they may have waited long. */
  onWritten(bytes: Uint8Array, isHeldUp: boolean): void;
  /** The sidecar has learnt that it ended, or has ended it. */
  onEnded(): void;
}

/** A host's end of a connection. */
export interface HostEnd {
  /** Takes bytes that the sidecar wrote. */
  onBytes: (bytes: Uint8Array) => void;
  /** Is told that the sidecar is gone. */
  onClosed: () => void;
  /** Writes bytes; `onRead` is told when the sidecar has read the last of them. */
  write(bytes: Uint8Array, onRead?: () => void): void;
  /** Ends it; what was written before still arrives. */
  close(): void;
}

/** Bytes that the system takes from a sidecar whose host does not read. */
const ROOM_BYTES = 600;

/** How long bytes take at most. */
const MOST_DELAY_MS = 5;

/** A connected pair of sockets, with bytes in whatever pieces they happen to come. */
export class Pipe implements ByteStream {
  readonly host: HostEnd;
  readonly #clock: Clock;
  readonly #dice: Dice;
  readonly #watch: PipeWatch;
  readonly #inbox: { bytes: Uint8Array; onRead: () => void }[] = [];
  readonly #stalledMs: () => number;
  /** Bytes that a host which does not read has not read. */
  #unread: Uint8Array[] = [];
  #hasEnd = false;
  #isClosed = false;
  #isEndTold = false;
  #wake = () => {};
  #lastMs = 0;
  /** When a write was last let through after a wait. */
  #heldUpMs = -1;

  /**
   * @param clock tells when bytes arrive
   * @param dice say in which pieces
   * @param watch is told what passes
   * @param stalledMs for how long from now on the host does not read
   */
  constructor(clock: Clock, dice: Dice, watch: PipeWatch, stalledMs: () => number) {
    this.#clock = clock;
    this.#dice = dice;
    this.#watch = watch;
    this.#stalledMs = stalledMs;
    this.host = {
      onBytes: () => {},
      onClosed: () => {},
      write: (bytes, onRead = () => {}) => this.#soon(() => this.#put({ bytes, onRead })),
      close: () => this.#soon(() => this.#end()),
    };
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#inbox.length === 0) {
      if (this.#isClosed) throw brokenPipe();
      if (this.#hasEnd) {
        this.#tellEnd();
        return null;
      }
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#take(buffer);
  }

  async write(bytes: Uint8Array): Promise<number> {
    if (this.#dice.chance("slow write", 0.03)) {
      await this.#pass(this.#dice.mostlySmall("slow write for", 100, 5_000));
    }
    while (this.#isFull() && !this.#hasEnd && !this.#isClosed) {
      // waits for the host to read again
      await this.#pass(100);
    }
    if (this.#hasEnd || this.#isClosed) throw brokenPipe();
    const isPart = this.#dice.chance("part of a write", 0.1);
    const part = bytes.slice(0, isPart ? this.#dice.whole("part", 1, bytes.length) : undefined);
    this.#watch.onWritten(part, this.#heldUpMs === this.#clock.elapsed());
    this.#unread.push(part);
    this.#clock.after(this.#dice.mostlySmall("to the host", 0, MOST_DELAY_MS), () => this.#flush());
    return part.length;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#tellEnd();
    this.#wake();
    this.#clock.after(MOST_DELAY_MS, () => this.#finish());
  }

  /** Holds the writer up. */
  async #pass(ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.#clock.after(ms, resolve));
    this.#heldUpMs = this.#clock.elapsed();
  }

  #take(buffer: Uint8Array): number {
    const isPart = this.#dice.chance("part of a read", 0.2);
    const room = isPart ? this.#dice.whole("piece", 1, 40) : buffer.length;
    let count = 0;
    for (let first; (first = this.#inbox[0]) && count < room;) {
      const piece = first.bytes.subarray(0, room - count);
      buffer.set(piece, count);
      count += piece.length;
      first.bytes = first.bytes.subarray(piece.length);
      if (first.bytes.length > 0) break;
      this.#inbox.shift();
      first.onRead();
    }
    return count;
  }

  #isFull(): boolean {
    return this.#unread.reduce((sum, { length }) => sum + length, 0) >= ROOM_BYTES;
  }

  #flush(): void {
    if (this.#hasEnd || this.#unread.length === 0) return;
    const stalledMs = this.#stalledMs();
    if (stalledMs > 0) return void this.#clock.after(stalledMs, () => this.#flush());
    for (const bytes of this.#unread.splice(0)) this.host.onBytes(bytes);
  }

  /** The host reads what was written before, then the end. */
  #finish(): void {
    const stalledMs = this.#stalledMs();
    if (stalledMs > 0) return void this.#clock.after(stalledMs, () => this.#finish());
    this.#flush();
    this.host.onClosed();
  }

  /** After what was sent before. */
  #soon(arrive: () => void): void {
    const now = this.#clock.elapsed();
    this.#lastMs = Math.max(
      this.#lastMs,
      now + this.#dice.mostlySmall("from the host", 0, MOST_DELAY_MS),
    );
    this.#clock.after(this.#lastMs - now, arrive);
  }

  #put(piece: { bytes: Uint8Array; onRead: () => void }): void {
    if (this.#isClosed || this.#hasEnd) return;
    this.#inbox.push(piece);
    this.#wake();
  }

  #end(): void {
    this.#hasEnd = true;
    this.#wake();
  }

  #tellEnd(): void {
    if (this.#isEndTold) return;
    this.#isEndTold = true;
    this.#watch.onEnded();
  }
}

function brokenPipe(): Error {
  const error = new Error("the other side is gone");
  error.name = "BrokenPipe";
  return error;
}

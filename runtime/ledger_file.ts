import type { CallLedger } from "./calls.ts";
import {
  encodeLedgerHead,
  encodeLedgerSlot,
  LEDGER_HEAD_BYTES,
  LEDGER_SLOT_BYTES,
  type LedgerCall,
  type LedgerHead,
} from "./ledger.ts";

/** How often the process shows that its event loop turns, while calls are in the handler. */
const BEAT_MS = 100;

/**
 * The ledger, written in place: a slot costs one small write, so that it is there before the handler
 * is entered. The lock on the file lasts as long as the process, and tells that it lives.
 */
export class LedgerFile implements CallLedger {
  readonly #file: Deno.FsFile;
  readonly #slot = new DataView(new ArrayBuffer(LEDGER_SLOT_BYTES));
  readonly #slotBytes = new Uint8Array(this.#slot.buffer);
  #head: LedgerHead;
  #occupied = 0;
  #beat: ReturnType<typeof setInterval> | undefined;

  private constructor(file: Deno.FsFile, head: LedgerHead) {
    this.#file = file;
    this.#head = head;
  }

  /**
   * Opens the ledger for this process.
   *
   * @param path of the file
   * @param head what it says at first
   * @param slots how many calls it has to hold; their room is taken here, and never again
   * @returns the ledger, or `undefined` while another process holds it
   */
  static open(path: string, head: LedgerHead, slots: number): LedgerFile | undefined {
    const file = Deno.openSync(path, { read: true, write: true, create: true });
    if (!file.tryLockSync(true)) {
      file.close();
      return undefined;
    }
    file.truncateSync();
    const ledger = new LedgerFile(file, head);
    ledger.#writeAt(LEDGER_HEAD_BYTES, new Uint8Array(slots * LEDGER_SLOT_BYTES));
    ledger.update({});
    return ledger;
  }

  /** Notes a call in a slot, or with `undefined` that the slot is empty. */
  write(slot: number, call: LedgerCall | undefined): void {
    encodeLedgerSlot(this.#slot, call, Date.now());
    this.#writeAt(LEDGER_HEAD_BYTES + slot * LEDGER_SLOT_BYTES, this.#slotBytes);
    if (call === undefined) this.#occupied--;
    else if (call.stage === "entered") this.#occupied++;
    // Between two calls nobody needs to know; the timer ends itself when it finds no call.
    this.#beat ??= setInterval(() => this.#showLife(), BEAT_MS);
  }

  /** Changes what the head says. */
  update(change: Partial<Omit<LedgerHead, "aliveMs">>): void {
    this.#head = { ...this.#head, ...change, aliveMs: Date.now() };
    this.#writeAt(0, encodeLedgerHead(this.#head));
  }

  /** Closes the file and frees its lock, also of the copy that a child has while it is started. */
  close(): void {
    clearInterval(this.#beat);
    this.#file.unlockSync();
    this.#file.close();
  }

  #showLife(): void {
    if (this.#occupied > 0) return this.update({});
    clearInterval(this.#beat);
    this.#beat = undefined;
  }

  #writeAt(offset: number, bytes: Uint8Array): void {
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    this.#file.writeSync(bytes);
  }
}

import type { Clock } from "@asya/transport";
import type { Emit, Event } from "../event.ts";
import { DepthLog } from "./depth_log.ts";
import {
  type ActorCounts,
  addCounts,
  encodeCounts,
  IDLE,
  mergeSamples,
  NO_COUNTS,
  parseCounts,
  SHOWN_SLOTS,
  SLOT_MS,
  slotAt,
  type SlotCounts,
} from "./pulse_slot.ts";
import type { PulseStore } from "./pulse_store.ts";

/** What the pulse stands on. */
export interface PulseOptions {
  readonly store: PulseStore;
  /** The clock that all gateways of the store go by. */
  readonly clock: Clock;
  /** Stands for this process among the gateways of the store. */
  readonly gateway: string;
  readonly emit: Emit;
}

/** A slot that is being counted. */
interface OpenCounts {
  started: number;
  succeeded: number;
  failed: number;
  readonly actors: Map<string, { -readonly [K in keyof ActorCounts]: ActorCounts[K] }>;
}

/** Whoever reports may say any name: beyond so many in a slot, further ones are not counted. */
const MAX_ACTORS = 500;

/** No queue has a longer name, and no broker can be asked about one. */
const MAX_NAME_BYTES = 255;

/** How many slots are kept: as many as are shown, and some for gateways whose row comes late. */
const KEPT_SLOTS = SHOWN_SLOTS + 12;

/**
 * Counts what happens, in slots of five seconds, and shares the counts with the other gateways of the
 * store: one small row for each slot in which anything happened, or after which other numbers of
 * messages wait.
 */
export class Pulse {
  readonly #options: PulseOptions;
  /** What this gateway counted, by slot. */
  readonly #own = new Map<number, OpenCounts>();
  /** What this gateway saw in queues. */
  readonly #depths = new DepthLog();
  /** Slots of which there is something to be written. */
  readonly #unwritten = new Set<number>();
  #cancel: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isStopped = false;

  /** @param options what it stands on */
  constructor(options: PulseOptions) {
    this.#options = options;
  }

  /** Takes note of what happens, if it is something that is counted. */
  take(event: Event): void {
    switch (event.kind) {
      case "job_created":
        this.#open().started++;
        return;
      case "job_ended":
        if (event.status === "Succeeded") this.#open().succeeded++;
        else this.#open().failed++;
        return;
      case "step_completed": {
        const actor = this.#actor(event.step);
        if (!actor) return;
        actor.completed++;
        actor.busyMs += event.ms;
        return;
      }
      case "step_failed": {
        const actor = this.#actor(event.step);
        if (actor) actor.failed++;
        return;
      }
    }
  }

  /**
   * Takes note of what waits in queues.
   *
   * @param slot the slot in which somebody looked
   * @param depths messages that waited, by queue
   */
  takeDepths(slot: number, depths: ReadonlyMap<string, number>): void {
    for (const changed of this.#depths.take(slot, depths)) this.#unwritten.add(changed);
    this.#depths.forget(slot - KEPT_SLOTS);
    if (this.#unwritten.size > 0) this.#writeLater();
  }

  /** Every actor that this gateway heard of in the last minutes. */
  heardOf(): string[] {
    return [...new Set([...this.#own.values()].flatMap(({ actors }) => [...actors.keys()]))];
  }

  /**
   * What all gateways of the store counted in the slots that are over, the oldest first.
   *
   * @param nowMs the time, in milliseconds since the epoch
   */
  async read(nowMs: number): Promise<readonly SlotCounts[]> {
    const { store, gateway } = this.#options;
    const first = slotAt(nowMs) - SHOWN_SLOTS;
    const slots: SlotCounts[] = Array.from(
      { length: SHOWN_SLOTS },
      (_, index) => this.#countsOf(first + index),
    );
    for (const row of await store.readPulse(first)) {
      if (row.gateway === gateway) continue;
      const counts = parseCounts(row.counts);
      const index = row.slot - first;
      const before = slots[index];
      if (before) slots[index] = addCounts(before, counts);
      spreadSample(slots, index, counts.sample);
    }
    return slots;
  }

  /** Writes what is left to be written, and nothing after that. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel?.();
    await this.#writing;
    // Whoever comes afterwards knows until when it was as it is.
    const { unwritten } = this.#depths;
    if (unwritten !== undefined) this.#unwritten.add(unwritten);
    await this.#write(Infinity);
  }

  #countsOf(slot: number): SlotCounts {
    return { ...this.#own.get(slot) ?? NO_COUNTS, sample: this.#depths.at(slot) };
  }

  #open(): OpenCounts {
    const slot = slotAt(this.#options.clock.now());
    const open = this.#own.get(slot);
    if (open) return open;
    const fresh: OpenCounts = { started: 0, succeeded: 0, failed: 0, actors: new Map() };
    this.#own.set(slot, fresh);
    this.#unwritten.add(slot);
    for (const old of this.#own.keys()) if (old < slot - KEPT_SLOTS) this.#forget(old);
    this.#writeLater();
    return fresh;
  }

  #forget(slot: number): void {
    this.#own.delete(slot);
    this.#unwritten.delete(slot);
  }

  #actor(name: string): ReturnType<OpenCounts["actors"]["get"]> {
    const { actors } = this.#open();
    const known = actors.get(name);
    if (known) return known;
    if (actors.size >= MAX_ACTORS || !isQueueName(name)) return undefined;
    const fresh = { ...IDLE };
    actors.set(name, fresh);
    return fresh;
  }

  #writeLater(): void {
    if (this.#isStopped || this.#cancel) return;
    const { clock } = this.#options;
    // Waits for the end of the slot.
    this.#cancel = clock.after(SLOT_MS - clock.now() % SLOT_MS, () => {
      this.#cancel = undefined;
      this.#writing = this.#write(slotAt(clock.now())).then(() => {
        if (this.#unwritten.size > 0) this.#writeLater();
      });
    });
  }

  /** Writes the slots that are over; what cannot be written stays for the next time. */
  async #write(beforeSlot: number): Promise<void> {
    const { store, clock, gateway, emit } = this.#options;
    const oldest = slotAt(clock.now()) - KEPT_SLOTS;
    for (const slot of this.#unwritten) {
      if (slot < oldest) this.#unwritten.delete(slot);
      if (slot < oldest || slot >= beforeSlot) continue;
      // What is seen of it meanwhile is written once more.
      this.#unwritten.delete(slot);
      try {
        const counts = encodeCounts(this.#countsOf(slot));
        await store.putPulse({ gateway, slot, counts }, oldest);
        this.#depths.wrote(slot);
      } catch (error) {
        this.#unwritten.add(slot);
        return emit({ kind: "store_failed", doing: "pulse", error });
      }
    }
  }
}

/** What was seen in a slot was so in slots before it, too, for as long as the sample says. */
function spreadSample(
  slots: SlotCounts[],
  index: number,
  sample: SlotCounts["sample"],
): void {
  if (!sample) return;
  for (let at = index - 1; at > index - sample.slots; at--) {
    const before = slots[at];
    if (before) slots[at] = { ...before, sample: mergeSamples(before.sample, sample) };
  }
}

function isQueueName(name: string): boolean {
  return name !== "" && name.length <= MAX_NAME_BYTES &&
    new TextEncoder().encode(name).length <= MAX_NAME_BYTES;
}

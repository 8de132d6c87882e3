import type { Clock } from "@asya/transport";
import type { Census } from "../jobs/census.ts";
import { overviewToWire } from "./overview_to_wire.ts";
import type { Pulse } from "./pulse.ts";
import type { SlotCounts } from "./pulse_slot.ts";
import { type QueueSource, readDepths } from "./queue_depths.ts";

/** What an overview stands on. */
export interface OverviewOptions {
  readonly pulse: Pick<Pulse, "read">;
  readonly store: {
    /** Counts jobs by their status; each count ends at a limit. */
    countJobs(limit: number): Promise<Census["jobs"]>;
  };
  readonly transport: QueueSource;
  /** The steps of all tools. */
  readonly steps: () => readonly string[];
  /** How many dead letters there are. */
  readonly countLetters: () => Promise<number | undefined>;
  readonly clock: Pick<Clock, "now" | "elapsed">;
}

/** How old an overview may be that several readers share. */
export const FRESH_MS = 2_000;

/** Where counts of jobs end, so that they take no long time. */
const COUNT_LIMIT = 50_000;

/** So many actors are shown; whoever reports may say any name. */
const MAX_ACTORS = 200;

/** How the mesh gets on, looked at once for all who ask within two seconds. */
export class Overview {
  readonly #options: OverviewOptions;
  #looked: { readonly atMs: number; readonly text: Promise<string> } | undefined;

  /** @param options what it stands on */
  constructor(options: OverviewOptions) {
    this.#options = options;
  }

  /** The overview as JSON. */
  text(): Promise<string> {
    const nowMs = this.#options.clock.elapsed();
    if (this.#looked && nowMs - this.#looked.atMs < FRESH_MS) return this.#looked.text;
    const text = this.#look();
    const looked = { atMs: nowMs, text };
    this.#looked = looked;
    text.catch(() => {
      // Whoever asks is told; the next one looks again.
      if (this.#looked === looked) this.#looked = undefined;
    });
    return text;
  }

  async #look(): Promise<string> {
    const { pulse, store, transport, clock, countLetters } = this.#options;
    const nowMs = clock.now();
    const [slots, jobs, deadLetters] = await Promise.all([
      pulse.read(nowMs),
      store.countJobs(COUNT_LIMIT),
      // A broker that is away is no reason to show nothing.
      countLetters().catch(() => undefined),
    ]);
    const actors = this.#actorsOf(slots);
    const { depths: queues } = await readDepths(transport, actors);
    const at = new Date(nowMs);
    return JSON.stringify(overviewToWire({ at, jobs, slots, actors, queues, deadLetters }));
  }

  /** The steps of tools in their order, and whoever else was heard of. */
  #actorsOf(slots: readonly SlotCounts[]): string[] {
    const heardOf = new Set(slots.flatMap(({ actors }) => [...actors.keys()]));
    return [...new Set([...this.#options.steps(), ...[...heardOf].sort()])].slice(0, MAX_ACTORS);
  }
}

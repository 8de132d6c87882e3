import {
  MAX_MEASURES,
  MAX_OBSERVED_VALUES,
  type Measure,
  type MeasureLabels,
} from "@asya/protocol/measure";

/** A measure that others like it are added to. */
interface Merged {
  readonly kind: "count" | "gauge" | "observe";
  readonly name: string;
  readonly labels: MeasureLabels;
  /** The sum, or the latest. */
  value: number;
  readonly values: number[];
}

/** What was measured, ready to be sent. */
export interface MeasuresToSend {
  readonly measures: readonly Measure[];
  /** How many there was no room for. */
  readonly dropped: number;
}

/**
 * Measures that wait to be sent: however many a handler reports, they are few. Counts of one name
 * and labels are summed, of gauges the latest is kept, and what is over the cap is counted.
 *
 * @example
 * ```ts
 * import { MeasureBatch } from "./measure_batch.ts";
 * import assert from "node:assert/strict";
 * const batch = new MeasureBatch();
 * for (let i = 0; i < 1_000_000; i++) {
 *   batch.add({ kind: "count", name: "pages_total", value: 1, labels: {} });
 * }
 * assert.deepEqual(batch.take(), {
 *   measures: [{ kind: "count", name: "pages_total", value: 1_000_000, labels: {} }],
 *   dropped: 0,
 * });
 * ```
 */
export class MeasureBatch {
  #items: (Measure | Merged)[] = [];
  readonly #merged = new Map<string, Merged>();
  #values = 0;
  #dropped = 0;

  /**
   * Adds one.
   *
   * @param measure what was measured; one value at a time, where it is of a histogram
   */
  add(measure: Measure): void {
    switch (measure.kind) {
      case "generation":
      case "stream":
        if (this.#items.length < MAX_MEASURES) this.#items.push(measure);
        else this.#dropped++;
        return;
      case "count":
      case "gauge": {
        const merged = this.#merge(measure);
        if (!merged) this.#dropped++;
        else merged.value = measure.kind === "count" ? merged.value + measure.value : measure.value;
        return;
      }
      case "observe": {
        const hasRoom = this.#values + measure.values.length <= MAX_OBSERVED_VALUES;
        const merged = hasRoom ? this.#merge(measure) : undefined;
        if (!merged) {
          this.#dropped += measure.values.length;
          return;
        }
        this.#values += measure.values.length;
        merged.values.push(...measure.values);
        return;
      }
    }
  }

  /** Empties it. */
  take(): MeasuresToSend {
    const taken = { measures: this.#items.map(asMeasure), dropped: this.#dropped };
    this.#items = [];
    this.#merged.clear();
    this.#values = 0;
    this.#dropped = 0;
    return taken;
  }

  /** The one that others of its name and labels are added to; none where there is no room for it. */
  #merge({ kind, name, labels }: Omit<Merged, "value" | "values">): Merged | undefined {
    let key = `${kind} ${name}`;
    for (const label in labels) key += `\n${label}=${JSON.stringify(labels[label])}`;
    const known = this.#merged.get(key);
    if (known || this.#items.length >= MAX_MEASURES) return known;
    const merged = { kind, name, labels, value: 0, values: [] };
    this.#merged.set(key, merged);
    this.#items.push(merged);
    return merged;
  }
}

function asMeasure(item: Measure | Merged): Measure {
  if (!("value" in item && "values" in item)) return item;
  const { kind, name, labels, value, values } = item;
  return kind === "observe" ? { kind, name, values, labels } : { kind, name, value, labels };
}

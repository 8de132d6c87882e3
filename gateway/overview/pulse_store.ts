/** What one gateway counted in one slot of time. */
export interface PulseRow {
  /** Stands for the gateway's process. */
  readonly gateway: string;
  /** The slot's number. */
  readonly slot: number;
  /** What it counted, as `encodeCounts` writes it. */
  readonly counts: string;
}

/** Where gateways that share a store tell each other what they count. */
export interface PulseStore {
  /**
   * Writes what a gateway counted, and deletes what all have written of slots before another one.
   *
   * @param row what it counted; in place of an earlier one of this slot
   * @param beforeSlot the first slot that anybody may still want to see
   */
  putPulse(row: PulseRow, beforeSlot: number): Promise<void>;
  /** What all gateways counted, from a slot on. */
  readPulse(fromSlot: number): Promise<readonly PulseRow[]>;
}

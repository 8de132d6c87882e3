/** A lease as the API server has it: who leads, since when, and when they said so last. */
export interface LeaseRecord {
  /** Empty: nobody. */
  readonly holder: string;
  readonly durationSeconds: number;
  /** As the API server has times with microseconds. */
  readonly acquireTime: string;
  readonly renewTime: string;
  readonly transitions: number;
  /** The version that was read; a write is refused when there is another by then. */
  readonly resourceVersion?: string;
}

/** Where the lease is kept. Everything rejects with a `KubeError`. */
export interface LeaseStore {
  read(): Promise<LeaseRecord | undefined>;
  /** @returns as it was stored */
  create(record: LeaseRecord): Promise<LeaseRecord>;
  /** Refused as a `conflict` when it is not as it was read. */
  replace(record: LeaseRecord): Promise<LeaseRecord>;
}

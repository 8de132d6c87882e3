import type { Failure, InstanceExit, Json, Measure, RawBody, Reply } from "@asya/protocol";

/** What a handler says while it works. */
export interface CallProgress {
  /** How far it is, 0 to 1. */
  readonly fraction?: number;
  /** A sentence for a person. */
  readonly message?: string;
  /** A chunk of streamed output. */
  readonly data?: Json;
}

/** What a handler measured, as its host says it. */
export interface CallMeasures {
  readonly measures: readonly Measure[];
  /** How many the host left out, since there were too many. */
  readonly dropped: number;
  /** How many could not be read. */
  readonly refused: number;
}

/** One call of the handler. */
export interface CallRequest {
  /** The queue's body; for a step, JSON that was parsed before. */
  readonly body: Uint8Array;
  /** The same for a terminal actor's session, whose body may be anything. */
  readonly raw?: () => RawBody;
  /** The call's place in its trace, where that is recorded. */
  readonly traceparent?: string;
  /** Milliseconds since the epoch from which on the call must not begin; without it, it may. */
  readonly deadlineMs?: number;
  /** Is told when the host has the whole request. */
  readonly onSent: () => void;
  /** Is told what the handler says meanwhile. */
  readonly onProgress: (progress: CallProgress) => void;
  /** Is told what the handler measured, at its end and before. */
  readonly onMeasured: (measured: CallMeasures) => void;
}

/** How one exchange with a host ended. */
export type Exchange =
  | { readonly kind: "replied"; readonly reply: Reply }
  /** The handler took longer than it may. */
  | { readonly kind: "timed_out" }
  /** The connection ended after the whole request was written and before its reply came. */
  | {
    readonly kind: "lost";
    /** Whether it had taken longer than it may, and did not stop when it was told to. */
    readonly isLate?: boolean;
    /** What the host did wrong, where that is why the connection ended. */
    readonly failure?: Failure;
  }
  /** The connection ended before the whole request was written. */
  | { readonly kind: "spared" };

/** A host that has answered and takes calls. */
export interface HostConnection {
  readonly kind: "session" | "one_exchange";
  /** How many calls it takes at a time. */
  readonly concurrency: number;
  /** Identity of the process that hosts the handler; `""` when it does not say. */
  readonly instance: string;
  /** How earlier instances ended, oldest first. */
  readonly exits: readonly InstanceExit[];
  /** Resolves with the reason when it takes no more calls; all exchanges have ended by then. */
  readonly ended: Promise<string>;
  /**
   * Makes one call. Never rejects.
   *
   * @param call number of the call, never used before in this process
   * @param request what to send, and whom to tell
   */
  exchange(call: number, request: CallRequest): Promise<Exchange>;
  /** Asks the host to stop a call, where it can be asked; its exchange still ends as usual. */
  cancel(call: number): void;
  /** Ends it, with everything under way. */
  close(): void;
}

/** A host that cannot be reached, or does not answer as one. */
export interface NotReady {
  readonly kind: "not_ready";
  readonly reason: string;
}

/** The place where a host is found. */
export interface HostPlace {
  /** Tries once to reach the host and to learn how it speaks. Never rejects. */
  open(): Promise<HostConnection | NotReady>;
  /** Ends the wait of an {@linkcode open} that is under way. */
  leave(): void;
}

/** Bytes both ways, as a connected socket carries them. */
export interface ByteStream {
  /** Reads some bytes, and gives how many; `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some of the bytes, and gives how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends it; a read or write under way rejects. */
  close(): void;
}

/** What a host listens at. */
export interface HostDoor {
  /** Connects; rejects with whatever the system says where nobody listens. */
  connect(): Promise<ByteStream>;
  /** What tells one listener from the next one at the same place; `undefined` without any. */
  identify(): Promise<number | undefined>;
}

/** Limits of a connection to a host. */
export interface HostLimits {
  /** Cap on a frame's body, both ways. */
  readonly maxFrameBytes: number;
  /** Milliseconds a call may take from the moment it is written. */
  readonly runtimeTimeoutMs: number;
}

/** What a sidecar was told about its place in the mesh; the same for every message. */
export interface Policy {
  /** The queue it serves, which is the name of its step. */
  readonly queue: string;
  /** The actor's name in reports and envelopes. */
  readonly actor: string;
  /** Where finished messages go. */
  readonly happyEnd: string;
  /** Where failures go. */
  readonly errorEnd: string;
  /** Where a terminal actor's own failures go in the end. */
  readonly deadLetter: string;
  /** Whether it serves a terminal actor: any body is taken, and only `sends` are published. */
  readonly isTerminal: boolean;
  /** Cap on a published body. */
  readonly maxMessageBytes: number;
  /** Steps one message may take. */
  readonly maxHops: number;
  /** Deaths of the runtime that one message may cause at one step. */
  readonly maxDeliveries: number;
  /** How often a broker may deliver one message again at one step. */
  readonly maxRedeliveries: number;
  /** Milliseconds a handler may take. */
  readonly runtimeTimeoutMs: number;
  /** Whether a timeout is worth a retry. */
  readonly retryTimeouts: boolean;
  /** Queues that messages may go on to; without it, any. */
  readonly allowedSteps?: ReadonlySet<string> | undefined;
}

/** How often a broker may deliver a message again: a body that kills the sidecar ends here. */
export const MAX_REDELIVERIES = 50;

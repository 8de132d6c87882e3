import type { Failure, InstanceExit, Reply } from "@asya/protocol";
import type { Outgoing } from "@asya/transport";

/** Why a runtime died; `unknown` where it kept no record. */
export type DeathReason = InstanceExit["reason"] | "unknown";

/** How a call of the handler ended. */
export type CallEnd =
  | { readonly kind: "replied"; readonly reply: Reply }
  /** It took longer than it may. */
  | { readonly kind: "timed_out" }
  /** The message's time was over before the host could be given the call. */
  | { readonly kind: "expired" }
  /** The runtime died, and this call was the cause: it was alone, or was named. */
  | { readonly kind: "died"; readonly reason: DeathReason }
  /** The runtime is away for too long, or this process ends; nobody is to blame. */
  | { readonly kind: "given_back" }
  /** Its job ended meanwhile. */
  | { readonly kind: "cancelled" };

/** Why a message goes back to its own queue. */
export type RetryCause =
  /** A broker delivered it again: it is counted before it is looked at. */
  | "redelivered"
  /** Its time has not come. */
  | "early"
  /** It killed the runtime, and has tries left. */
  | "runtime_died"
  /** A terminal actor failed, and has tries left. */
  | "own_failure"
  /** The runtime is away, or this process ends. */
  | "given_back";

/** What becomes of a message. Whatever is to be published is confirmed before it is settled. */
export type Decision =
  /** Outputs go on to next steps (and, where a branch is done, to happy-end). */
  | {
    readonly kind: "forward";
    readonly messages: readonly Outgoing[];
    /** The whole route, where the handler has changed what lies ahead. */
    readonly steps?: readonly string[];
  }
  /** All that there is goes to happy-end; `isEmpty` when the handler had nothing to send on. */
  | {
    readonly kind: "finish";
    readonly messages: readonly Outgoing[];
    readonly isEmpty: boolean;
    /** The whole route, where the handler has changed what lies ahead. */
    readonly steps?: readonly string[];
  }
  /** It goes to error-end, or, from a terminal actor, to the dead letters. */
  | { readonly kind: "fail"; readonly failure: Failure; readonly message: Outgoing }
  /** It goes back to its own queue. */
  | {
    readonly kind: "retry";
    readonly why: RetryCause;
    readonly message: Outgoing;
    /** What went wrong, where it goes back for that. */
    readonly failure?: Failure;
  }
  /** A terminal actor is done; its other outputs are dropped. */
  | { readonly kind: "sends"; readonly messages: readonly Outgoing[] }
  /** A join took it in, and may want to see it again later; or it came too late for its join. */
  | { readonly kind: "absorb"; readonly wake?: Outgoing; readonly isLate: boolean }
  /** Nobody waits for it any more, or it was done before. */
  | { readonly kind: "drop"; readonly why: "inactive" | "duplicate" };

/**
 * Everything a decision wants published.
 *
 * @param decision any decision
 */
export function messagesOf(decision: Decision): readonly Outgoing[] {
  switch (decision.kind) {
    case "forward":
    case "finish":
    case "sends":
      return decision.messages;
    case "fail":
    case "retry":
      return [decision.message];
    case "absorb":
      return decision.wake ? [decision.wake] : [];
    case "drop":
      return [];
  }
}

import type { Delivery, Outgoing, PublishOutcome } from "@asya/transport";
import type { Stored } from "./broker.ts";

/** Who is told what one client does. */
export interface ClientWatch {
  onPublish(outgoing: Outgoing): void;
  onOutcome(outgoing: Outgoing, outcome: PublishOutcome): void;
  onConsume(prefetch: number): void;
  onHanded(stored: Stored, delivery: Delivery): void;
  /** A message is settled, told before that leaves; `isHeld`: its hold was not lost. */
  onSettle(delivery: Delivery, isDone: boolean, isHeld: boolean): void;
  /** What is held on a connection that is lost is not held any more. */
  onHoldLost(stored: Stored): void;
}

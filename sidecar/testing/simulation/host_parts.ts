import type { InstanceExit } from "@asya/protocol";
import type { Clock } from "@asya/transport";
import type { Answered } from "./answers.ts";
import type { Behaviour, Culprits } from "./behaviour.ts";
import type { Dice } from "./dice.ts";
import type { HostEnd } from "./pipe.ts";
import type { Trace } from "./trace.ts";

/** How a runtime speaks, and how much it takes. */
export interface RuntimeKind {
  readonly speaks: "session" | "one_exchange";
  readonly concurrency: number;
}

/** Who is told what a runtime sees of its sidecar. */
export interface RuntimeWatch {
  /** Something happened that must not. */
  onBreach(text: string): void;
  /** The sidecar has read what a host says of itself. */
  onHelloRead(exits: readonly InstanceExit[]): void;
  /** The sidecar has read an answer to a call. */
  onAnswerRead(call: number, token: string, answered: Answered): void;
  /** The sidecar has read a frame's head that announces more than a frame may have. */
  onOversizedRead(): void;
}

/** What a runtime is made of. */
export interface RuntimeParts {
  readonly name: string;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly trace: Trace;
  readonly watch: RuntimeWatch;
  /** How the host behaves at the next call about a letter. */
  readonly behaviourAt: (token: string) => Behaviour;
  readonly timeoutMs: number;
  readonly maxFrameBytes: number;
}

/** One instance of a runtime, from its start to its death. */
export interface Instance {
  readonly id: string;
  readonly concurrency: number;
  readonly exits: readonly InstanceExit[];
  readonly isAlive: boolean;
  /** Ends it, with all its connections. */
  die(reason: InstanceExit["reason"], culprits: Culprits, call: number): void;
}

/** What a host does with a connection; one per instance. */
export interface Host {
  /** Serves a connection. */
  serve(end: HostEnd): void;
}

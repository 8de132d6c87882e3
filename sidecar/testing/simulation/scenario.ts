import type { InstanceExit } from "@asya/protocol";
import type { RuntimeKind } from "./host_parts.ts";
import type { Letter } from "./letter.ts";
import type { DeathOrder } from "./life.ts";

/** Something that is done to the world. */
export type Act =
  | { readonly kind: "kill the sidecar"; readonly order: DeathOrder }
  | { readonly kind: "send a signal"; readonly order: DeathOrder | undefined }
  | { readonly kind: "cut the connection"; readonly noticeMs: number }
  | { readonly kind: "stop the broker"; readonly ms: number }
  | { readonly kind: "block the broker"; readonly ms: number }
  | { readonly kind: "slow the broker"; readonly ms: number }
  | { readonly kind: "let the broker refuse"; readonly ms: number }
  | { readonly kind: "cancel the consumers" }
  | {
    readonly kind: "crash the runtime";
    readonly reason: InstanceExit["reason"];
    readonly next: RuntimeKind;
  }
  | { readonly kind: "keep the runtime away"; readonly ms: number }
  | { readonly kind: "let the runtime not read"; readonly ms: number }
  | { readonly kind: "let the gateway be away"; readonly ms: number }
  | { readonly kind: "let the gateway refuse"; readonly ms: number }
  | { readonly kind: "cancel a job"; readonly letter: number }
  | { readonly kind: "create the late queue" }
  | { readonly kind: "delete queues" }
  | { readonly kind: "set the clock"; readonly byMs: number };

/** An act, when it comes, and which of the sidecars it is about. */
export interface ActAt {
  readonly atMs: number;
  readonly sidecar: number;
  readonly act: Act;
}

/** One sidecar of a world. */
export interface Seat {
  readonly runtime: RuntimeKind;
  /** Milliseconds until the runtime is there. */
  readonly runtimeAfterMs: number;
}

/** A whole world, and all that happens in it, but for what is left to dice. */
export interface Scenario {
  readonly dice: number;
  readonly isTerminal: boolean;
  readonly seats: readonly Seat[];
  readonly prefetch: number;
  readonly maxDeliveries: number;
  readonly maxRedeliveries: number;
  readonly queueCreate: "own" | "all" | "none";
  readonly routeWaitMs: number;
  readonly shutdownGraceMs: number;
  readonly dedupWindow: number;
  readonly streamWaitMs: number;
  readonly retryTimeouts: boolean;
  readonly hasGateway: boolean;
  readonly letters: readonly Letter[];
  readonly acts: readonly ActAt[];
}

/** When the world's hostility ends, in milliseconds. */
export const HOSTILE_MS = 40_000;

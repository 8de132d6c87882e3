import type { InstanceExit } from "@asya/protocol";
import type { AnswerName } from "./answers.ts";

/** How a host behaves when it gets a call. */
export type Behaviour =
  | {
    readonly kind: "answer";
    readonly answer: AnswerName;
    readonly afterMs: number;
    /** How often it tells how far it is before. */
    readonly progress: number;
    /** Whether it answers once more. */
    readonly isRepeated: boolean;
  }
  /** It never answers and does not stop; with a supervisor it is killed for that. */
  | { readonly kind: "hang"; readonly isSupervised: boolean }
  /** It stops when told to, and says so. */
  | { readonly kind: "heed" }
  /** It answers as if nothing were when told to stop. */
  | { readonly kind: "late"; readonly answer: AnswerName }
  /** It breaks the rules of the connection, or the connection. */
  | { readonly kind: "break"; readonly how: "garbage" | "oversized" | "half" | "close" }
  /** The instance dies of it. */
  | {
    readonly kind: "die";
    readonly reason: InstanceExit["reason"];
    readonly afterMs: number;
    readonly culprits: Culprits;
  };

/** Whom the record of an instance's end names: the call that did it, nobody, or it does not say. */
export type Culprits = "itself" | "nobody" | "unsaid";

/** How a host behaves when all is well. */
export const GOOD: Behaviour = {
  kind: "answer",
  answer: "object",
  afterMs: 5,
  progress: 0,
  isRepeated: false,
};

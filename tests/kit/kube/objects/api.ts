import type { Kinds } from "../kinds.ts";
import type { Store } from "./store.ts";

/** What everything that answers stands on. */
export interface Api {
  readonly store: Store;
  readonly kinds: Kinds;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

/** Now, as objects say it: in seconds. */
export function stampTime(nowMs: number): string {
  return new Date(nowMs).toISOString().replace(/\.\d+Z$/, "Z");
}

/** Who writes, and how. */
export interface WriteOptions {
  readonly manager: string;
  /** Whether only the answer is wanted. */
  readonly isDryRun?: boolean;
  readonly fieldValidation?: "Ignore" | "Warn" | "Strict";
  /** Takes what is not wrong enough for a refusal. */
  readonly warn?: (sentence: string) => void;
}

/** Which object. */
export interface ObjectKey {
  /** Empty for what is in no namespace. */
  readonly namespace: string;
  readonly name: string;
}

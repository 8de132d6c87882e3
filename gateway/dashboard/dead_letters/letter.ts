import type { Json, JsonObject } from "@asya/protocol";
import type { Caller } from "../../auth/access.ts";

/** A dead letter as a list tells of it. */
export interface LetterSummary {
  readonly id: string;
  readonly job_id: string | null;
  readonly tool: string | null;
  /** The code of what went wrong. */
  readonly error: string;
  readonly message: string;
  /** The step that failed. */
  readonly step: string | null;
  readonly actor: string | null;
  /** How many times it was tried. */
  readonly attempt: number | null;
  /** The queue that it was on. */
  readonly from: string | null;
  /** RFC 3339 times: of its job, and when it became a dead letter. */
  readonly created: string | null;
  readonly queued_at: string | null;
  readonly bytes: number;
  /** Where the failure was stored. */
  readonly stored: string | null;
  readonly replayable: boolean;
  /** Why it cannot be replayed as it is. */
  readonly why_not?: string;
}

/** A dead letter with everything that is known of it. */
export interface Letter extends LetterSummary {
  readonly error_details: Json;
  readonly route: JsonObject | null;
  readonly payload?: Json;
  readonly headers?: JsonObject;
  /** The message as it was, where it could not be read: text, or bytes in base64. */
  readonly original_message?: string;
  readonly original_encoding?: string;
}

/** Which letters to list. */
export interface LetterFilter {
  readonly step?: string | undefined;
  readonly error?: string | undefined;
  readonly tool?: string | undefined;
  readonly job?: string | undefined;
  readonly q?: string | undefined;
  readonly cursor?: string | undefined;
}

/** Some letters. */
export interface LetterList {
  readonly dead_letters: readonly LetterSummary[];
  readonly next_cursor?: string | undefined;
  /** How many were looked at. */
  readonly scanned: number;
  /** Whether all there are were looked at. */
  readonly complete: boolean;
}

/** From where and with what to replay. */
export interface LetterReplay {
  readonly fromStep?: number | undefined;
  readonly payload?: Json | undefined;
}

/** What became of a replay. */
export type Replayed =
  | { readonly kind: "made"; readonly jobId: string }
  | { readonly kind: "gone" }
  | { readonly kind: "refused"; readonly why: string };

/** What pages ask about dead letters, and do with them. */
export interface LetterDesk {
  list(filter: LetterFilter): Promise<LetterList>;
  find(id: string): Promise<Letter | undefined>;
  replay(id: string, wish: LetterReplay, caller: Caller): Promise<Replayed>;
  /** @returns whether it was there */
  purge(id: string): Promise<boolean>;
}

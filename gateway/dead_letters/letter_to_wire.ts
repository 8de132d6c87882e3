import { decodeUtf8, type Json, type JsonObject } from "@asya/protocol";
import type { DeadLetter } from "./dead_letter.ts";
import { whyNotReplayable } from "./plan_replay.ts";

/** A letter as a listing tells of it, in the words of the REST API. */
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
  /** Number of the last try, from 1. */
  readonly attempt: number | null;
  /** Who gave it up. */
  readonly from: string | null;
  /** RFC 3339 times: of its job's beginning, and of when it was given up. */
  readonly created: string | null;
  readonly queued_at: string | null;
  readonly bytes: number;
  /** Where its body is stored. */
  readonly stored: string | null;
  readonly replayable: boolean;
  /** Why it cannot be replayed as it is. */
  readonly why_not?: string;
}

/** A letter with all that is in it, in the words of the REST API. */
export interface ShownLetter extends LetterSummary {
  readonly error_details: JsonObject;
  readonly route: {
    readonly steps: readonly string[];
    readonly current: number;
    readonly metadata: JsonObject;
  } | null;
  readonly payload?: Json;
  readonly headers?: JsonObject;
  /** The exact body: text, or base64 where the encoding says so. */
  readonly original_message?: string;
  readonly original_encoding?: "base64";
}

/** Characters of a text in a listing: whoever wrote a letter may have written any number. */
const MAX_CHARS = 1_000;

/**
 * A letter in a listing.
 *
 * @param letter the letter
 * @param tool the tool that was called, where that is known
 */
export function summaryToWire(letter: DeadLetter, tool?: string): LetterSummary {
  const whyNot = whyNotReplayable(letter);
  return {
    id: letter.id,
    job_id: letter.jobId ?? null,
    tool: tool ?? null,
    error: letter.error.slice(0, MAX_CHARS),
    message: letter.message.slice(0, MAX_CHARS),
    step: letter.step?.slice(0, MAX_CHARS) ?? null,
    actor: letter.actor?.slice(0, MAX_CHARS) ?? null,
    attempt: letter.attempt ?? null,
    from: letter.from?.slice(0, MAX_CHARS) ?? null,
    created: letter.created ?? null,
    queued_at: letter.queuedAt ?? null,
    bytes: letter.bytes,
    stored: letter.stored ?? null,
    replayable: whyNot === undefined,
    ...(whyNot !== undefined && { why_not: whyNot }),
  };
}

/**
 * A letter with all that is in it.
 *
 * @param letter the letter
 * @param tool the tool that was called, where that is known
 */
export function letterToWire(letter: DeadLetter, tool?: string): ShownLetter {
  const { route, payload, headers, original } = letter;
  const text = original && decodeUtf8(original);
  return {
    ...summaryToWire(letter, tool),
    message: letter.message,
    error_details: letter.details,
    route: route
      ? { steps: [...route.steps], current: route.current, metadata: route.metadata }
      : null,
    ...(payload !== undefined && { payload }),
    ...(headers !== undefined && { headers }),
    ...(text !== undefined && { original_message: text }),
    ...(original && text === undefined &&
      { original_message: original.toBase64(), original_encoding: "base64" }),
  };
}

import { decodeUtf8, type JsonObject } from "@asya/protocol";
import type { DeadLetter } from "./dead_letter.ts";
import { whyNotReplayable } from "./plan_replay.ts";

/** Characters of a text in a listing: whoever wrote a letter may have written any number. */
const MAX_CHARS = 1_000;

/**
 * A letter in a listing.
 *
 * @param letter the letter
 * @param tool the tool that was called, where that is known
 */
export function summaryToWire(letter: DeadLetter, tool?: string): JsonObject {
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
export function letterToWire(letter: DeadLetter, tool?: string): JsonObject {
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

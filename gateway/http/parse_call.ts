import {
  anyObject,
  type Json,
  type JsonObject,
  object,
  optional,
  type ReadResult,
  readWith,
  text,
} from "@asya/protocol";

/** What a caller asks for. */
export interface RequestedCall {
  readonly name: string;
  readonly arguments?: JsonObject | undefined;
}

/** The longest name that a tool may have. */
const MAX_NAME_LENGTH = 128;

/** Reads the body of a call. */
export const callSchema = object({
  name: text("the tool's name", {
    maxLength: MAX_NAME_LENGTH,
    allowed: `a tool's name, up to ${MAX_NAME_LENGTH} characters,`,
  }),
  arguments: optional(anyObject("what the tool takes, as its inputSchema says")),
}, { description: "A call of a tool; further fields are ignored." });

/**
 * Parses the body of a call.
 *
 * @param value parsed JSON
 */
export function parseCall(value: Json): ReadResult<RequestedCall> {
  return readWith(callSchema, value, "the body");
}

import { count, optional, readWith } from "@asya/protocol";
import { inText } from "./in_text.ts";

/** Reads the header `Last-Event-ID`. */
export const lastEventIdSchema = optional(
  inText(count(0, "the id of the last event that was seen; what is none begins at the start")),
);

/**
 * The number after which a reader of a job's updates wants to go on. What is no number, or one that
 * the job has not come to, is of another stream: it begins at the start.
 *
 * @param header the header, if there is one
 * @param updateCount how many updates the job has
 */
export function parseLastEventId(header: string | undefined, updateCount: number): number {
  const read = readWith(lastEventIdSchema, header, "Last-Event-ID");
  const after = read.ok ? read.value ?? 0 : 0;
  return after <= updateCount ? after : 0;
}

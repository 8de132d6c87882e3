import { isJsonObject, type JsonObject } from "@asya/protocol";

/** One event of a job's stream that has data. */
export interface JobEvent {
  readonly event: string;
  readonly id?: string;
  readonly data: JsonObject;
}

/**
 * Reads a whole stream of server-sent events; those whose data is no object are left out.
 *
 * @param text the stream
 */
export function readEvents(text: string): JobEvent[] {
  return text.split("\n\n").flatMap((block) => {
    const event = /^event: (.*)$/m.exec(block)?.[1];
    const id = /^id: (.*)$/m.exec(block)?.[1];
    const data = /^data: (\{.*)$/m.exec(block)?.[1];
    const parsed: unknown = data === undefined ? undefined : JSON.parse(data);
    if (event === undefined || !isJsonObject(parsed)) return [];
    return [{ event, data: parsed, ...(id !== undefined && { id }) }];
  });
}

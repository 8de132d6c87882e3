/** One server-sent event. */
export interface ServerSentEvent {
  /** Its kind; `message` where the server named none. */
  readonly event: string;
  readonly data: string;
  /** The last identifier that the server gave, from which it can go on. */
  readonly id?: string;
}

/**
 * Reads server-sent events from text, however it is cut.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 * @example
 * ```ts
 * import { SseDecoder } from "./sse_decoder.ts";
 * import assert from "node:assert/strict";
 * const decoder = new SseDecoder();
 * assert.deepEqual(decoder.push("event: status\nda"), []);
 * assert.deepEqual(decoder.push("ta: Pending\n\n"), [{ event: "status", data: "Pending" }]);
 * ```
 */
export class SseDecoder {
  #rest = "";
  #event = "message";
  #data: string[] = [];
  #id: string | undefined;

  /** Takes more text and gives the events that it completed. */
  push(text: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line !== "") {
        this.#field(line);
        continue;
      }
      if (this.#data.length > 0) {
        const id = this.#id;
        const data = this.#data.join("\n");
        events.push({ event: this.#event, data, ...(id !== undefined && { id }) });
      }
      this.#event = "message";
      this.#data = [];
    }
    return events;
  }

  #field(line: string): void {
    const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (name === "event") this.#event = value ?? "";
    if (name === "id") this.#id = value;
    if (name === "data") this.#data.push(value ?? "");
  }
}

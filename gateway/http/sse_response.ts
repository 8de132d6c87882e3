/** Where a stream's bytes come from. Nothing is asked of it before somebody is there to take it. */
export interface SseSource {
  /** Is given the way to the reader. */
  start(controller: ReadableStreamDefaultController<Uint8Array>): void;
  /** Is asked for more when the reader has taken everything; it may come later. */
  pull(): void;
  /** Is told, once, that the reader has gone away. */
  cancel(): void;
}

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
};

/**
 * Answers with a stream of server-sent events.
 *
 * @param source where they come from; without one, only the head of the answer is given
 */
export function sseResponse(source?: SseSource): Response {
  const body = source ? new ReadableStream(source, { highWaterMark: 0 }) : null;
  return new Response(body, { headers: HEADERS });
}

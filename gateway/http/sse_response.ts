/** A stream of server-sent events that is being answered. */
export interface SseOptions {
  /** The text of the events, piece by piece. */
  readonly text: AsyncGenerator<string, void>;
  /** Is told once that the stream is over, whoever ended it. */
  readonly onEnd: () => void;
}

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
};

/**
 * Answers with a stream of server-sent events. A piece is made when the reader is ready for it.
 *
 * @param options the text, and who is told of its end
 */
export function sseResponse(options: SseOptions): Response {
  const { text, onEnd } = options;
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await text.next();
        if (!done) return controller.enqueue(encoder.encode(value));
        onEnd();
        controller.close();
      } catch (error) {
        onEnd();
        controller.error(error);
      }
    },
    cancel: onEnd,
  }, { highWaterMark: 0 });
  return new Response(body, { headers: HEADERS });
}

import type { Caller } from "../auth/access.ts";
import { CallerPlaces } from "../auth/caller_places.ts";
import type { News } from "./news.ts";

/** A stream of notices that is to be opened. */
export interface NoticeStream {
  /** Who reads it. */
  readonly caller: Caller;
  /** Sent at once. */
  readonly opening?: string;
  /** Whether it is told of other tools. */
  readonly watchesTools: boolean;
  /** Writes what is to be told of a piece of news; nothing, if nothing is. */
  readonly tell: (piece: string) => Promise<string | undefined>;
  /** Sent when the gateway ends it. */
  readonly closing?: string;
  /** Is told once that it is over, whoever ended it. */
  readonly onEnd?: () => void;
}

/** The piece of news that the tools are others. */
export const TOOLS_CHANGED = "tools";

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
};

/** How many streams may be open at a time. */
const MAX_STREAMS = 10_000;

/** How many of them one caller may have. */
const MAX_STREAMS_OF_CALLER = 1_000;

/** What bounds streams of notices, where it is not the usual. */
export interface NoticeLimits {
  /** How many streams each caller may have. */
  readonly ofCaller?: number | undefined;
  /** How long a reader may leave what it was given. */
  readonly stuckMs?: number;
}

/** How long a reader may leave what it was given, before its place is for others. */
const STUCK_MS = 5 * 60_000;

/** Streams that stay open for what may come. A slow reader is told less often, and not of more. */
export class NoticeStreams {
  readonly #keepAliveMs: number;
  readonly #stuckMs: number;
  readonly #open = new Map<News<string>, NoticeStream>();
  readonly #places: CallerPlaces;
  #isClosed = false;

  /**
   * @param keepAliveMs how long a stream may be silent
   * @param limits what bounds them, where it is not the usual
   */
  constructor(keepAliveMs: number, { ofCaller, stuckMs }: NoticeLimits = {}) {
    this.#keepAliveMs = keepAliveMs;
    this.#places = new CallerPlaces(ofCaller ?? MAX_STREAMS_OF_CALLER);
    this.#stuckMs = stuckMs ?? STUCK_MS;
  }

  /**
   * Opens one that tells of some news.
   *
   * @returns `undefined` when there is no room for another one, or none for its caller
   */
  open(news: News<string>, stream: NoticeStream): Response | undefined {
    if (this.#open.size >= MAX_STREAMS) return undefined;
    const leave = this.#places.take(stream.caller);
    if (leave === undefined) return undefined;
    this.#open.set(news, stream);
    if (this.#isClosed) news.close();
    const encoder = new TextEncoder();
    const text = frames(news, stream, this.#keepAliveMs);
    let stuck: ReturnType<typeof setTimeout> | undefined;
    const end = () => {
      clearTimeout(stuck);
      if (!this.#open.delete(news)) return;
      leave();
      news.close();
      stream.onEnd?.();
    };
    // A frame is made when the reader is ready for it, so that none are kept for a slow one.
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        clearTimeout(stuck);
        try {
          const { done, value } = await text.next();
          if (!done) {
            controller.enqueue(encoder.encode(value));
            // Waits for the reader to ask for more.
            stuck = setTimeout(() => {
              end();
              controller.close();
            }, this.#stuckMs);
            return;
          }
          end();
          controller.close();
        } catch (error) {
          end();
          controller.error(error);
        }
      },
      cancel: end,
    }, { highWaterMark: 0 });
    return new Response(body, { headers: HEADERS });
  }

  /** Tells whoever wants to know that the tools are others. */
  toolsChanged(): void {
    for (const [news, { watchesTools }] of this.#open) if (watchesTools) news.add(TOOLS_CHANGED);
  }

  /** Ends them all, and whichever is opened later at once. */
  close(): void {
    this.#isClosed = true;
    for (const news of this.#open.keys()) news.close();
  }
}

/**
 * Writes a message of JSON-RPC as a server-sent event.
 *
 * @param message what it says, without its version
 */
export function toFrame(message: object): string {
  return `event: message\ndata: ${JSON.stringify({ jsonrpc: "2.0", ...message })}\n\n`;
}

async function* frames(
  news: News<string>,
  { opening, tell, closing }: NoticeStream,
  keepAliveMs: number,
): AsyncGenerator<string, void> {
  // A stream that has nothing to say yet says so, for its head to be on its way.
  yield opening ?? ": open\n\n";
  for (;;) {
    const pieces = await news.next(keepAliveMs);
    if (pieces === "idle") yield ": keep-alive\n\n";
    else if (pieces === "over") break;
    else {
      for (const piece of pieces) {
        const frame = await tell(piece);
        if (frame !== undefined) yield frame;
      }
    }
  }
  if (closing !== undefined) yield closing;
}

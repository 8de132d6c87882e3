import type { JobUpdate, Json } from "@asya/protocol";
import type { UpdateSource } from "../../jobs/feed.ts";

/** A chunk that a handler streamed. */
export interface Chunk {
  readonly step: string;
  readonly branch: string;
  readonly value: Json;
}

/** What a page needs of a job's updates. */
export interface ReadUpdates {
  /** All of them, in order, without the chunks. */
  readonly updates: readonly JobUpdate[];
  /** The newest chunks, as many as are shown, in order. */
  readonly chunks: readonly Chunk[];
  /** Whether there were more chunks. */
  readonly hasMoreChunks: boolean;
  /** Number of the last update. */
  readonly lastSeq: number;
}

const PAGE = 500;

/** Characters of chunks that are kept, the newest one aside. */
const MAX_CHUNK_CHARS = 64 * 1024;

const MAX_CHUNKS = 500;

/**
 * Reads a job's updates for its page. Of what was streamed, which may be much, only the newest is
 * kept at any moment.
 *
 * @param source where updates come from
 * @param jobId the job
 */
export async function readUpdates(
  source: Pick<UpdateSource, "updatesAfter">,
  jobId: string,
): Promise<ReadUpdates> {
  const updates: JobUpdate[] = [];
  const chunks: (Chunk & { readonly chars: number })[] = [];
  let chars = 0;
  let hasMoreChunks = false;
  let lastSeq = 0;
  for (;;) {
    const page = await source.updatesAfter(jobId, lastSeq, PAGE) ?? [];
    for (const { seq, update: { partial, ...update } } of page) {
      lastSeq = seq;
      updates.push(update);
      if (partial === undefined) continue;
      const { step = "", branch = "" } = update;
      const size = JSON.stringify(partial).length;
      chunks.push({ step, branch, value: partial, chars: size });
      chars += size;
      while (chunks.length > 1 && (chars > MAX_CHUNK_CHARS || chunks.length > MAX_CHUNKS)) {
        chars -= chunks.shift()?.chars ?? 0;
        hasMoreChunks = true;
      }
    }
    if (page.length < PAGE) return { updates, chunks, hasMoreChunks, lastSeq };
  }
}

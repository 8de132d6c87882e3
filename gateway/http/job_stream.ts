import { isTerminal, type Job, type Json, updateToWire } from "@asya/protocol";
import type { JobFollower } from "../jobs/follow.ts";
import type { NumberedUpdate } from "../jobs/stored_job.ts";

/** What a stream of a job's updates stands on. */
export interface JobStreamOptions {
  /** The job as it is when the stream begins. */
  readonly job: Job;
  /** Whether the reader has seen the end already. */
  readonly isSeen: boolean;
  readonly follower: JobFollower;
  /** Reads the job's result, to be shown with its end. */
  readonly readResult: () => Promise<Json | undefined>;
  /** How long the stream may be silent. */
  readonly keepAliveMs: number;
}

/**
 * The text of a stream of server-sent events: the job's status as a bare word, every update, and
 * the end with the job's own.
 *
 * @param options what it stands on
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function* jobStream(options: JobStreamOptions): AsyncGenerator<string, void> {
  const { job, isSeen, follower, readResult, keepAliveMs } = options;
  yield `event: status\ndata: ${job.status}\n\n`;
  while (!isSeen) {
    const updates = await follower.next(keepAliveMs);
    if (updates === "over") return;
    if (updates === "idle") {
      yield ": keep-alive\n\n";
      continue;
    }
    const isEnd = updates.some(({ update }) => isTerminal(update.status));
    const result = isEnd ? await readResult() : undefined;
    yield updates.map((update) => toEvent(job.id, update, result)).join("");
  }
}

function toEvent(jobId: string, { seq, update }: NumberedUpdate, result: Json | undefined): string {
  const data = JSON.stringify(updateToWire(jobId, update, result));
  return `id: ${seq}\nevent: ${update.kind}\ndata: ${data}\n\n`;
}

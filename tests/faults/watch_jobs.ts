/**
 * Calls and streams over several gateways, by clients that go to another one when one fails them.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { JsonObject } from "@asya/protocol";
import { pause, poll } from "../kit/mod.ts";
import type { Replica } from "./gateways.ts";
import type { Scale } from "./scale.ts";

/** How long gateways may be away, for whoever needs them. */
const LIMIT_MS = 180_000;

/** One of so many jobs is watched. */
const WATCHED_OF = 3;

/** What watchers have seen of a job. */
export interface Watched {
  readonly id: string;
  /** Numbers of its updates, in the order in which they came. */
  readonly seqs: readonly number[];
  readonly ends: readonly string[];
  /** How often the stream broke off. */
  readonly breaks: number;
}

/** How to call. */
export interface CallOptions extends Scale {
  readonly tool?: string;
  readonly argumentsOf: (n: number) => JsonObject;
  /** Is told of each answered call. */
  readonly onAccepted?: (id: string) => void;
}

/** What came of calls. */
export interface Called {
  readonly accepted: readonly string[];
  /** Resolves when every watcher has seen its job to the end. */
  readonly watching: Promise<readonly Watched[]>;
  /** Calls that a gateway did not answer, or refused for a while. */
  readonly failures: number;
}

/**
 * Calls for jobs, evenly over a time; who gets no answer asks the other gateway. Some of the jobs
 * are watched, at a gateway that need not be the one that took the call.
 *
 * @param replicas the gateways
 * @param random says at which one each begins
 * @param options how many, and what for
 */
export async function callReplicas(
  replicas: readonly Replica[],
  random: () => number,
  options: CallOptions,
): Promise<Called> {
  const { jobs, durationMs, tool = "walk", argumentsOf, onAccepted = () => {} } = options;
  const watching: Promise<Watched>[] = [];
  let failures = 0;
  const calls = Array.from({ length: jobs }, async (_, n) => {
    const body = JSON.stringify({ name: tool, arguments: argumentsOf(n) });
    let turn = Math.floor(random() * 1_000);
    // Stands for users who do not all come at once.
    await pause(n / jobs * durationMs);
    const id = await poll(`an answer to call ${n}`, async () => {
      const answer = await call(replicas[turn++ % replicas.length]!.url, body);
      if (answer === undefined) failures++;
      return answer;
    }, { timeoutMs: LIMIT_MS, everyMs: 100 });
    onAccepted(id);
    if (n % WATCHED_OF === 0) watching.push(watch(replicas, id, turn + n / WATCHED_OF));
    return id;
  });
  const accepted = await Promise.all(calls);
  return { accepted, failures, watching: Promise.all(watching) };
}

/**
 * Checks that watchers have seen every update once, in order, and then the end.
 *
 * @param watched what they have seen
 */
export function assertWatched(watched: readonly Watched[]): void {
  for (const { id, seqs, ends } of watched) {
    assert.deepEqual(seqs, seqs.map((_, index) => index + 1), `updates of ${id}`);
    assert.equal(ends.length, 1, `ends of ${id}: ${ends}`);
  }
}

/** A job's id; nothing when the gateway is away, or wants to be asked later. */
async function call(url: string, body: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/tools/call`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (response.status === 503) return undefined;
    assert.equal(response.status, 200, text);
    return JSON.parse(text).structuredContent.job_id;
  } catch (error) {
    // It ended or says nothing; whether it made a job nobody knows.
    if (error instanceof TypeError || isTimeout(error)) return undefined;
    throw error;
  }
}

/**
 * Reads a job's stream to its end, and goes on at another gateway whenever it breaks off.
 *
 * @param replicas the gateways
 * @param id the job
 * @param turn at which one to begin
 */
export async function watch(
  replicas: readonly Replica[],
  id: string,
  turn: number,
): Promise<Watched> {
  const seqs: number[] = [];
  const ends: string[] = [];
  let breaks = -1;
  await poll(`the end of ${id}`, async () => {
    const { url } = replicas[turn++ % replicas.length]!;
    breaks++;
    try {
      const headers = { "last-event-id": String(seqs.at(-1) ?? 0) };
      const response = await fetch(`${url}/jobs/${id}/stream`, { headers });
      if (response.status === 503) {
        await response.body?.cancel();
        return false;
      }
      assert.equal(response.status, 200);
      for await (const block of blocksOf(response)) {
        const seq = /^id: (\d+)$/m.exec(block)?.[1];
        if (seq === undefined) continue;
        seqs.push(Number(seq));
        const end = /"status":"(Succeeded|Failed)"/.exec(block)?.[1];
        if (end !== undefined) ends.push(end);
      }
    } catch (error) {
      // The gateway is gone, and its stream with it.
      if (!(error instanceof TypeError)) throw error;
    }
    return ends.length > 0;
  }, { timeoutMs: LIMIT_MS, everyMs: 50 });
  return { id, seqs, ends, breaks };
}

/** The blocks of a stream of events. */
async function* blocksOf(response: Response): AsyncGenerator<string> {
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      yield text.slice(0, end);
      text = text.slice(end + 2);
    }
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === "TimeoutError";
}

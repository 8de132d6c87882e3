import { createJob, type Job, type Json, type NewJob } from "@asya/protocol";
import { createMessage } from "./message.ts";
import type { Emit } from "../event.ts";
import type { Outgoing } from "@asya/transport";
import type { Created, Entry, JobKey, Taken } from "./stored_job.ts";

/** Where new jobs are stored. */
export interface JobIntake {
  /** Stores a job, and with it that its message is to be sent; unless its key has one. */
  create(entry: Entry): Promise<Created>;
  /** Finds the job that is stored under a key. */
  findKey(keyId: string): Promise<Taken | undefined>;
}

/** What a submission stands on. */
export interface SubmitOptions {
  readonly store: JobIntake;
  /** Sends the message of a stored job; what it cannot take now, it finds in the store later. */
  readonly send: (job: Job, message: Outgoing) => void;
  /** Waits until more messages can be sent; `undefined` where they can at once. */
  readonly room: () => Promise<void> | undefined;
  /** How long after its creation others may send a job's message, in milliseconds. */
  readonly leaseMs: number;
  /** The largest message that a queue takes. */
  readonly maxMessageBytes: number;
  readonly emit: Emit;
  readonly now: () => Date;
}

/** Why a job was not stored. */
export type NotStored =
  | { readonly kind: "full" }
  /** The same was asked for before, and became this job. */
  | { readonly kind: "repeated"; readonly job: Job }
  /** Something else was asked for under the same key. */
  | { readonly kind: "key_reused" };

/** What became of a submission. */
export type Submitted =
  | { readonly kind: "stored"; readonly job: Job }
  | NotStored
  | { readonly kind: "too_large"; readonly bytes: number; readonly maxBytes: number };

/**
 * Makes a job of a call: stored first, then sent.
 *
 * @param options what it stands on
 * @param newJob what the job begins with
 * @param payload what its first step gets
 * @param headers application headers of its message, such as `traceparent`
 * @param key by what it is known when it is repeated, if it may be
 */
export async function submit(
  options: SubmitOptions,
  newJob: NewJob,
  payload: Json,
  headers: Readonly<Record<string, string>>,
  key?: JobKey,
): Promise<Submitted> {
  const { store, send, room, leaseMs, maxMessageBytes, emit, now } = options;
  await room();
  const createdAt = now();
  const job = createJob(newJob, createdAt);
  const payloadText = JSON.stringify(payload);
  const message = createMessage({ job, payload, headers }, payloadText);
  const bytes = message.body.length;
  if (bytes > maxMessageBytes) return { kind: "too_large", bytes, maxBytes: maxMessageBytes };
  const dueMs = createdAt.getTime() + leaseMs;
  const outgoing = { headers, dueMs };
  const entry = { job, payload, payloadText, updates: [], outgoing, key };
  const created = await store.create(entry);
  if (created !== "stored") return whyNotStored(created, key);
  emit({ kind: "job_created", tool: job.tool });
  send(job, message);
  return { kind: "stored", job };
}

/**
 * Why a job was not stored.
 *
 * @param created the store's answer
 * @param key the job's key, if it has one
 */
export function whyNotStored(created: Exclude<Created, "stored">, key?: JobKey): NotStored {
  if (created === "full") return { kind: "full" };
  const { job, digest } = created;
  return digest === key?.digest ? { kind: "repeated", job } : { kind: "key_reused" };
}

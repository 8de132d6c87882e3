import { createJob, type Job, type Json, type NewJob } from "@asya/protocol";
import { createMessage } from "./message.ts";
import type { Emit } from "../event.ts";
import type { Outgoing } from "@asya/transport";
import type { Sending, ToSend } from "./sends.ts";
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
  /** Traces messages on their way, where that is wanted. */
  readonly sends?: MessageTrace | undefined;
  readonly emit: Emit;
  readonly now: () => Date;
}

/** What traces messages on their way. */
export interface MessageTrace {
  /** Begins with one that is to be made. */
  begin(message: ToSend): Sending;
  /** Goes on with it once it is stored. */
  follow(sending: Sending, message: Outgoing): void;
}

/** What may be known of a submission besides. */
export interface Submission {
  /** By what it is known when it is repeated, if it may be. */
  readonly key?: JobKey | undefined;
  /** The `traceparent` of the job that it does again, if it does. */
  readonly again?: string | undefined;
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
 * @param given application headers of its message, such as `traceparent`
 * @param submission what else is known of it
 */
export async function submit(
  options: SubmitOptions,
  newJob: NewJob,
  payload: Json,
  given: Readonly<Record<string, string>>,
  { key, again }: Submission = {},
): Promise<Submitted> {
  const { store, send, room, leaseMs, maxMessageBytes, sends, emit, now } = options;
  await room();
  const createdAt = now();
  const queue = newJob.steps[newJob.firstStep ?? 0] ?? "";
  const sending = sends?.begin({ queue, jobId: newJob.id, headers: given, again });
  const headers = sending?.headers ?? given;
  const job = createJob(withTrace(newJob, headers), createdAt);
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
  if (sending) sends?.follow(sending, message);
  send(job, message);
  return { kind: "stored", job };
}

/**
 * A new job that knows where it stands in a trace.
 *
 * @param newJob what it begins with
 * @param headers application headers, such as `traceparent`
 */
export function withTrace(newJob: NewJob, headers: Readonly<Record<string, string>>): NewJob {
  const { traceparent } = headers;
  return traceparent === undefined ? newJob : { ...newJob, traceparent };
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

import {
  type Bookkeeping,
  inputIdentity,
  jobIdOf,
  type Message,
  messageText,
  readBookkeeping,
  writeBookkeeping,
} from "@asya/protocol";
import type { Delivery } from "@asya/transport";

/** A message as a queue delivered it, without the means to settle it. */
export type Received = Omit<Delivery, "ack" | "requeue">;

/** How often a message was tried at its present step. */
export interface Counts {
  /** 1-based number of the try. */
  readonly attempt: number;
  /** How often the runtime died because of it. */
  readonly deliveries: number;
  /** How often a broker delivered it again. */
  readonly redeliveries: number;
}

/** A message that a step works on. */
export interface StepWork {
  readonly kind: "step";
  readonly received: Received;
  /** The message, with a job and a time of creation even where it came without. */
  readonly message: Message;
  readonly bookkeeping: Bookkeeping;
  readonly counts: Counts;
  /** The message's JSON: the received bytes where nothing had to be added. */
  readonly body: Uint8Array;
  /** What the ids of its outputs are made from. */
  readonly identity: string;
  /** The place of the work in its trace, where that is recorded; what is sent on says this one. */
  readonly traceparent?: string;
}

/** A body that a terminal actor works on; it need not be a message. */
export interface TerminalWork {
  readonly kind: "terminal";
  readonly received: Received;
  readonly counts: Counts;
  readonly identity: string;
  readonly traceparent?: string;
}

/** What is being worked on. */
export type Work = StepWork | TerminalWork;

/** Transport headers that count a terminal actor's tries, since its body may be anything. */
export const COUNT_HEADERS: Readonly<Record<keyof Counts, string>> = {
  attempt: "asya-attempt",
  deliveries: "asya-deliveries",
  redeliveries: "asya-redeliveries",
};

const encoder = new TextEncoder();

/**
 * Prepares a message for its step: whoever sees it first gives it a job and a time of creation.
 *
 * @param received what the queue delivered
 * @param parsed the message that its body is
 * @param nowMs milliseconds since the epoch
 */
export function createStepWork(received: Received, parsed: Message, nowMs: number): StepWork {
  const known = readBookkeeping(parsed.route);
  const isComplete = parsed.jobId !== "" && known.created !== undefined;
  const message = isComplete ? parsed : completed(parsed, received, nowMs);
  const bookkeeping = isComplete ? known : readBookkeeping(message.route);
  return {
    kind: "step",
    received,
    message,
    bookkeeping,
    counts: {
      attempt: bookkeeping.attempt ?? 1,
      deliveries: bookkeeping.deliveries ?? 0,
      redeliveries: bookkeeping.redeliveries ?? 0,
    },
    body: isComplete ? received.body : encodeMessage(message),
    identity: inputIdentity(received.messageId),
  };
}

/**
 * Prepares a body for a terminal actor.
 *
 * @param received what the queue delivered
 */
export function createTerminalWork(received: Received): TerminalWork {
  return {
    kind: "terminal",
    received,
    counts: {
      attempt: countOf(received, "attempt") || 1,
      deliveries: countOf(received, "deliveries"),
      redeliveries: countOf(received, "redeliveries"),
    },
    identity: inputIdentity(received.messageId),
  };
}

/**
 * Where work stands in its trace: in ours, else as the message came, whose transport counts first.
 *
 * @param work what is being worked on
 */
export function traceparentOf(work: Work): string | undefined {
  const carried = work.kind === "step" ? work.message.headers.traceparent : undefined;
  const said = work.traceparent ?? work.received.headers.traceparent ?? carried;
  return typeof said === "string" ? said : undefined;
}

/**
 * What events say about work: its job (`""` where nobody knows it), and its trace if it has one.
 *
 * @param work what was worked on; absent where it was no message
 */
export function nameWork(work: Work | undefined): { jobId: string; traceparent?: string } {
  const jobId = work?.kind === "step" ? work.message.jobId : "";
  const traceparent = work && traceparentOf(work);
  return traceparent === undefined ? { jobId } : { jobId, traceparent };
}

/**
 * The bytes of a message, in the spelling it came with.
 *
 * @param message any message
 * @param payloadText the JSON of its payload, where the host has written it
 */
export function encodeMessage(message: Message, payloadText?: string): Uint8Array {
  return encoder.encode(messageText(message, payloadText));
}

function completed(message: Message, received: Received, nowMs: number): Message {
  const created = (received.timestamp ?? new Date(nowMs)).toISOString();
  return {
    ...message,
    jobId: message.jobId || jobIdOf(received.messageId),
    route: readBookkeeping(message.route).created === undefined
      ? writeBookkeeping(message.route, { created })
      : message.route,
  };
}

function countOf(received: Received, name: keyof Counts): number {
  const text = received.headers[COUNT_HEADERS[name]] ?? "";
  return /^\d{1,6}$/.test(text) ? Number(text) : 0;
}

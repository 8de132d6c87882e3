import type { JsonObject } from "@asya/protocol/json";
import type { RawBody } from "@asya/protocol/session";
import type { Answer } from "./answer.ts";
import type { HandlerMetrics } from "./measures/handler_metrics.ts";

/** What a handler gets. */
export interface HandlerMessage<In extends object = JsonObject> {
  /** The message's payload. JSON that is no object arrives as `{ value: … }`. */
  readonly payload: In;
  /** The job it belongs to; there with `ASYA_INCLUDE_METADATA`. */
  readonly job_id?: string;
  /** Its way through the mesh; there with `ASYA_INCLUDE_METADATA`. */
  readonly route?: HandlerRoute;
  /** Its headers; there with `ASYA_INCLUDE_METADATA`. */
  readonly headers?: JsonObject;
  /**
   * The queue's body as it is, for terminal actors only, who get any body: then `payload` is that
   * of the message, else the body's JSON, else empty.
   */
  readonly raw?: RawBody;
}

/** A message's way through the mesh. */
export interface HandlerRoute {
  /** Names of the steps, which are the names of their queues. */
  readonly steps: readonly string[];
  /** Index of the step that is running. */
  readonly current: number;
  /** What travels with the message. */
  readonly metadata: JsonObject;
}

/** Writes log lines that carry the job's id. */
export interface HandlerLog {
  /** Logs what only someone who looks for a fault wants to read. */
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Logs what an operator wants to know. */
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Logs what an operator should look into. */
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Logs what went wrong. */
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What a handler may know and do about the call it is in. */
export interface HandlerContext {
  /** Aborts when the deadline passes, the job is cancelled, or nobody waits for the answer. */
  readonly signal: AbortSignal;
  /** When the call is over; a handler that goes on past it is ended. */
  readonly deadline?: Date;
  /**
   * Reports how far the work is. Only the newest report is sent when many come at once.
   *
   * @param fraction from 0 to 1
   * @param message what is being done, for people
   */
  progress(fraction: number, message?: string): void;
  /** Writes log lines that carry the ids of the job and of its trace. */
  readonly log: HandlerLog;
  /** Reports what is measured: models and their tokens, and metrics of one's own. */
  readonly metrics: HandlerMetrics;
  /** The job the message belongs to; `""` when it has none. */
  readonly jobId: string;
  /** 1 for the first try at this step, 2 for the first retry, … */
  readonly attempt: number;
  /**
   * Where the call stands in a distributed trace, as a W3C `traceparent`: the span that the handler is
   * in where its trace is recorded, else what came with the message.
   */
  readonly traceparent?: string;
}

/**
 * What a handler may return: one object, an array of objects (a fan-out, where `null` is an empty
 * branch), nothing, or an {@linkcode Answer}.
 */
export type HandlerResult<Out extends object = object> =
  | Out
  | readonly (Out | null)[]
  | Answer
  | null
  | undefined
  | void;

/** A generator's `yield`s are streamed as they come; what it returns is the result. */
export type HandlerStream<Out extends object = object> =
  | Generator<unknown, HandlerResult<Out>, void>
  | AsyncGenerator<unknown, HandlerResult<Out>, void>;

/** A handler: a function that is called once per message. */
export type Handler<In extends object = JsonObject, Out extends object = object> = (
  msg: HandlerMessage<In>,
  ctx: HandlerContext,
) => HandlerResult<Out> | Promise<HandlerResult<Out>> | HandlerStream<Out>;

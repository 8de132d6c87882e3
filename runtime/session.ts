import { parseMessage } from "@asya/protocol/message";
import {
  type ClientFrame,
  encodeHello,
  parseClientFrame,
  parseClientHello,
  SESSION_VERSION,
  type SessionFeature,
} from "@asya/protocol/session";
import type { FrameWriter } from "./frame_writer.ts";
import { failureText, type Host, submitCall } from "./host.ts";
import { MeasureSender } from "./measures/measure_sender.ts";
import { type Received, receiveMessage, receiveRaw } from "./received.ts";

/** What this host is able to do. */
const FEATURES: readonly SessionFeature[] = ["progress", "cancel", "measures"];

/** Characters of a report of progress that are kept: it is for people. */
const MAX_PROGRESS_TEXT = 1_024;

const decoder = new TextDecoder();

/** A connection over which many calls are made. */
export class Session {
  readonly #host: Host;
  readonly #writer: FrameWriter;
  readonly #sendsProgress: boolean;
  /** Sends what calls measure; not there where the client does not want to know. */
  readonly #measures: MeasureSender | undefined;
  /** Its number; a client that only greets needs none. */
  #number: number | undefined;
  /** Numbers of the calls without an answer. */
  readonly #open = new Set<number>();

  private constructor(host: Host, writer: FrameWriter, features: readonly SessionFeature[]) {
    this.#host = host;
    this.#writer = writer;
    this.#sendsProgress = features.includes("progress");
    if (features.includes("measures")) {
      this.#measures = new MeasureSender({
        send: (text) => writer.send(text),
        after: host.after,
      });
    }
  }

  /**
   * Answers a hello.
   *
   * @param host whom the client greets
   * @param writer where frames to the client go
   * @param hello the body of the client's first frame
   * @returns the session, or `undefined` when the hello is none
   */
  static open(host: Host, writer: FrameWriter, hello: Uint8Array): Session | undefined {
    const parsed = parseClientHello(hello);
    if (!parsed.ok) return undefined;
    const features = FEATURES.filter((name) => parsed.frame.features.includes(name));
    const answer = encodeHello({
      version: SESSION_VERSION,
      features,
      instance: host.instance,
      concurrency: host.options.concurrency,
      exits: [...host.exits],
    });
    writer.send(decoder.decode(answer));
    return new Session(host, writer, features);
  }

  /**
   * Takes a frame.
   *
   * @param body its body
   * @returns why the client cannot be understood, where it cannot
   */
  take(body: Uint8Array): string | undefined {
    const parsed = parseClientFrame(body);
    if (!parsed.ok) return parsed.failure.message;
    const { frame } = parsed;
    if (frame.kind === "cancel") {
      this.#cancel(frame.call);
      return undefined;
    }
    if (this.#open.has(frame.call)) return `call ${frame.call} is under way already`;
    this.#call(frame);
    return undefined;
  }

  /** Ends the session; its calls are told to stop. */
  close(): void {
    this.#measures?.close();
    if (this.#number === undefined) return;
    this.#host.calls.stopSession(this.#number, stopped("the client has gone"));
    this.#host.sessions.close(this.#number);
  }

  #cancel(number: number): void {
    if (this.#number === undefined) return;
    this.#host.calls.stop(this.#number, number, stopped("the client cancelled the call"));
  }

  #call(frame: Exclude<ClientFrame, { kind: "cancel" }>): void {
    const number = frame.call;
    const message = this.#receive(frame);
    if (!message) return;
    const { traceparent } = frame;
    const received = traceparent === undefined ? message : { ...message, traceparent };
    this.#open.add(number);
    submitCall(this.#host, {
      session: this.#number ??= this.#host.sessions.open(),
      number,
      received,
      ...(frame.timeoutMs !== undefined && { timeoutMs: frame.timeoutMs }),
      format: "object",
      answer: (text) => this.#answer(number, text),
      progress: (fraction, message) => {
        if (!this.#sendsProgress || !this.#open.has(number)) return;
        const short = message?.slice(0, MAX_PROGRESS_TEXT);
        const text = JSON.stringify({ progress: number, fraction, message: short });
        this.#writer.sendLatest(number, text);
      },
      sendPartial: async (text) => {
        if (!this.#sendsProgress || !this.#open.has(number)) return;
        this.#writer.settleLatest(number);
        this.#writer.send(`{"progress":${number},"data":${text}}`);
        await this.#writer.written();
      },
      measure: (measure) => {
        if (this.#open.has(number)) this.#measures?.add(number, measure);
      },
    });
  }

  #receive(frame: Exclude<ClientFrame, { kind: "cancel" }>): Received | undefined {
    if (frame.kind === "raw_call") return receiveRaw(frame.raw);
    const parsed = parseMessage(frame.message);
    if (parsed.ok) return receiveMessage(parsed.message, this.#host.options.includeMetadata);
    this.#open.add(frame.call);
    const { message } = parsed.failure;
    this.#answer(frame.call, failureText(this.#host, "object", "malformed_message", message));
    return undefined;
  }

  /** The reply's own JSON object, with the number of its call as its first field. */
  #answer(number: number, text: string): void {
    if (!this.#open.delete(number)) return;
    this.#writer.settleLatest(number);
    this.#measures?.send(number);
    this.#writer.send(`{"reply":${number},${text.slice(1)}`);
  }
}

function stopped(why: string): Error {
  return new DOMException(why, "AbortError");
}

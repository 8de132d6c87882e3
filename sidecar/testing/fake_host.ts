import type { InstanceExit, Json } from "@asya/protocol";
import { parseReply } from "@asya/protocol";
import type { CallRequest, Exchange, HostConnection, HostPlace, NotReady } from "../host.ts";

/** A call as a fake host holds it. */
export interface FakeCall {
  readonly call: number;
  readonly request: CallRequest;
  /** Ends its exchange. */
  readonly end: (exchange: Exchange) => void;
}

/** A host in memory, for tests: it does what it is told, and nothing else. */
export class FakeHost implements HostConnection {
  readonly kind: "session" | "one_exchange";
  readonly concurrency: number;
  readonly instance: string;
  readonly exits: readonly InstanceExit[];
  readonly ended: Promise<string>;
  /** Calls under way, in their order. */
  readonly calls: FakeCall[] = [];
  /** Numbers of the calls that were to be stopped. */
  readonly cancelled: number[] = [];
  readonly #end: (reason: string) => void;

  /** @param change what it says of itself, where that matters */
  constructor(
    change: Partial<Pick<HostConnection, "kind" | "concurrency" | "instance" | "exits">> = {},
  ) {
    this.kind = change.kind ?? "session";
    this.concurrency = change.concurrency ?? 1;
    this.instance = change.instance ?? "i1";
    this.exits = change.exits ?? [];
    const { promise, resolve } = Promise.withResolvers<string>();
    this.ended = promise;
    this.#end = resolve;
  }

  exchange(call: number, request: CallRequest): Promise<Exchange> {
    const { promise, resolve } = Promise.withResolvers<Exchange>();
    const entry: FakeCall = {
      call,
      request,
      end: (exchange) => {
        this.calls.splice(this.calls.indexOf(entry), 1);
        resolve(exchange);
      },
    };
    this.calls.push(entry);
    request.onSent();
    return promise;
  }

  cancel(call: number): void {
    this.cancelled.push(call);
  }

  close(): void {
    this.die();
  }

  /** Answers its oldest call with a result. */
  reply(result: Json): void {
    this.calls[0]?.end({
      kind: "replied",
      reply: parseReply({ status: "ok", result }),
    });
  }

  /** Ends, with all its calls lost, or as they are told. */
  die(exchange: Exchange = { kind: "lost" }): void {
    for (const { end } of [...this.calls]) end(exchange);
    this.#end("it closed");
  }
}

/** The place of fake hosts: who looks finds the one that is there. */
export class FakePlace implements HostPlace {
  /** The host that is there, if any. */
  host: FakeHost | undefined;
  /** How often somebody tried to reach a host. */
  attempts = 0;

  /** Puts a host there, until it ends. */
  put(host: FakeHost): FakeHost {
    this.host = host;
    host.ended.then(() => {
      if (this.host === host) this.host = undefined;
    });
    return host;
  }

  open(): Promise<HostConnection | NotReady> {
    this.attempts++;
    return Promise.resolve(this.host ?? { kind: "not_ready", reason: "NotFound" });
  }

  leave(): void {}
}

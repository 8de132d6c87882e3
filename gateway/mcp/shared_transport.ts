import {
  type JSONRPCMessage,
  type JSONRPCRequest,
  type MessageClassification,
  PerRequestHTTPServerTransport,
} from "@modelcontextprotocol/server";

/** How the newer revision wants an error to be seen in the answer's status. */
const MISSING_CAPABILITY = { code: -32_021, status: 400 };

/** A request that waits for its answer. */
interface Exchange {
  /** The client's own id of it. */
  readonly id: JSONRPCRequest["id"];
  readonly resolve: (response: Response) => void;
}

/**
 * Carries any number of requests to one server at a time, each under an id of its own: clients
 * count theirs from the same number. It is an heir of the SDK's transport for a single request
 * because a server learns its revision from that.
 */
export class SharedTransport extends PerRequestHTTPServerTransport {
  readonly #classification: MessageClassification;
  readonly #waiting = new Map<JSONRPCRequest["id"], Exchange>();
  #lastId = 0;

  /** @param classification the revision of all that it carries */
  constructor(classification: MessageClassification) {
    super({ classification });
    this.#classification = classification;
  }

  /**
   * Carries a request to the server, and its answer back.
   *
   * @param message a request that the server surely answers, and with nothing but its answer
   * @param request the HTTP request it came in
   */
  exchange(message: JSONRPCRequest, request: Request): Promise<Response> {
    const { promise, resolve } = Promise.withResolvers<Response>();
    const id = ++this.#lastId;
    this.#waiting.set(id, { id: message.id, resolve });
    const { era } = this.#classification;
    const classification = era === "modern" ? { classification: this.#classification } : {};
    this.onmessage?.({ ...message, id }, { request, ...classification });
    return promise;
  }

  override send(message: JSONRPCMessage): Promise<void> {
    if (!("id" in message) || message.id === undefined || "method" in message) {
      return Promise.resolve();
    }
    const exchange = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    const isRefused = "error" in message && message.error.code === MISSING_CAPABILITY.code;
    exchange?.resolve(Response.json({ ...message, id: exchange.id }, {
      status: isRefused ? MISSING_CAPABILITY.status : 200,
    }));
    return Promise.resolve();
  }
}

/** What is asked over a {@linkcode Connection}. */
export interface ConnectionRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends it, also while its answer is being read. */
  readonly signal: AbortSignal;
}

/**
 * A way to one server, with as many sockets of HTTP/1.1 as there are requests at a time: one that
 * dies in silence takes one request along, and not every watch and the lease with it.
 */
export interface Connection {
  /**
   * Asks; resolves with whatever is answered, as soon as that begins.
   *
   * @param url of the server that this leads to
   */
  fetch(url: string, request: ConnectionRequest): Promise<Response>;
  /** Lets go of sockets as they become free; what runs runs on. */
  close(): void;
}

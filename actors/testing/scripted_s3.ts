/** A request as a script of S3 sees it. */
export interface SeenRequest {
  /** Method, path and query, such as `PUT /results/a.json?x-id=PutObject`. */
  readonly line: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** An S3 server that answers as a test says, and remembers what it was asked. */
export class ScriptedS3 implements AsyncDisposable {
  readonly endpoint: string;
  readonly requests: SeenRequest[] = [];
  readonly #server: Deno.HttpServer;

  /** @param answer what is answered to a request; a promise that stays open is no answer */
  constructor(answer: (request: SeenRequest) => Response | Promise<Response>) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async (request) => {
        const { pathname, search } = new URL(request.url);
        const seen = {
          line: `${request.method} ${pathname}${search}`,
          headers: request.headers,
          body: await request.bytes(),
        };
        this.requests.push(seen);
        return await answer(seen);
      },
    );
    this.endpoint = `http://127.0.0.1:${(this.#server.addr as Deno.NetAddr).port}`;
  }

  /** What it was asked, without the client's own marks. */
  get lines(): string[] {
    return this.requests.map(({ line }) => line.replace(/[?&]x-id=\w+/, ""));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/**
 * An error as S3 writes it.
 *
 * @param status of HTTP
 * @param code such as `AccessDenied`
 * @param message a sentence
 */
export function s3Error(status: number, code: string, message: string = code): Response {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code>` +
    `<Message>${message}</Message><RequestId>1</RequestId></Error>`;
  return new Response(body, { status, headers: { "content-type": "application/xml" } });
}

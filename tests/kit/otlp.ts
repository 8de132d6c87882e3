import { parseJson } from "@asya/protocol";
import { freePort } from "./free_port.ts";
import {
  readLogs,
  readMetrics,
  readSpans,
  type SeenLog,
  type SeenMetric,
  type SeenSpan,
} from "./otlp/read_export.ts";
import { NotOtlp } from "./otlp/proto_object.ts";
import { inTime } from "./poll.ts";

export type { Attributes, AttributeValue } from "./otlp/proto_object.ts";
export type * from "./otlp/read_export.ts";

/** What takes traces, logs and metrics as a collector of OpenTelemetry does, and keeps them. */
export class OtlpReceiver implements AsyncDisposable {
  /** As `http://host:port`. */
  readonly url: string;
  /** Every span that arrived; one arrives when it has ended, so children come before parents. */
  readonly spans: SeenSpan[] = [];
  readonly logs: SeenLog[] = [];
  /** What was seen of every metric, oldest first: each export has all series again. */
  readonly metrics: SeenMetric[] = [];
  /** Why requests were refused; a program that exports as it should has none. */
  readonly refusals: string[] = [];
  readonly #server: Deno.HttpServer;
  #arrived = Promise.withResolvers<void>();

  constructor() {
    const port = freePort();
    this.url = `http://127.0.0.1:${port}`;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  /** What makes a program export to it, and soon. */
  get env(): Record<string, string> {
    return {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: this.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_BSP_SCHEDULE_DELAY: "50",
      OTEL_BLRP_SCHEDULE_DELAY: "50",
      OTEL_METRIC_EXPORT_INTERVAL: "200",
    };
  }

  /** The spans of one trace, in the order in which they began. */
  trace(traceId: string): SeenSpan[] {
    return this.spans.filter((span) => span.traceId === traceId)
      .sort((a, b) => a.startMs - b.startMs);
  }

  /** The latest that was seen of a metric of a program; nothing where it never came. */
  metric(name: string, service?: string): SeenMetric | undefined {
    return this.metrics.findLast((metric) =>
      metric.name === name && (service ?? metric.resource["service.name"]) ===
        metric.resource["service.name"]
    );
  }

  /**
   * Waits for arrivals until there is something to see.
   *
   * @param look what is looked at, after each arrival; anything but `undefined` and `false` is it
   * @param what what is waited for, in words for the failure
   * @throws Error when it did not come in time, or something was refused
   */
  async until<T>(
    look: (receiver: this) => T | undefined | false,
    what: string,
    timeoutMs = 10_000,
  ): Promise<T> {
    const giveUpAt = performance.now() + timeoutMs;
    while (true) {
      if (this.refusals.length > 0) throw new Error(this.refusals.join("\n"));
      const seen = look(this);
      if (seen !== undefined && seen !== false) return seen;
      const leftMs = Math.max(giveUpAt - performance.now(), 0);
      const names = this.spans.map(({ name }) => name).join(", ");
      const counts = `${this.logs.length} log records, ${this.metrics.length} metrics`;
      await inTime(
        `${what}; there are ${counts}, and spans: ${names}`,
        this.#arrived.promise,
        leftMs,
      );
    }
  }

  async #answer(request: Request): Promise<Response> {
    const text = await request.text();
    try {
      this.#take(request, text);
      return Response.json({});
    } catch (error) {
      if (!(error instanceof NotOtlp)) throw error;
      this.refusals.push(`${request.method} ${request.url}: ${error.message}`);
      return Response.json({ code: 3, message: error.message }, { status: 400 });
    } finally {
      this.#arrived.resolve();
      this.#arrived = Promise.withResolvers();
    }
  }

  #take(request: Request, text: string): void {
    if (request.method !== "POST") throw new NotOtlp("POST is allowed");
    const type = request.headers.get("content-type")?.split(";")[0];
    if (type !== "application/json") throw new NotOtlp(`${type} is not application/json`);
    const parsed = parseJson(text);
    if (!parsed.ok) throw new NotOtlp(parsed.reason);
    switch (new URL(request.url).pathname) {
      case "/v1/traces":
        return void this.spans.push(...readSpans(parsed.value));
      case "/v1/logs":
        return void this.logs.push(...readLogs(parsed.value));
      case "/v1/metrics":
        return void this.metrics.push(...readMetrics(parsed.value));
      default:
        throw new NotOtlp("/v1/traces, /v1/logs or /v1/metrics is allowed");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/**
 * Starts one on a port of this test's own.
 *
 * @returns at once; it listens already
 */
export function startOtlpReceiver(): OtlpReceiver {
  return new OtlpReceiver();
}

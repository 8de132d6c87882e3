import type { JsonObject } from "../kube_object.ts";

/** A request to a real API server, and what it answered. */
export interface Exchange {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly contentType?: string | null;
    /** JSON, or text that was sent as it is. */
    readonly body?: JsonObject | readonly unknown[] | string | null;
  };
  readonly response: {
    readonly status: number;
    /** JSON, or text. */
    readonly body?: JsonObject | string;
    /** Of a watch. */
    readonly lines?: readonly JsonObject[];
    readonly warning?: string;
  };
}

/** Reads the recording: one exchange a line, in the order in which they were sent. */
export function parseExchanges(text: string): Exchange[] {
  return text.trim().split("\n").map((line) => repair(JSON.parse(line) as Exchange));
}

/**
 * Undoes what the recorder did to some exchanges: it wrote objects down after it had changed them
 * for the requests that followed.
 */
function repair(exchange: Exchange): Exchange {
  const changed: Exchange = structuredClone(exchange);
  const body = changed.response.body as { spec: Record<string, unknown> };
  switch (exchange.name) {
    case "get":
      // The object was then given the `max` of the put that follows: no answer of this version.
      delete body.spec.max;
      return changed;
    case "lease: create":
      // The Lease was then given the time of its renewal.
      body.spec.renewTime = "2026-11-21T12:00:00.000000Z";
      return changed;
    case "apply an owned Deployment (defaults filled in)":
      // One object was sent three times; written down is what it was at last.
      return withLabels(changed, { app: "s" }, { app: "s" });
    case "Deployment: labels must match the selector":
      return withLabels(changed, { app: "s" }, { app: "other" });
    default:
      return exchange;
  }
}

function withLabels(exchange: Exchange, selected: JsonObject, labels: JsonObject): Exchange {
  const { spec } = exchange.request.body as unknown as {
    spec: {
      selector: { matchLabels: JsonObject };
      template: { metadata: { labels: JsonObject } };
    };
  };
  spec.selector.matchLabels = selected;
  spec.template.metadata.labels = labels;
  return exchange;
}

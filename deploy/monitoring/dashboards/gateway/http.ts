import { lines } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { quantile, sumRate } from "../promql.ts";

const REQUESTS = "asya_gateway_request_duration_seconds";

/** Requests, their answers, and those that get none. */
export const http: RowPlan = {
  title: "HTTP",
  panels: [
    lines("Requests, by route", {
      description: "All that were answered.",
      unit: "reqps",
      queries: { "{{route}}": sumRate(`${REQUESTS}_count`, { by: "route" }) },
    }),
    lines("Until an answer begins, 95 of 100, by route", {
      description: "A stream's answer begins at once, however long it stays open.",
      unit: "s",
      queries: { "{{route}}": quantile(.95, REQUESTS, { by: "route" }) },
    }),
    lines("Answers, by status", {
      description: "5xx are our fault; 429 is a full gateway or a caller over its rate.",
      unit: "reqps",
      queries: {
        "{{status}}": sumRate(`${REQUESTS}_count`, { by: "status" }),
        "could not be answered": sumRate("asya_gateway_requests_failed_total"),
      },
    }),
    lines("Requests that were turned away", {
      description: "By what was wrong with them; the log has a line for each.",
      unit: "reqps",
      width: 12,
      queries: { "{{reason}}": sumRate("asya_gateway_requests_denied_total", { by: "reason" }) },
    }),
    lines("Connections refused, and keys of tokens", {
      description:
        "Refused: the system gives no further connection. Keys: read, or their server is away.",
      unit: "ops",
      width: 12,
      queries: {
        refused: sumRate("asya_gateway_connections_refused_total"),
        "keys {{outcome}}": sumRate("asya_gateway_token_keys_total", { by: "outcome" }),
      },
    }),
  ],
};

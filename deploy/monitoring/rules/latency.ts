import type { Alert, Recording, RuleGroup } from "./rule.ts";

/**
 * Requests of people and agents that are answered at once. One of MCP may wait for its job; those
 * about the process itself are asked by machines.
 */
const REQUESTS = 'route!~"/mcp|/health|/livez|/readyz|/metrics"';

/** The share of requests that may be slow: one in a hundred takes longer than half a second. */
const BUDGET = .01;

const WINDOWS = ["5m", "30m", "1h", "6h"] as const;

type Window = (typeof WINDOWS)[number];

function slowRatio(window: Window): Recording {
  const requests = (suffix: string, where: string) =>
    `sum by (cluster, namespace) ` +
    `(rate(asya_gateway_request_duration_seconds_${suffix}{${where}}[${window}]))`;
  return {
    record: nameOf(window),
    expr: `1 - ${requests("bucket", `${REQUESTS}, le="0.5"`)} / ` +
      `(${requests("count", REQUESTS)} > 0)`,
  };
}

function nameOf(window: Window): string {
  return `asya:gateway_requests:slow_ratio_rate${window}`;
}

/** Slow in a long window and in a short one: it is much, and it has not ended. */
function burns(factor: number, long: Window, short: Window): string {
  const over = (window: Window) => `${nameOf(window)} > ${factor} * ${BUDGET}`;
  return `${over(long)} and ${over(short)}`;
}

const alerts: readonly Alert[] = [
  {
    alert: "AsyaGatewayLatencyBurnsFast",
    expr: burns(14.4, "1h", "5m"),
    for: "2m",
    severity: "critical",
    summary: "Many requests of the gateway in {{ $labels.namespace }} take longer than 0.5 s",
    description: "At this rate, what may be slow in a month is used up within two days. Look at " +
      "the event loop, the store and the memory of the gateway.",
    runbook: "docs/monitoring.md#the-gateway-is-slow",
  },
  {
    alert: "AsyaGatewayLatencyBurnsSlowly",
    expr: burns(6, "6h", "30m"),
    for: "15m",
    severity: "warning",
    summary: "Too many requests of the gateway in {{ $labels.namespace }} take longer than 0.5 s",
    description: "At this rate, what may be slow in a month is used up within five days. Look at " +
      "the event loop, the store and the memory of the gateway.",
    runbook: "docs/monitoring.md#the-gateway-is-slow",
  },
];

/**
 * How fast the gateway answers, against what was promised: 99 of 100 requests within half a second.
 * Two windows each, after https://sre.google/workbook/alerting-on-slos/.
 */
export const latency: RuleGroup = {
  name: "asya-latency",
  rules: [...WINDOWS.map(slowRatio), ...alerts],
};

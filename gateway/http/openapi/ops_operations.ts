import type { Operation } from "./operation.ts";

const text = { type: "text/plain", json: { type: "string" } } as const;
const ask = { method: "get", tag: "operation", needs: "nothing", refusals: {} } as const;
const alive = { 200: { ...text, description: "It is.", example: "OK" } } as const;

/** What those ask who operate a gateway. */
export const opsOperations: readonly Operation[] = [
  { ...ask, id: "getHealth", path: "/health", summary: "Whether it is alive", answers: alive },
  { ...ask, id: "getLiveness", path: "/livez", summary: "Whether it is alive", answers: alive },
  {
    ...ask,
    id: "getReadiness",
    path: "/readyz",
    summary: "Whether it can work: store and broker",
    answers: {
      200: { ...text, description: "It can.", example: "ready" },
      503: { ...text, description: "It cannot: why.", example: "the broker cannot be reached" },
    },
  },
  {
    ...ask,
    id: "getMetrics",
    path: "/metrics",
    summary: "Metrics, in Prometheus' text format",
    answers: { 200: { ...text, description: "All of them." } },
    refusals: {
      403: "The gateway can only be reached from its machine, and the Host is another name.",
    },
  },
  {
    ...ask,
    id: "getDescription",
    path: "/openapi.json",
    summary: "This document",
    answers: {
      200: {
        description: "OpenAPI 3.1.",
        json: { type: "object" },
        headers: { ETag: "Changes with the document." },
      },
    },
    refusals: {
      304: "It is what If-None-Match names.",
      403: "The request's Host or Origin is not allowed.",
    },
  },
];

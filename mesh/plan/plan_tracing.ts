/** Variables that say where OpenTelemetry's data go: whoever sets one wants them. */
const ENDPOINTS = [
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
  "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
  "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
];

/**
 * The variables of OpenTelemetry for every program of a mesh: those that the mesh was started with.
 * Who says where data go has switched it on; `OTEL_DENO=false` switches it off again.
 *
 * @param variables the environment of who starts the mesh
 * @param mesh its name, and the version of its programs
 * @returns nothing where it is off
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { planTracing } from "./plan_tracing.ts";
 * const mesh = { name: "papers", version: "1.0.0" };
 * assert.deepEqual(planTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" }, mesh), {
 *   OTEL_DENO: "true",
 *   OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318",
 *   OTEL_EXPORTER_OTLP_TIMEOUT: "2000",
 *   OTEL_RESOURCE_ATTRIBUTES: "service.namespace=papers,service.version=1.0.0",
 * });
 * assert.deepEqual(planTracing({}, mesh), {});
 * ```
 */
export function planTracing(
  variables: Readonly<Record<string, string>>,
  mesh: { readonly name: string; readonly version: string },
): Record<string, string> {
  const { OTEL_DENO: wish = ENDPOINTS.some((name) => variables[name]) ? "true" : "" } = variables;
  if (wish !== "true" && wish !== "1") return {};
  const given = Object.entries(variables).filter(([name, value]) =>
    name.startsWith("OTEL_") && value !== ""
  );
  return {
    // A program waits for its last exports when it ends, and others wait for it.
    OTEL_EXPORTER_OTLP_TIMEOUT: "2000",
    ...Object.fromEntries(given),
    OTEL_DENO: "true",
    OTEL_RESOURCE_ATTRIBUTES: addAttributes(variables.OTEL_RESOURCE_ATTRIBUTES, {
      "service.namespace": mesh.name,
      "service.version": mesh.version,
    }),
  };
}

/** A process of a mesh, as its traces, logs and metrics name it. */
export interface TracedProcess {
  /** Its name, as in `ocr.2.sidecar`. */
  readonly name: string;
  /** Which program it is. */
  readonly program: string;
  /** What it works for: an actor, or the gateway. */
  readonly unit: string;
}

/** Whoever began a trace decides whether it is recorded, as OpenTelemetry's own default has it. */
const BEGINS_TRACES = { OTEL_TRACES_SAMPLER: "parentbased_always_on" };

/** The same, and no trace begins here: of probes, and of those who fetch metrics. */
const TAKES_PART = {
  OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
  OTEL_TRACES_SAMPLER_ARG: "0",
};

/**
 * Who a process is, in OpenTelemetry's variables, and whether traces begin with it; what is given
 * already counts more.
 *
 * @param env its environment so far
 * @param process what it is
 * @returns nothing where OpenTelemetry is off
 */
export function planTraced(
  env: Readonly<Record<string, string>>,
  { name, program, unit }: TracedProcess,
): Record<string, string> {
  if (env.OTEL_DENO !== "true") return {};
  const sampling = program === "gateway" ? BEGINS_TRACES : TAKES_PART;
  return {
    ...(env.OTEL_TRACES_SAMPLER === undefined && sampling),
    OTEL_SERVICE_NAME: env.OTEL_SERVICE_NAME ?? `asya-${program}`,
    OTEL_RESOURCE_ATTRIBUTES: addAttributes(env.OTEL_RESOURCE_ATTRIBUTES, {
      "service.instance.id": name,
      ...(program !== "gateway" && { "asya.actor": unit }),
    }),
  };
}

/**
 * The same environment for a program that only looks at something, and has nothing to tell.
 *
 * @param env an environment
 */
export function withoutTracing(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("OTEL_")));
}

/** Attributes of a resource, as `OTEL_RESOURCE_ATTRIBUTES` has them, and those that it lacks. */
function addAttributes(given = "", own: Readonly<Record<string, string>>): string {
  const pairs = given.split(",").filter((pair) => pair.trim() !== "");
  const known = new Set(pairs.map((pair) => pair.split("=")[0]?.trim()));
  const added = Object.entries(own).filter(([key]) => !known.has(key));
  return [...pairs, ...added.map(([key, value]) => `${key}=${encodeURIComponent(value)}`)].join(
    ",",
  );
}

import type { Logger, Metrics } from "@asya/program";
import { keyText } from "./controller/key.ts";
import type { Emit, Event } from "./event.ts";
import {
  createOperatorMetrics,
  type OperatorMetrics,
  type OperatorReadings,
} from "./operator_metrics.ts";
import type { KubeError } from "./reconcile/kube_error.ts";

/** What events are turned into. */
export interface TelemetryParts {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly readings: OperatorReadings;
}

/** A watch that is cut off begins again; it is worth a warning when that fails once more. */
const WARN_FROM = 1;

/**
 * Creates the one taker of events: it counts them and writes log lines.
 *
 * @param parts where to count and to write
 */
export function createTelemetry({ log, metrics, readings }: TelemetryParts): Emit {
  const counters = createOperatorMetrics(metrics, readings);
  return (event) => {
    count(counters, event);
    write(log, event);
  };
}

function count(metrics: OperatorMetrics, event: Event): void {
  switch (event.kind) {
    case "reconciled": {
      const { key, result, ms, error } = event;
      metrics.reconciles.inc({ of: key.kind, result });
      metrics.reconcileSeconds.observe({ of: key.kind }, ms / 1_000);
      if (!error) return;
      metrics.errors.inc({ code: error.code });
      return metrics.retries.inc({});
    }
    case "api_asked": {
      const { verb, status = 0, ms } = event;
      metrics.requests.inc({ verb, code: String(status) });
      return metrics.requestSeconds.observe({ verb }, ms / 1_000);
    }
    case "watch_ended":
      return metrics.watchEnds.inc({ resource: event.resource, why: event.why });
    case "object_unreadable":
      return metrics.unreadable.inc({ resource: event.resource });
    case "leading":
      return metrics.leader.set({}, 1);
    case "leadership_lost":
    case "leadership_released":
      return metrics.leader.set({}, 0);
    case "keda_found":
      return metrics.keda.set({}, 1);
    case "keda_gone":
      return metrics.keda.set({}, 0);
    case "event_failed":
    case "event_dropped":
      return metrics.eventsLost.inc({});
    case "started":
    case "server_unverified":
    case "runtime_missing":
    case "synced":
    case "listed":
    case "watch_failed":
    case "discovery_failed":
    case "following":
    case "lease_failed":
    case "draining":
    case "stopped":
      return;
  }
}

function write(log: Logger, event: Event): void {
  switch (event.kind) {
    case "started":
      return log.info("started", fieldsOf(event));
    case "server_unverified":
      return log.warn("the API server's certificate is not checked", {
        server: event.server,
        advice: "put certificate-authority into the kubeconfig for insecure-skip-tls-verify",
      });
    case "runtime_missing":
      return log.warn("the runtime's files are not there, so no ConfigMap brings it", {
        path: event.path,
        advice: "set ASYA_RUNTIME_BUNDLE, or give actors runtime.inject: binary",
      });
    case "synced":
      return log.info("everything has been seen", fieldsOf(event));
    case "listed":
      return log.debug("listed", fieldsOf(event));
    case "watch_ended":
      return log.debug("a watch ended and begins again", fieldsOf(event));
    case "watch_failed": {
      const { resource, error, before } = event;
      const fields = { resource, ...failureOf(error), before };
      return before < WARN_FROM
        ? log.debug("a watch was cut off", fields)
        : log.warn("a resource cannot be watched", fields);
    }
    case "object_unreadable":
      return log.error("an object cannot be read and is left out", fieldsOf(event));
    case "keda_found":
      return log.info("KEDA is there");
    case "keda_gone":
      return log.warn("KEDA is not there any more");
    case "discovery_failed":
      return log.warn("it cannot be seen whether KEDA is there", failureOf(event.error));
    case "leading":
      return log.info("this replica works", fieldsOf(event));
    case "following":
      return log.info("another replica works", fieldsOf(event));
    case "leadership_lost":
      return log.error("this replica may not work any more", fieldsOf(event));
    case "leadership_released":
      return log.info("another replica may work");
    case "lease_failed":
      return log.warn("the lease could not be had", failureOf(event.error));
    case "reconciled": {
      const { key, result, ms, error, retryInMs } = event;
      const fields = { of: key.kind, key: keyText(key), ms: Math.round(ms) };
      if (!error) return log.debug("looked at", { ...fields, result });
      const failed = { ...fields, ...failureOf(error), retryInMs };
      return result === "conflict"
        ? log.debug("somebody else wrote in between", failed)
        : log.warn("something stands in the way", failed);
    }
    case "event_failed":
      return log.warn("an Event could not be written", {
        reason: event.reason,
        ...failureOf(event.error),
      });
    case "event_dropped":
      return log.warn("too many Events wait, one is left out", fieldsOf(event));
    case "draining":
      return log.info("draining", fieldsOf(event));
    case "stopped":
      return log.info("stopped");
    case "api_asked":
      return;
  }
}

function failureOf({ code, message }: KubeError): Record<string, unknown> {
  return { code, failure: message };
}

function fieldsOf(event: Event): Record<string, unknown> {
  const { kind: _, ...fields } = event;
  return fields;
}

import type { Counter, Gauge, Histogram, Metrics } from "@asya/program";
import type { Verb } from "./cluster/api.ts";
import { WATCH_ENDS } from "./cluster/informer.ts";
import { ACTOR_KIND, BUILT_IN_KINDS, KEDA_KINDS } from "./cluster/kinds.ts";
import { RECONCILE_RESULTS } from "./controller/controller.ts";
import type { KubeErrorCode } from "./reconcile/kube_error.ts";

type Names = readonly string[];

/** Everything that an operator counts and measures. */
export interface OperatorMetrics {
  readonly reconciles: Counter<{ of: Names; result: Names }>;
  readonly reconcileSeconds: Histogram<{ of: Names }>;
  readonly errors: Counter<{ code: Names }>;
  readonly retries: Counter<Record<never, never>>;
  readonly leader: Gauge<Record<never, never>>;
  readonly keda: Gauge<Record<never, never>>;
  readonly watchEnds: Counter<{ resource: Names; why: Names }>;
  readonly unreadable: Counter<{ resource: Names }>;
  readonly requests: Counter<{ verb: Names; code: Names }>;
  readonly requestSeconds: Histogram<{ verb: Names }>;
  readonly eventsLost: Counter<Record<never, never>>;
}

/** What is read whenever somebody asks. */
export interface OperatorReadings {
  /** Keys that wait. */
  readonly depth: () => number;
  /** Actors that were seen. */
  readonly actors: () => number;
}

const VERBS: readonly Verb[] = ["get", "list", "watch", "create", "update", "patch", "delete"];

const CODES: readonly KubeErrorCode[] = [
  "conflict",
  "exists",
  "not_found",
  "invalid",
  "failed",
  "forbidden",
  "unauthorized",
  "terminating",
  "throttled",
  "expired",
  "unreachable",
];

const SECONDS = [.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30];

/**
 * Registers the operator's metrics, each with its known series at 0.
 *
 * @param metrics where to register
 * @param readings what is read at that moment
 */
export function createOperatorMetrics(
  metrics: Metrics,
  readings: OperatorReadings,
): OperatorMetrics {
  const of = ["actor", "runtime"];
  const resource = [ACTOR_KIND, ...BUILT_IN_KINDS, ...KEDA_KINDS]
    .filter(({ keeps }) => keeps !== undefined).map(({ plural }) => plural);
  metrics.gauge({
    name: "actors",
    help: "AsyncActors that were seen",
    labels: {},
    read: readings.actors,
  });
  metrics.gauge({
    name: "workqueue_depth",
    help: "actors and namespaces that wait to be looked at",
    labels: {},
    read: readings.depth,
  });
  return {
    reconciles: metrics.counter({
      name: "reconcile_total",
      help: "looks at an actor, or at the runtime's files in a namespace, by how they ended",
      labels: { of, result: RECONCILE_RESULTS },
    }),
    reconcileSeconds: metrics.histogram({
      name: "reconcile_duration_seconds",
      help: "how long a look took, with everything that was changed",
      labels: { of },
      buckets: SECONDS,
    }),
    errors: metrics.counter({
      name: "reconcile_errors_total",
      help: "what stood in the way of a look, by code",
      labels: { code: CODES },
    }),
    retries: metrics.counter({
      name: "workqueue_retries_total",
      help: "looks that are made again because something stood in the way",
      labels: {},
    }),
    leader: metrics.gauge({
      name: "leader",
      help: "1 while this replica is the one that works",
      labels: {},
    }),
    keda: metrics.gauge({
      name: "keda_present",
      help: "1 while the cluster knows KEDA's kinds",
      labels: {},
    }),
    watchEnds: metrics.counter({
      name: "watch_restarts_total",
      help: "watches that ended and began again, by resource and why",
      labels: { resource, why: WATCH_ENDS },
    }),
    unreadable: metrics.counter({
      name: "unreadable_objects_total",
      help: "objects that came in a form that cannot be read, by resource",
      labels: { resource },
    }),
    requests: metrics.counter({
      name: "api_requests_total",
      help: "requests of the API server, by verb and HTTP status; 0: no answer",
      labels: { verb: VERBS, code: [] as Names },
    }),
    requestSeconds: metrics.histogram({
      name: "api_request_duration_seconds",
      help: "how long the API server took to answer",
      labels: { verb: VERBS },
      buckets: SECONDS,
    }),
    eventsLost: metrics.counter({
      name: "events_lost_total",
      help: "Events of Kubernetes that could not be written",
      labels: {},
    }),
  };
}

import { lines, quantiles } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { aboveZero, quantile, select, sum, sumRate } from "../promql.ts";

/** What the operator does on Kubernetes. */
export const operator: RowPlan = {
  title: "The operator",
  isClosed: true,
  panels: [
    lines("Looks at actors, by result", {
      description: "`failed`: something stands in the way; the actor's conditions say what.",
      unit: "ops",
      queries: {
        "{{of}} {{result}}": sumRate("asya_operator_reconcile_total", { by: "of, result" }),
      },
    }),
    lines("What stood in the way, by code", {
      description: "Failures of looks; each is tried again, later each time.",
      unit: "ops",
      queries: {
        "{{code}}": aboveZero(sumRate("asya_operator_reconcile_errors_total", { by: "code" })),
        "tried again": sumRate("asya_operator_workqueue_retries_total"),
      },
    }),
    lines("How long a look takes", {
      description: "With everything that was changed.",
      unit: "s",
      queries: quantiles("asya_operator_reconcile_duration_seconds"),
    }),
    lines("Actors, and what waits", {
      description: "AsyncActors that were seen, and keys that wait to be looked at.",
      unit: "short",
      queries: {
        actors: `max(${select("asya_operator_actors")})`,
        waiting: `max(${select("asya_operator_workqueue_depth")})`,
        "replicas that lead": sum("asya_operator_leader"),
        "KEDA is there": `max(${select("asya_operator_keda_present")})`,
      },
    }),
    lines("Requests of the API server", {
      description: "By verb and status; 0 is no answer. 409 is somebody who wrote in between.",
      unit: "ops",
      queries: {
        "{{verb}} {{code}}": sumRate("asya_operator_api_requests_total", { by: "verb, code" }),
      },
    }),
    lines("The API server's answers, 95 of 100", {
      description: "How long it took, by verb.",
      unit: "s",
      queries: {
        "{{verb}}": quantile(.95, "asya_operator_api_request_duration_seconds", { by: "verb" }),
      },
    }),
    lines("Watches, and what was lost", {
      description: "Watches end now and then. Objects that cannot be read are left out.",
      unit: "ops",
      width: 24,
      queries: {
        "{{resource}} {{why}}": aboveZero(
          sumRate("asya_operator_watch_restarts_total", { by: "resource, why" }),
        ),
        "unreadable {{resource}}": aboveZero(
          sumRate("asya_operator_unreadable_objects_total", { by: "resource" }),
        ),
        "Events lost": sumRate("asya_operator_events_lost_total"),
      },
    }),
  ],
};

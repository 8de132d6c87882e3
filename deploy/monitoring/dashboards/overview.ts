import { NOT_KNOWN, ONLY_RABBITMQ, quantiles } from "./panels.ts";
import type { DashboardPlan, RowPlan } from "./plan.ts";
import {
  quantile,
  ratio,
  select,
  selectQueues,
  sum,
  sumRate,
  waiting,
  withQueue,
} from "./promql.ts";
import { toActor, UIDS } from "./uids.ts";
import { places, vhost } from "./variables.ts";

const RECEIVED = "asya_actor_messages_received_total";

/** Queues that messages wait in for an actor: not those for delays, and not dead letters. */
const WORK = 'queue!~"dead-letter-queue|asya[.]delay[.].*"';

const glance: RowPlan = {
  title: "At a glance",
  panels: [
    {
      kind: "stat",
      title: "Jobs that end, per second",
      description: "Jobs that ended, well or not, at all gateways.",
      unit: "ops",
      width: 4,
      queries: [{ expr: sumRate("asya_gateway_jobs_ended_total"), legend: "jobs" }],
    },
    {
      kind: "stat",
      title: "Jobs that end well",
      description:
        "The share of the jobs that ended as their caller wanted. Nothing ends: no share.",
      unit: "percentunit",
      max: 1,
      width: 4,
      thresholds: [[0, "red"], [.9, "yellow"], [.99, "green"]],
      queries: [{
        expr: ratio(
          sumRate("asya_gateway_jobs_ended_total", { where: 'status="Succeeded"' }),
          sumRate("asya_gateway_jobs_ended_total"),
        ),
        legend: "share",
      }],
    },
    {
      kind: "stat",
      title: "Messages that wait",
      description:
        "Messages in queues that no sidecar has taken yet, as RabbitMQ or else the gateway has them.",
      unit: "short",
      width: 4,
      noValue: NOT_KNOWN,
      queries: [{ expr: `sum(${waiting(WORK)})`, legend: "messages" }],
    },
    {
      kind: "stat",
      title: "Messages in hand",
      description: "Messages that sidecars have taken and not settled.",
      unit: "short",
      width: 4,
      queries: [{ expr: sum("asya_actor_active_messages"), legend: "messages" }],
    },
    {
      kind: "stat",
      title: "Dead letters",
      description:
        "Work that was given up and waits for somebody: `asya dlq ls` says which and why.",
      unit: "short",
      width: 4,
      noValue: NOT_KNOWN,
      thresholds: [[1, "yellow"], [100, "red"]],
      queries: [{ expr: `sum(${waiting('queue="dead-letter-queue"')})`, legend: "messages" }],
    },
    {
      kind: "stat",
      title: "Alerts that fire",
      description: "Alerts of the mesh, from the rules beside this dashboard.",
      unit: "short",
      width: 4,
      thresholds: [[1, "red"]],
      queries: [{
        expr:
          'count(ALERTS{cluster=~"$cluster", alertname=~"Asya.*", alertstate="firing"}) or vector(0)',
        legend: "alerts",
      }],
    },
  ],
};

const jobs: RowPlan = {
  title: "Jobs",
  panels: [
    {
      kind: "timeseries",
      title: "Jobs made and ended",
      description: "More made than ended for long: actors do not keep up, or a step is away.",
      unit: "ops",
      width: 8,
      queries: [
        { expr: sumRate("asya_gateway_jobs_created_total"), legend: "made" },
        {
          expr: sumRate("asya_gateway_jobs_ended_total", { by: "status" }),
          legend: "{{status}}",
        },
      ],
    },
    {
      kind: "timeseries",
      title: "From a call to its end",
      description: "How long jobs take, waiting in queues included.",
      unit: "s",
      width: 8,
      queries: quantiles("asya_gateway_job_duration_seconds"),
    },
    {
      kind: "timeseries",
      title: "Jobs in the store",
      description: "Counted up to 50000 of each status, by one gateway of several.",
      unit: "short",
      width: 8,
      queries: [{
        expr: `max by (namespace, status) (${select("asya_gateway_jobs")})`,
        legend: "{{status}} {{namespace}}",
      }],
    },
  ],
};

const actors: RowPlan = {
  title: "Actors",
  panels: [
    {
      kind: "timeseries",
      title: "Messages done, by actor",
      description: "Messages per second that an actor has settled without a failure.",
      unit: "ops",
      width: 8,
      leadsTo: toActor,
      queries: [{
        expr: sumRate("asya_actor_messages_processed_total", { by: "queue" }),
        legend: "{{queue}}",
      }],
    },
    {
      kind: "timeseries",
      title: "Messages in hand, by actor",
      description: "Taken from the queue and not settled. At its limit, an actor needs replicas.",
      unit: "short",
      width: 8,
      leadsTo: toActor,
      queries: [{
        expr: `sum by (queue) (${withQueue(select("asya_actor_active_messages"), 'queue=~".+"')})`,
        legend: "{{queue}}",
      }],
    },
    {
      kind: "timeseries",
      title: "A message's time at its actor, 95 of 100",
      description: "From its arrival at the sidecar until it was settled.",
      unit: "s",
      width: 8,
      leadsTo: toActor,
      queries: [{
        expr: quantile(.95, "asya_actor_processing_duration_seconds", { by: "queue" }),
        legend: "{{queue}}",
      }],
    },
    {
      kind: "timeseries",
      title: "Failures, by actor and reason",
      description: "Messages that failed, and publishes that had to be repeated.",
      unit: "ops",
      width: 8,
      leadsTo: toActor,
      queries: [{
        expr: `${sumRate("asya_actor_messages_failed_total", { by: "queue, reason" })} > 0`,
        legend: "{{queue}} {{reason}}",
      }],
    },
    {
      kind: "timeseries",
      title: "Retries, by step",
      description: "Messages that error-end has sent to their step once more.",
      unit: "ops",
      width: 8,
      queries: [{
        expr: `sum by (destination_queue) (rate(${
          select("asya_actor_messages_sent_total", 'message_type="routing"')
        }[$__rate_interval]) and on (cluster, namespace, instance) ${
          select(RECEIVED, 'queue="error-end"')
        })`,
        legend: "{{destination_queue}}",
      }],
    },
    {
      kind: "timeseries",
      title: "Sidecars, by actor",
      description: "Replicas that Prometheus reaches, idle ones included.",
      unit: "short",
      width: 8,
      leadsTo: toActor,
      queries: [{ expr: `count by (queue) (${select(RECEIVED)})`, legend: "{{queue}}" }],
    },
  ],
};

const queues: RowPlan = {
  title: "Queues, as RabbitMQ or else the gateway has them",
  panels: [
    {
      kind: "timeseries",
      title: "Messages that wait, by queue",
      description:
        "Ready messages. One that rises for long: more replicas, or a step that is away.",
      unit: "short",
      width: 8,
      noValue: NOT_KNOWN,
      leadsTo: toActor,
      queries: [{ expr: `sum by (queue) (${waiting(WORK)})`, legend: "{{queue}}" }],
    },
    {
      kind: "timeseries",
      title: "Time until a queue is empty",
      description: "What waits, at the rate at which its actor took messages lately.",
      unit: "s",
      width: 8,
      leadsTo: toActor,
      queries: [{
        expr: `sum by (queue) (${waiting(WORK)}) / on (queue) (${
          sumRate(RECEIVED, { by: "queue" })
        } > 0)`,
        legend: "{{queue}}",
      }],
    },
    {
      kind: "timeseries",
      title: "Consumers, by queue",
      description: "0 and messages that wait: nobody works on that step. Only RabbitMQ says it.",
      unit: "short",
      width: 8,
      noValue: ONLY_RABBITMQ,
      leadsTo: toActor,
      queries: [{
        expr: `sum by (queue) (${selectQueues("rabbitmq_detailed_queue_consumers", WORK)})`,
        legend: "{{queue}}",
      }],
    },
  ],
};

const scaling: RowPlan = {
  title: "Scaling, as KEDA sees it",
  isClosed: true,
  panels: [
    {
      kind: "timeseries",
      title: "What KEDA reads, by actor",
      description: "The number that replicas are made from; 0 lets an actor go to zero.",
      unit: "short",
      width: 12,
      noValue: "not known without KEDA",
      queries: [{
        expr: 'max by (scaledObject) (keda_scaler_metrics_value{cluster=~"$cluster"})',
        legend: "{{scaledObject}}",
      }],
    },
    {
      kind: "timeseries",
      title: "KEDA's failures, by actor",
      description:
        "KEDA cannot read the queue: credentials, an address, or a queue that is not there.",
      unit: "ops",
      width: 12,
      noValue: "not known without KEDA",
      queries: [{
        expr: "sum by (scaledObject) " +
          '(rate(keda_scaled_object_errors_total{cluster=~"$cluster"}[$__rate_interval]))',
        legend: "{{scaledObject}}",
      }],
    },
  ],
};

const operator: RowPlan = {
  title: "The operator",
  isClosed: true,
  panels: [
    {
      kind: "timeseries",
      title: "Looks at actors, by result",
      description: "`failed`: something stands in the way; the actor's conditions say what.",
      unit: "ops",
      width: 8,
      queries: [{
        expr: sumRate("asya_operator_reconcile_total", { by: "of, result" }),
        legend: "{{of}} {{result}}",
      }],
    },
    {
      kind: "timeseries",
      title: "What stood in the way, by code",
      description: "Failures of looks; each is tried again, later each time.",
      unit: "ops",
      width: 8,
      queries: [
        {
          expr: `${sumRate("asya_operator_reconcile_errors_total", { by: "code" })} > 0`,
          legend: "{{code}}",
        },
        { expr: sumRate("asya_operator_workqueue_retries_total"), legend: "tried again" },
      ],
    },
    {
      kind: "timeseries",
      title: "How long a look takes",
      description: "With everything that was changed.",
      unit: "s",
      width: 8,
      queries: quantiles("asya_operator_reconcile_duration_seconds"),
    },
    {
      kind: "timeseries",
      title: "Actors, and what waits",
      description: "AsyncActors that were seen, and keys that wait to be looked at.",
      unit: "short",
      width: 8,
      queries: [
        { expr: `max(${select("asya_operator_actors")})`, legend: "actors" },
        { expr: `max(${select("asya_operator_workqueue_depth")})`, legend: "waiting" },
        { expr: sum("asya_operator_leader"), legend: "replicas that lead" },
        { expr: `max(${select("asya_operator_keda_present")})`, legend: "KEDA is there" },
      ],
    },
    {
      kind: "timeseries",
      title: "Requests of the API server",
      description: "By verb and status; 0 is no answer. 409 is somebody who wrote in between.",
      unit: "ops",
      width: 8,
      queries: [{
        expr: sumRate("asya_operator_api_requests_total", { by: "verb, code" }),
        legend: "{{verb}} {{code}}",
      }],
    },
    {
      kind: "timeseries",
      title: "The API server's answers, 95 of 100",
      description: "How long it took, by verb.",
      unit: "s",
      width: 8,
      queries: [{
        expr: quantile(.95, "asya_operator_api_request_duration_seconds", { by: "verb" }),
        legend: "{{verb}}",
      }],
    },
    {
      kind: "timeseries",
      title: "Watches, and what was lost",
      description: "Watches end now and then. Objects that cannot be read are left out.",
      unit: "ops",
      width: 24,
      queries: [
        {
          expr: `${sumRate("asya_operator_watch_restarts_total", { by: "resource, why" })} > 0`,
          legend: "{{resource}} {{why}}",
        },
        {
          expr: `${sumRate("asya_operator_unreadable_objects_total", { by: "resource" })} > 0`,
          legend: "unreadable {{resource}}",
        },
        { expr: sumRate("asya_operator_events_lost_total"), legend: "Events lost" },
      ],
    },
  ],
};

/** The whole mesh: is it well, and if not, where to look. */
export const overview: DashboardPlan = {
  uid: UIDS.overview,
  title: "Asya / Overview",
  description: "The whole mesh: whether it is well, and if not, where to look next.",
  variables: [...places, vhost],
  rows: [glance, jobs, actors, queues, scaling, operator],
};

import type { RuleGroup } from "./rule.ts";

/** Queues of actors: not those for delays, and not dead letters. */
const WORK = 'queue!~"dead-letter-queue|.*[.]delay[.].*"';

/** What waits in them, as RabbitMQ has it; of a queue that it says nothing of, as gateways saw it. */
const READY = `(sum by (cluster, queue) (rabbitmq_detailed_queue_messages_ready{${WORK}}) or ` +
  "sum by (cluster, queue) (max by (cluster, namespace, queue) " +
  `(asya_gateway_queue_messages{${WORK}})))`;

const DEAD = 'queue="dead-letter-queue"';

const RECEIVED = "asya_actor_messages_received_total";

/** Messages in hand, with the name of the queue, which the sidecar says elsewhere. */
const IN_HAND = "sum by (cluster, namespace, queue) (asya_actor_active_messages " +
  "* on (cluster, namespace, instance) group_left (queue) " +
  `group by (cluster, namespace, instance, queue) (${RECEIVED}))`;

/** Failures of calls of the handler with some codes, within a quarter of an hour. */
function deaths(codes: string): string {
  return "sum by (cluster, namespace, queue) " +
    `(increase(asya_actor_runtime_errors_total{error_type=~"${codes}"}[15m]))`;
}

/** What happens to messages at their actors. */
export const actors: RuleGroup = {
  name: "asya-actors",
  rules: [
    {
      alert: "AsyaQueueNotMoving",
      expr: `${READY} > 0 and on (cluster, queue) ` +
        `sum by (cluster, queue) (rate(${RECEIVED}[15m])) == 0`,
      for: "15m",
      severity: "critical",
      summary: "Messages wait in queue {{ $labels.queue }}, and its actor takes none",
      description:
        "Its sidecars are there. Either the runtime beside them is away, or every place " +
        "is taken by calls that do not end.",
      runbook: "docs/troubleshooting.md#the-job-is-running-and-nothing-moves",
    },
    {
      alert: "AsyaQueueWithoutConsumers",
      expr: `${READY} > 0 and on (cluster, queue) ` +
        "sum by (cluster, queue) (rabbitmq_detailed_queue_consumers) == 0 " +
        `and on (cluster, queue) group by (cluster, queue) (present_over_time(${RECEIVED}[1d]))`,
      for: "10m",
      severity: "critical",
      summary: "Messages wait in queue {{ $labels.queue }}, and nobody consumes it",
      description:
        "The actor was there within the last day. It does not start, it was not scaled " +
        "from zero, or it has lost the broker.",
      runbook: "docs/monitoring.md#nobody-consumes-a-queue",
    },
    {
      alert: "AsyaQueueFallsBehind",
      expr: `${READY} / on (cluster, queue) ` +
        `(sum by (cluster, queue) (rate(${RECEIVED}[10m])) > 0) > 1800`,
      for: "30m",
      severity: "warning",
      summary: "What waits in queue {{ $labels.queue }} takes its actor more than half an hour",
      description: "More comes than is done, for long. More replicas, or a higher limit of them, " +
        "or a faster handler.",
      runbook: "docs/scaling.md",
    },
    {
      alert: "AsyaMessagesStuck",
      expr: `${IN_HAND} > 0 and on (cluster, namespace, queue) ` +
        "sum by (cluster, namespace, queue) " +
        "(rate(asya_actor_processing_duration_seconds_count[30m])) == 0",
      for: "30m",
      severity: "warning",
      summary: "Actor {{ $labels.queue }} has messages in hand, and has done none for an hour",
      description: "A handler that waits for something for ever, or takes longer than the broker " +
        "allows a message to be held.",
      runbook: "docs/troubleshooting.md#timeout_error-or-job-timed-out",
    },
    {
      alert: "AsyaActorFails",
      expr: "sum by (cluster, namespace, queue) (rate(asya_actor_messages_failed_total[15m])) / " +
        `(sum by (cluster, namespace, queue) (rate(${RECEIVED}[15m])) > 0) > 0.05 ` +
        "and sum by (cluster, namespace, queue) " +
        "(increase(asya_actor_messages_failed_total[15m])) > 3",
      for: "10m",
      severity: "warning",
      summary: "Actor {{ $labels.queue }} fails at more than 5 of 100 messages",
      description:
        "The dashboard of the actor has the reasons, the dead letters have the messages.",
      runbook: "docs/troubleshooting.md#a-job-fails",
    },
    {
      alert: "AsyaRuntimeOutOfMemory",
      expr: `${deaths("oom_error|cuda_oom_error")} > 2`,
      severity: "warning",
      summary: "The handler of {{ $labels.queue }} runs out of memory again and again",
      description: "More than twice in a quarter of an hour. Each time a process ends, and its " +
        "other calls begin anew.",
      runbook: "docs/troubleshooting.md#oom_error",
    },
    {
      alert: "AsyaRuntimeDies",
      expr: `${deaths("connection_error")} > 2`,
      severity: "warning",
      summary: "The runtime of {{ $labels.queue }} dies again and again",
      description:
        "More than twice in a quarter of an hour: a crash in native code, an exit of the handler, " +
        "or something that kills the container.",
      runbook: "docs/troubleshooting.md#connection_error",
    },
    {
      alert: "AsyaSidecarWithoutBroker",
      expr: "asya_actor_transport_connected == 0",
      for: "5m",
      severity: "critical",
      summary: "Sidecar {{ $labels.instance }} has no connection to the broker",
      description:
        "It takes no messages. Look whether the broker is up, and at the sidecar's log " +
        "for the reason.",
      runbook: "docs/troubleshooting.md#the-job-is-running-and-nothing-moves",
    },
    {
      alert: "AsyaBrokerBlocks",
      expr: "max by (cluster, namespace) " +
        '({__name__=~"asya_actor_transport_blocked|asya_gateway_transport_blocked"}) == 1',
      for: "2m",
      severity: "critical",
      summary: "The broker takes no messages from {{ $labels.namespace }}",
      description: "RabbitMQ is short of memory or of disk, and blocks whoever publishes, until " +
        "it has room again.",
      runbook: "docs/troubleshooting.md#the-job-is-running-and-nothing-moves",
    },
    {
      alert: "AsyaProgressDropped",
      expr: "sum by (cluster, namespace, why) " +
        "(rate(asya_actor_progress_reports_dropped_total[10m])) > 0",
      for: "15m",
      severity: "warning",
      summary: "Progress is dropped in {{ $labels.namespace }} ({{ $labels.why }})",
      description:
        "Results are not affected; whoever watches jobs sees less. The gateway is away " +
        "or slow for sidecars, or their tokens differ.",
      runbook: "docs/troubleshooting.md#it-is-done-and-no-progress-was-seen",
    },
    {
      alert: "AsyaDeadLettersGrow",
      expr: "sum by (cluster, vhost) " +
        `(delta(rabbitmq_detailed_queue_messages_ready{${DEAD}}[30m])) > 0 or ` +
        "(max by (cluster, namespace) " +
        `(delta(asya_gateway_queue_messages{${DEAD}}[30m])) > 0 ` +
        `unless on (cluster) rabbitmq_detailed_queue_messages_ready{${DEAD}})`,
      for: "5m",
      severity: "warning",
      summary: "Work is given up: there are more dead letters than half an hour ago",
      description: "asya dlq ls lists them with their reasons; asya dlq replay sends them again " +
        "when the reason is mended.",
      runbook: "docs/troubleshooting.md#a-job-fails",
    },
    {
      alert: "AsyaGenerationsFail",
      expr: "sum by (cluster, namespace, gen_ai_request_model) " +
        '(rate(gen_ai_client_operation_duration_seconds_count{error_type!=""}[15m])) / ' +
        "sum by (cluster, namespace, gen_ai_request_model) " +
        "(rate(gen_ai_client_operation_duration_seconds_count[15m])) > 0.1",
      for: "10m",
      severity: "warning",
      summary: "More than 1 of 10 generations of {{ $labels.gen_ai_request_model }} fail",
      description: "A provider's limit, a timeout, or a model that is away. The AI dashboard has " +
        "the errors by their names.",
      runbook: "docs/monitoring.md#generations-fail",
    },
  ],
};

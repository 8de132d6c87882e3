import type { RuleGroup } from "./rule.ts";

/**
 * Places whose gateways were there within the last hour, and, without a place, where none was. The
 * second begins a little earlier, so that it is a reason by the time that the first ends.
 */
const AWAY = "(group by (cluster, namespace) (present_over_time(asya_gateway_tools[1h])) " +
  "unless on (cluster, namespace) asya_gateway_tools) or " +
  "absent(present_over_time(asya_gateway_tools[55m]))";

/** What callers notice, and what the gateway stands on. */
export const gateway: RuleGroup = {
  name: "asya-gateway",
  rules: [
    {
      alert: "AsyaGatewayAway",
      expr: AWAY,
      for: "5m",
      severity: "critical",
      summary: "No gateway is there{{ with $labels.namespace }} ({{ . }}){{ end }}",
      description:
        "Prometheus reaches no gateway, where it did within the last hour or where none " +
        "was ever seen. Nobody can call; work that was accepted goes on.",
      runbook: "docs/troubleshooting.md#no-gateway-answers",
    },
    {
      alert: "AsyaGatewayErrors",
      expr: "sum by (cluster, namespace) " +
        '(rate(asya_gateway_request_duration_seconds_count{status=~"5.."}[10m])) / ' +
        "sum by (cluster, namespace) " +
        "(rate(asya_gateway_request_duration_seconds_count[10m])) > 0.01",
      for: "10m",
      severity: "critical",
      summary: "The gateway in {{ $labels.namespace }} fails at more than 1 of 100 requests",
      description: "Answers of 500 and above. Look at the store and at the log, which has a line " +
        "for each.",
      runbook: "docs/monitoring.md#the-gateway-fails",
    },
    {
      alert: "AsyaJobsFail",
      expr: "sum by (cluster, namespace, tool) " +
        '(rate(asya_gateway_jobs_ended_total{status="Failed", by!="cancel"}[15m])) / ' +
        "sum by (cluster, namespace, tool) (rate(asya_gateway_jobs_ended_total[15m])) > 0.05 " +
        "and sum by (cluster, namespace, tool) " +
        '(increase(asya_gateway_jobs_ended_total{status="Failed", by!="cancel"}[15m])) > 3',
      for: "5m",
      severity: "warning",
      summary: "More than 5 of 100 jobs of tool {{ $labels.tool }} fail",
      description:
        "Those that callers cancelled are not counted. The codes are in the jobs and in " +
        "the dead letters.",
      runbook: "docs/troubleshooting.md#a-job-fails",
    },
    {
      alert: "AsyaCallsNotSent",
      expr: "max by (cluster, namespace) (asya_gateway_outbox_oldest_seconds) > 60",
      for: "2m",
      severity: "critical",
      summary: "Calls in {{ $labels.namespace }} wait for more than a minute to be sent",
      description: "The jobs are stored, and their messages have reached no queue: the broker is " +
        "away, or the queue of the first step is not there.",
      runbook: "docs/troubleshooting.md#the-job-stays-pending",
    },
    {
      alert: "AsyaGatewayWithoutBroker",
      expr: "asya_gateway_transport_connected == 0",
      for: "2m",
      severity: "critical",
      summary: "Gateway {{ $labels.instance }} has no connection to the broker",
      description: "Calls are accepted and wait. Look whether the broker is up, and at the " +
        "gateway's log for the reason.",
      runbook: "docs/troubleshooting.md#the-job-is-running-and-nothing-moves",
    },
    {
      alert: "AsyaStoreAway",
      expr: "asya_gateway_store_connected == 0 and on (cluster, namespace, instance) " +
        'asya_gateway_store_events_total{event=~"connected|disconnected"} > 0',
      for: "2m",
      severity: "critical",
      summary: "Gateway {{ $labels.instance }} has no connection to its database",
      description: "Calls are refused until it is back; work that was accepted goes on, and its " +
        "reports wait in the actors.",
      runbook: "docs/troubleshooting.md#the-database-is-away-or-its-clock-differs",
    },
    {
      alert: "AsyaStoreWithoutLeader",
      expr: "sum by (cluster, namespace) (asya_gateway_store_leading) == 0 " +
        "and on (cluster, namespace) sum by (cluster, namespace) " +
        "(asya_gateway_store_connected) > 0",
      for: "5m",
      severity: "warning",
      summary: "No gateway in {{ $labels.namespace }} looks after deadlines and old jobs",
      description: "Each has its database, and none has the lease: jobs do not time out, and old " +
        "ones are kept.",
      runbook: "docs/monitoring.md#nobody-looks-after-deadlines",
    },
    {
      alert: "AsyaToolsFileBad",
      expr: "asya_gateway_config_last_reload_successful == 0 " +
        "and on (cluster, namespace, instance) asya_gateway_tools_refused_total > 0",
      for: "5m",
      severity: "warning",
      summary: "The tools file of gateway {{ $labels.instance }} is bad",
      description:
        "It was changed and has mistakes; the tools stay as they were. The log has all " +
        "of them, with their places.",
      runbook: "docs/troubleshooting.md#new-tools-do-not-appear",
    },
    {
      alert: "AsyaGatewayLoopLate",
      expr: "histogram_quantile(0.99, sum by (cluster, namespace, instance, le) " +
        "(rate(asya_gateway_event_loop_lag_seconds_bucket[10m]))) > 0.5",
      for: "10m",
      severity: "warning",
      summary: "Gateway {{ $labels.instance }} is too busy to answer in time",
      description: "Timers come more than half a second late; so does everything else. More " +
        "gateways on one PostgreSQL share the load.",
      runbook: "docs/monitoring.md#the-gateway-is-slow",
    },
  ],
};

import type { RuleGroup } from "./rule.ts";

/** What keeps actors as they are asked for, and what looks at all of it. */
export const operator: RuleGroup = {
  name: "asya-operator",
  rules: [
    {
      alert: "AsyaScrapeMissing",
      expr: "up == 0 and on (cluster, namespace, job) group by (cluster, namespace, job) " +
        "(present_over_time({__name__=~" +
        '"asya_gateway_tools|asya_actor_active_messages|asya_operator_leader"}[6h]))',
      for: "10m",
      severity: "warning",
      summary: "Prometheus cannot read {{ $labels.instance }} of {{ $labels.job }}",
      description: "While it cannot, no other alert about it fires. Is the process up, is the " +
        "port open to Prometheus?",
      runbook: "docs/monitoring.md#prometheus-cannot-read-a-program",
    },
    {
      alert: "AsyaOperatorAway",
      expr: "group by (cluster, namespace) (present_over_time(asya_operator_leader[1h])) " +
        "unless on (cluster, namespace) asya_operator_leader",
      for: "5m",
      severity: "critical",
      summary: "No operator is there in {{ $labels.namespace }}",
      description:
        "Actors go on as they are; changes of them have no effect, and what is lost is " +
        "not made again.",
      runbook: "docs/monitoring.md#the-operator-is-away",
    },
    {
      alert: "AsyaOperatorWithoutLeader",
      expr: "sum by (cluster, namespace) (asya_operator_leader) == 0",
      for: "5m",
      severity: "critical",
      summary: "No replica of the operator in {{ $labels.namespace }} works",
      description: "They are there, and none has the lease: look at their logs for the lease.",
      runbook: "docs/monitoring.md#the-operator-is-away",
    },
    {
      alert: "AsyaReconcilesFail",
      expr: "sum by (cluster, namespace, code) " +
        '(rate(asya_operator_reconcile_errors_total{code!="conflict"}[10m])) > 0',
      for: "15m",
      severity: "warning",
      summary: "The operator fails at actors again and again ({{ $labels.code }})",
      description: "The conditions of the AsyncActors say what stands in the way.",
      runbook: "docs/kubernetes.md#what-an-actor-says",
    },
    {
      alert: "AsyaKedaAway",
      expr: "max by (cluster, namespace) (asya_operator_keda_present) == 0 " +
        "and max by (cluster, namespace) (max_over_time(asya_operator_keda_present[1d])) == 1",
      for: "10m",
      severity: "critical",
      summary: "KEDA is not there any more, and nothing scales",
      description: "The cluster knew KEDA's kinds within the last day, and does not now. Actors " +
        "at zero stay there.",
      runbook: "docs/monitoring.md#actors-do-not-scale",
    },
    {
      alert: "AsyaKedaFails",
      expr: "sum by (cluster, scaledObject) (increase(keda_scaled_object_errors_total[10m])) > 0",
      for: "15m",
      severity: "warning",
      summary: "KEDA cannot scale {{ $labels.scaledObject }}",
      description: "It fails to read the queue again and again: credentials, an address, or a " +
        "queue that is not there.",
      runbook: "docs/monitoring.md#actors-do-not-scale",
    },
  ],
};

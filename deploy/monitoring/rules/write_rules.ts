import { stringify } from "yaml";
import { actors } from "./actors.ts";
import { gateway } from "./gateway.ts";
import { latency } from "./latency.ts";
import { operator } from "./operator.ts";
import type { Alert, Recording, RuleGroup } from "./rule.ts";

/** All rules, in the order in which they are looked at. */
export const ruleGroups: readonly RuleGroup[] = [latency, gateway, actors, operator];

/** The file that Prometheus' `rule_files` names. */
export function writeRuleFile(): string {
  return write({ groups: toGroups() });
}

/** The same rules as a resource of Prometheus' operator. */
export function writePrometheusRule(): string {
  return write({
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: {
      name: "asya",
      labels: { "app.kubernetes.io/part-of": "asya" },
    },
    spec: { groups: toGroups() },
  });
}

function toGroups() {
  return ruleGroups.map(({ name, rules }) => ({ name, rules: rules.map(toRule) }));
}

function toRule(rule: Alert | Recording) {
  if ("record" in rule) return rule;
  const { alert, expr, for: time, severity, summary, description, runbook } = rule;
  return {
    alert,
    expr,
    ...(time !== undefined && { for: time }),
    labels: { severity },
    annotations: { summary, description, runbook },
  };
}

function write(value: unknown): string {
  return `# Made by \`make docs\` from deploy/monitoring/rules/.\n${
    stringify(value, { lineWidth: 0 })
  }`;
}

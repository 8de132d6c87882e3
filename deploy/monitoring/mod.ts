/**
 * Dashboards and rules for whoever looks after a mesh, as data: from them `make docs` writes what
 * Grafana, Prometheus and Prometheus' operator read. What a program counts is decided in the
 * program; nothing may enter that a program would have to know.
 *
 * @module
 */
import { actor } from "./dashboards/actor.ts";
import { ai } from "./dashboards/ai.ts";
import { createDashboard } from "./dashboards/create_dashboard.ts";
import { gateway } from "./dashboards/gateway.ts";
import { overview } from "./dashboards/overview.ts";
import type { DashboardPlan } from "./dashboards/plan.ts";
import { writePrometheusRule, writeRuleFile } from "./rules/write_rules.ts";

export { ruleGroups } from "./rules/write_rules.ts";

/** All dashboards. */
export const dashboards: readonly DashboardPlan[] = [overview, actor, gateway, ai];

/** What is made, by its path in the repository. */
export function createMonitoring(): Map<string, string> {
  const files = dashboards.map((plan): [string, string] => [
    `deploy/monitoring/grafana/${plan.uid}.json`,
    `${JSON.stringify(createDashboard(plan), null, 2)}\n`,
  ]);
  return new Map([
    ...files,
    ["deploy/monitoring/prometheus/rules.yml", writeRuleFile()],
    ["deploy/monitoring/kubernetes/prometheus_rule.yaml", writePrometheusRule()],
  ]);
}

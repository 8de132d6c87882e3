import { markdownTable } from "@asya/program";
import type { RuleGroup } from "../../deploy/monitoring/rules/rule.ts";

/**
 * Writes the table of alerts: when each fires, how urgent it is, and what it says. Links are as they
 * are on a page in `docs/`.
 *
 * @param groups The rules.
 * @returns Markdown, in the order of the rules.
 */
export function alertsTable(groups: readonly RuleGroup[]): string {
  const rows = groups.flatMap(({ rules }) => rules).flatMap((rule) => {
    if (!("alert" in rule)) return [];
    const { alert, severity, summary, runbook } = rule;
    const target = runbook.replace(/^docs\/monitoring\.md/, "").replace(/^docs\//, "");
    const said = summary
      // What is said only of series that have the label.
      .replaceAll(/{{ with (\$labels\.\w+) }}(.*?){{ \. }}(.*?){{ end }}/g, "$2{{ $1 }}$3")
      .replaceAll(/{{ \$labels\.(\w+) }}/g, "_$1_");
    return [[`\`${alert}\``, severity, rule.for ?? "at once", said, `[what to do](${target})`]];
  });
  return markdownTable(["alert", "urgency", "after", "it says", ""], rows);
}

import { listMetrics, markdownTable, type Metrics, otelNames } from "@asya/program";

/**
 * Writes a table of metrics, from the code that registers them.
 *
 * @param namespace What stands before each name.
 * @param register Registers them.
 * @returns Markdown, in the order in which they are registered.
 */
export function metricsTable(namespace: string, register: (metrics: Metrics) => void): string {
  const rows = listMetrics(register).map(({ type, options }) => {
    const { name, labels, help, convention } = options;
    const shown = convention ? name : `${namespace}_${name}`;
    const labelNames = Object.keys(labels).map((label) => `\`${label}\``).join(", ");
    const otel = otelNames(namespace, type, options);
    const unit = otel.unit === "" ? "" : ` (${otel.unit})`;
    return [`\`${shown}\``, type, labelNames, help, `\`${otel.name}\`${unit}`];
  });
  return markdownTable(["metric", "type", "labels", "what it says", "in OpenTelemetry"], rows);
}

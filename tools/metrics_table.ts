import {
  type Labels,
  markdownTable,
  type MetricOptions,
  type Metrics,
  otelNames,
} from "@asya/program";

/**
 * Writes a table of metrics, from the code that registers them.
 *
 * @param namespace What stands before each name.
 * @param register Registers them.
 * @returns Markdown, in the order in which they are registered.
 */
export function metricsTable(namespace: string, register: (metrics: Metrics) => void): string {
  const rows: string[][] = [];
  const add = (type: "counter" | "gauge" | "histogram", metric: MetricOptions<Labels>) => {
    const { name, labels, help, convention } = metric;
    const names = Object.keys(labels).map((label) => `\`${label}\``);
    const shown = convention ? name : `${namespace}_${name}`;
    const otel = otelNames(namespace, type, metric);
    const unit = otel.unit === "" ? "" : ` (${otel.unit})`;
    rows.push([`\`${shown}\``, type, names.join(", "), help, `\`${otel.name}\`${unit}`]);
  };
  register({
    contentType: "",
    counter(options) {
      add("counter", options);
      return { inc: () => {} };
    },
    gauge(options) {
      add("gauge", options);
      return { set: () => {}, add: () => {} };
    },
    histogram(options) {
      add("histogram", options);
      return { observe: () => {} };
    },
    beforeRender: () => {},
    render: () => Promise.resolve(""),
  });
  return markdownTable(["metric", "type", "labels", "what it says", "in OpenTelemetry"], rows);
}

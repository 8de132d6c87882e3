/** One series with its value, as a program's `/metrics` has it. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Reads Prometheus' text format.
 *
 * @param text as `/metrics` gives it
 * @example
 * ```ts
 * import { parseMetrics } from "./parse_metrics.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseMetrics('# TYPE calls counter\ncalls{of="a\\"b"} 2\nup 1\n'), [
 *   { name: "calls", labels: { of: 'a"b' }, value: 2 },
 *   { name: "up", labels: {}, value: 1 },
 * ]);
 * ```
 */
export function parseMetrics(text: string): MetricSample[] {
  return Array.from(
    text.matchAll(/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/gm),
    ([, name = "", said = "", value]) => ({
      name,
      labels: parseLabels(said),
      value: Number(value),
    }),
  );
}

function parseLabels(text: string): Record<string, string> {
  const pairs = text.matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g);
  return Object.fromEntries(
    Array.from(pairs, ([, label = "", quoted = '""']) => [label, JSON.parse(quoted)]),
  );
}

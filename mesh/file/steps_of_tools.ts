import { openYaml } from "./yaml_reader.ts";

/**
 * The steps that the tools of a gateway's file lead through, joins included. Whether the file is in
 * order is the gateway's to say.
 *
 * @param text the file's content
 * @example
 * ```ts
 * import { stepsOfTools } from "./steps_of_tools.ts";
 * import assert from "node:assert/strict";
 * const text = `
 * routes: { scan: [ocr, { join: gather }] }
 * tools:
 *   - { name: read, route: scan }
 *   - { name: sum, route: [ocr, sum] }
 * `;
 * assert.deepEqual(stepsOfTools(text), ["ocr", "gather", "sum"]);
 * ```
 */
export function stepsOfTools(text: string): string[] {
  const content = openYaml(text).root.data();
  const { routes, tools } = isRecord(content) ? content : {};
  const lists = [
    ...isRecord(routes) ? Object.values(routes) : [],
    ...Array.isArray(tools) ? tools.map((tool) => isRecord(tool) ? tool.route : undefined) : [],
  ];
  return [...new Set(lists.flatMap(stepsOf))];
}

function stepsOf(route: unknown): string[] {
  if (!Array.isArray(route)) return [];
  return route.flatMap((step) => {
    const name = isRecord(step) ? step.join : step;
    return typeof name === "string" ? [name] : [];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

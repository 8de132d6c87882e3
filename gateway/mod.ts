/**
 * Takes calls, keeps jobs, shows progress. The code of a handler may not enter here, nor what
 * becomes of a message once its first queue has it.
 *
 * The gateway is a program (`main.ts`); what is exported reads its tools file, so that others can
 * check one.
 *
 * ```ts
 * import { createSchemaCompiler, parseTools, parseYaml } from "@asya/gateway";
 * import assert from "node:assert/strict";
 *
 * const yaml = parseYaml("tools.yaml", "tools: [{ name: scan, route: [] }]");
 * assert(yaml.ok);
 * const parsed = parseTools([yaml.document], createSchemaCompiler());
 * assert.deepEqual(parsed.ok ? [] : parsed.problems, [
 *   "tools.yaml:1:30: the route is empty; allowed: at least one step",
 * ]);
 * ```
 *
 * @module
 */
export * from "./tools/json_schema.ts";
export { type ParsedTools, parseTools } from "./tools/parse_tools.ts";
export * from "./tools/tool.ts";
export * from "./tools/yaml_document.ts";

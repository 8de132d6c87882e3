import { isJsonObject, type Json } from "@asya/protocol";
import type { Command } from "./arguments.ts";
import { GatewayClient, type ListedTool } from "../client/gateway_client.ts";
import { EXIT } from "../run/run_mesh.ts";
import type { Screen } from "../screen.ts";

/**
 * `asya tools`: lists the tools of a running mesh.
 *
 * @param command how
 * @param context the terminal and the gateway's URL
 * @returns the exit code
 */
export async function tools(
  command: Extract<Command, { kind: "tools" }>,
  context: { screen: Screen; url: string },
): Promise<number> {
  const listed = await new GatewayClient(context.url).listTools();
  if (command.json) context.screen.out(JSON.stringify({ tools: listed }));
  else for (const tool of listed) for (const line of describeTool(tool)) context.screen.out(line);
  return EXIT.ok;
}

/**
 * A tool as `asya tools` shows it: its name, what it does, and its arguments.
 *
 * @param tool the tool
 * @example
 * ```ts
 * import { describeTool } from "./tools.ts";
 * import assert from "node:assert/strict";
 * const name = { type: "string", description: "Whom to greet", default: "world" };
 * const inputSchema = { properties: { name } };
 * assert.deepEqual(describeTool({ name: "hi", description: "Greets", inputSchema }), [
 *   "hi: Greets",
 *   '  name  string, default "world": Whom to greet',
 *   "",
 * ]);
 * ```
 */
export function describeTool(tool: ListedTool): string[] {
  const { properties, required } = tool.inputSchema;
  const entries = Object.entries(isJsonObject(properties) ? properties : {});
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  const needed = Array.isArray(required) ? required : [];
  return [
    tool.description === "" ? tool.name : `${tool.name}: ${tool.description}`,
    ...entries.map(([name, schema]) =>
      `  ${name.padEnd(width)}  ${describeArgument(schema, needed.includes(name))}`
    ),
    "",
  ];
}

function describeArgument(schema: Json, isRequired: boolean): string {
  const { type, description, default: byDefault, enum: choices } = isJsonObject(schema)
    ? schema
    : {};
  const facts = [
    typeof type === "string" ? type : "anything",
    ...(Array.isArray(choices) ? [`one of ${choices.join(", ")}`] : []),
    ...(isRequired ? ["required"] : []),
    ...(byDefault !== undefined ? [`default ${JSON.stringify(byDefault)}`] : []),
  ].join(", ");
  return typeof description === "string" ? `${facts}: ${description}` : facts;
}

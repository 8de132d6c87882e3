import { printable } from "@asya/program";
import { isJsonObject, type Json } from "@asya/protocol";
import { type Command, defineCommand } from "./command.ts";
import { findTool } from "./find_tool.ts";
import { jsonOption, urlOption } from "./gateway_options.ts";
import { openGateway } from "./open_gateway.ts";
import { optional } from "./option.ts";
import type { ListedTool } from "../client/gateway_client.ts";
import { EXIT } from "../run/run_mesh.ts";
import { formatJson } from "../show/format_json.ts";

/** `asya tools`: lists the tools of a running mesh. */
export const tools: Command = defineCommand({
  name: "tools",
  summary: "list the tools of a running mesh",
  about: "Lists the tools of a running mesh with their arguments, or explains one of them.",
  positionals: {
    name: optional({
      value: "NAME",
      doc: "only this tool, with the whole schema of its arguments",
      completes: "tools",
    }),
  },
  options: {
    url: urlOption,
    json: jsonOption("print what the gateway says of them, as one line of JSON"),
  },
  examples: [
    { line: "asya tools", doc: "every tool, and what may be given to it" },
    { line: "asya tools say_hello --json", doc: "one tool, for a program" },
  ],
  async run({ name, url, json }, context) {
    const { screen } = context;
    const client = await openGateway(url, context);
    const listed = await client.listTools();
    if (name === undefined) {
      if (json) screen.out(JSON.stringify({ tools: listed }));
      else for (const tool of listed) for (const line of describeTool(tool)) screen.out(line);
      return EXIT.ok;
    }
    const tool = findTool(name, listed, client.url);
    if ("problem" in tool) {
      screen.err(tool.problem);
      return EXIT.failed;
    }
    if (json) screen.out(JSON.stringify(tool));
    else {
      for (const line of describeTool(tool)) screen.out(line);
      screen.out(formatJson(tool.inputSchema, screen.colourOut));
    }
    return EXIT.ok;
  },
});

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
    printable(tool.description === "" ? tool.name : `${tool.name}: ${tool.description}`),
    ...entries.map(([name, schema]) =>
      printable(`  ${name.padEnd(width)}  ${describeArgument(schema, needed.includes(name))}`)
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

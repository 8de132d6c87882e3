import type { SchemaCompiler } from "./json_schema.ts";
import type { ObjectSchema, Tool } from "./tool.ts";

/**
 * The tool of a gateway without a tools file: it answers with its arguments, at once and by itself,
 * so that callers, streams and stores can be tried before there is any actor.
 *
 * @param compiler compiles its schema
 */
export function createEchoTool(compiler: SchemaCompiler): Tool {
  const inputSchema: ObjectSchema = {
    type: "object",
    properties: { message: { type: "string", description: "what to answer" } },
    required: ["message"],
    additionalProperties: true,
  };
  const compiled = compiler.compileInput(inputSchema);
  if (!compiled.ok) throw new TypeError(compiled.problems[0]?.text);
  return {
    name: "echo",
    description: "Answers with its arguments. It needs no actor.",
    inputSchema,
    steps: [],
    joins: [],
    join: {},
    retry: {},
    progress: true,
    timeoutSeconds: 300,
    metadata: {},
    wait: "auto",
    checkArguments: compiled.check,
    locateProblems: compiled.locate,
  };
}

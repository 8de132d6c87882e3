import type { Json } from "@asya/protocol";
import type { CallToolResult } from "@modelcontextprotocol/server";
import type { ToolCard } from "../tools/call_result.ts";
import type { ToolAnswer, ToolCall } from "../tools/tool_call.ts";

/** The tools that are served, whatever they are made of. */
export interface McpTools {
  /** The tools, in the order in which clients see them. */
  list(): readonly ToolCard[];
  /** The tool of a name, as it is listed. */
  find(name: string): ToolCard | undefined;
  /** Whether a call would be answered at its end only, and not at once. */
  waits(call: Pick<ToolCall, "name" | "arguments" | "watcher">): boolean;
  /** Calls a tool. */
  call(call: ToolCall): Promise<McpAnswer>;
}

/** The answer to a call: contents of any kind that MCP knows, or why there is none. */
export type McpAnswer =
  | { readonly kind: "answered"; readonly result: McpResult }
  | ToolAnswer & { readonly kind: "refused" };

/** A result; its structured content is checked, and made fit for the client's revision. */
export interface McpResult {
  readonly content: CallToolResult["content"];
  readonly structuredContent?: Json;
  readonly isError?: boolean;
}

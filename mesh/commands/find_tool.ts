import { nearestName } from "@asya/program";
import type { ListedTool } from "../client/gateway_client.ts";

/**
 * The tool of a name, or why there is none.
 *
 * @param name what was asked for
 * @param tools what the gateway has
 * @param url the gateway's, to be named
 */
export function findTool(
  name: string,
  tools: readonly ListedTool[],
  url: string,
): ListedTool | { readonly problem: string } {
  const tool = tools.find((tool) => tool.name === name);
  if (tool) return tool;
  const names = tools.map(({ name }) => name);
  const nearest = nearestName(name, names);
  const hint = nearest === undefined ? `allowed: ${names.join(", ")}` : `did you mean ${nearest}?`;
  return { problem: `there is no tool ${JSON.stringify(name)} at ${url}; ${hint}` };
}

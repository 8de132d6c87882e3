import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import { type JSONRPCRequest, PROTOCOL_VERSION_META_KEY } from "@modelcontextprotocol/server";
import type { McpTools } from "./mcp_tools.ts";

/** Whether a body subscribes to notices, as the newer revision has it. */
export function isSubscription(body: Json | undefined): body is JsonObject & JSONRPCRequest {
  return isJsonObject(body) && body.method === "subscriptions/listen" && speaksForItself(body);
}

/**
 * Whether a body asks for something that may take long, or that tells of itself on the way.
 *
 * @param body what was sent
 * @param tools tell which calls wait
 */
export function mayTakeLong(body: Json | undefined, tools: McpTools): boolean {
  if (!isJsonObject(body)) return false;
  if (body.method === "tasks/result") return true;
  const { params } = body;
  if (body.method !== "tools/call" || !isJsonObject(params)) return false;
  if (isJsonObject(params._meta) && params._meta.progressToken !== undefined) return true;
  const args = isJsonObject(params.arguments) ? params.arguments : {};
  return typeof params.name === "string" && tools.waits({ name: params.name, arguments: args });
}

/** A call of the newer revision, as far as it can be read. */
export interface ModernCall {
  readonly id: JSONRPCRequest["id"] | null;
  readonly name: string;
  readonly arguments: JsonObject;
}

/** Reads a call of the newer revision; `undefined` when the body is none. */
export function readModernCall(body: Json | undefined): ModernCall | undefined {
  if (!isJsonObject(body) || body.method !== "tools/call" || !speaksForItself(body)) {
    return undefined;
  }
  const { id, params } = body;
  if (!isJsonObject(params) || typeof params.name !== "string") return undefined;
  return {
    id: typeof id === "string" || typeof id === "number" ? id : null,
    name: params.name,
    arguments: isJsonObject(params.arguments) ? params.arguments : {},
  };
}

/** Whether a message names its revision, as every request of the newer one does. */
function speaksForItself({ params }: JsonObject): boolean {
  return isJsonObject(params) && isJsonObject(params._meta) &&
    params._meta[PROTOCOL_VERSION_META_KEY] !== undefined;
}

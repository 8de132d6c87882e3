import { isJsonObject, type Json } from "@asya/protocol";
import type { Scope } from "./access.ts";

/**
 * What a call of a tool needs: `asya_job` reads jobs, unless it cancels one.
 *
 * @param name the tool
 * @param args its arguments
 */
export function scopeOfTool(name: Json | undefined, args: Json | undefined): Scope {
  if (name !== "asya_job") return "tools:call";
  return isJsonObject(args) && args.action === "cancel" ? "tools:call" : "jobs:read";
}

/**
 * What a request of the Model Context Protocol needs besides being let in; of several that come
 * together, the first that needs more than to call tools.
 *
 * @param body the request, or a list of requests
 */
export function scopeOfRpc(body: Json): Scope {
  const scopes = (Array.isArray(body) ? body : [body]).map(scopeOfOne);
  return scopes.find((scope) => scope !== "tools:call") ?? "tools:call";
}

function scopeOfOne(request: Json): Scope {
  if (!isJsonObject(request) || typeof request.method !== "string") return "tools:call";
  const { method, params } = request;
  if (method === "tools/call" && isJsonObject(params)) {
    return scopeOfTool(params.name, params.arguments);
  }
  // A subscription may be to news of tasks.
  const wanted = isJsonObject(params) ? params.notifications : undefined;
  if (isJsonObject(wanted) && wanted.taskIds !== undefined) return "jobs:read";
  return method.startsWith("tasks/") && method !== "tasks/cancel" ? "jobs:read" : "tools:call";
}

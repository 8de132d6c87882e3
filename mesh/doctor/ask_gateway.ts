import { isJsonObject, parseJson } from "@asya/protocol";
import type { GatewayFacts } from "./judge_gateway.ts";

/**
 * Asks a gateway how it is.
 *
 * @param url where it is
 * @param token for one that asks for one
 * @param signal ends the patience
 */
export async function askGateway(
  url: string,
  token: string | undefined,
  signal: AbortSignal,
): Promise<
  & Pick<GatewayFacts, "ready" | "version" | "tools" | "reason">
  & { readonly clockSkewMs?: number }
> {
  const base = url.replace(/\/$/, "");
  const headers = new Headers(token === undefined ? {} : { authorization: `Bearer ${token}` });
  const get = async (path: string) => {
    const response = await fetch(`${base}${path}`, { headers, signal });
    return { response, text: (await response.text()).trim() };
  };
  try {
    const { response, text } = await get("/readyz");
    const date = Date.parse(response.headers.get("date") ?? "");
    const [document, tools] = await Promise.all([get("/openapi.json"), get("/tools")]);
    return {
      ready: { status: response.status, text },
      ...versionOf(document.text),
      ...(tools.response.ok && toolsOf(tools.text)),
      ...(!Number.isNaN(date) && { clockSkewMs: date - Date.now() }),
    };
  } catch (error) {
    if (signal.aborted) return { reason: "it did not answer in time" };
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

function versionOf(text: string): { version?: string } {
  const json = parseJson(text);
  const info = json.ok && isJsonObject(json.value) ? json.value.info : undefined;
  const version = isJsonObject(info) ? info.version : undefined;
  return typeof version === "string" ? { version } : {};
}

function toolsOf(text: string): { tools?: string[] } {
  const json = parseJson(text);
  const list = json.ok && isJsonObject(json.value) ? json.value.tools : undefined;
  if (!Array.isArray(list)) return {};
  const names = list.filter(isJsonObject).flatMap(({ name }) =>
    typeof name === "string" ? [name] : []
  );
  return { tools: names };
}

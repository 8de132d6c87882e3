import { isJsonObject, type Json, parseJson } from "@asya/protocol";
import type { Asked } from "./answers.ts";
import { tokenOf } from "./letter.ts";

/**
 * Reads what a host needs to know of a call.
 *
 * @param call its number
 * @param body the queue's body
 */
export function readAsked(call: number, body: Uint8Array): Asked {
  const json = parseJson(body);
  const route = json.ok && isJsonObject(json.value) ? json.value.route ?? null : null;
  const { steps, actors, current } = isJsonObject(route) ? route : {};
  return {
    call,
    token: tokenOf(body) ?? "nobody's",
    steps: textsOf(steps ?? actors),
    current: typeof current === "number" ? current : 0,
  };
}

function textsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

import type { Json, JsonObject } from "@asya/protocol";
import { createHash } from "node:crypto";
import type { JobKey } from "../jobs/stored_job.ts";
import { canonicalJson } from "./canonical_json.ts";

/** A call that may be repeated. */
export interface KeyedCall {
  readonly name: string;
  readonly arguments: JsonObject;
  readonly owner?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * By what the job of a call is known when the call is repeated: each caller has keys of their own,
 * and the order of an object's members says nothing. Hashes, so that stores keep what a caller chose
 * neither readable nor long.
 *
 * @param call a call; its arguments as they came, since defaults may be others by the next time
 * @returns `undefined` for a call without a key
 */
export function createCallKey(call: KeyedCall): JobKey | undefined {
  const { name, key, owner = null } = call;
  if (key === undefined) return undefined;
  return { id: hash([owner, key]), digest: hash([name, call.arguments]) };
}

function hash(value: Json): string {
  return createHash("sha256").update(canonicalJson(value)).digest("base64url");
}

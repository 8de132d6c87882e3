import type { JoinOptions } from "@asya/protocol";
import { absoluteUrl } from "./file_url.ts";

/** Where joins keep the branches that wait. */
export interface JoinStore {
  /** The mesh's store, as its file has it. */
  readonly url: string;
  /** The folder of the mesh's file. */
  readonly folder: string;
  /** The folder for the files of joins, where the store is no server. */
  readonly joins: string;
}

/**
 * The settings of a join. On a server it shares the gateway's database; else it has a file of its
 * own, since a gateway's is for the gateway alone.
 *
 * @param actor the join's name, and how it waits
 * @param store where it keeps the branches
 * @example
 * ```ts
 * import { joinEnv } from "./plan_join.ts";
 * import assert from "node:assert/strict";
 * const store = { url: "sqlite:jobs.db", folder: "/mesh", joins: "/mesh/.asya/joins" };
 * const env = joinEnv({ name: "gather", join: { quorum: 2, timeoutMs: 500 } }, store);
 * assert.equal(env.ASYA_DATABASE_URL, "sqlite:/mesh/.asya/joins/gather.db");
 * assert.equal(env.ASYA_JOIN_QUORUM, "2");
 * assert.equal(env.ASYA_JOIN_TIMEOUT, "500ms");
 * ```
 */
export function joinEnv(
  { name, join = {} }: { readonly name: string; readonly join?: JoinOptions },
  { url, folder, joins }: JoinStore,
): Record<string, string> {
  const { quorum, wait, timeoutMs, late } = join;
  const isServer = /^postgres(ql)?:/i.test(url);
  return {
    ASYA_INCLUDE_METADATA: "true",
    ASYA_DATABASE_URL: isServer ? absoluteUrl(url, folder) : `sqlite:${joins}/${name}.db`,
    ...(quorum !== undefined && { ASYA_JOIN_QUORUM: String(quorum) }),
    ...(wait !== undefined && { ASYA_JOIN_WAIT: wait }),
    ...(timeoutMs !== undefined && { ASYA_JOIN_TIMEOUT: `${timeoutMs}ms` }),
    ...(late !== undefined && { ASYA_JOIN_LATE: late }),
  };
}

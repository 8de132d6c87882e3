import type { Environment } from "@asya/program";

/** Settings of the caller's environment that are the gateway's alone, and that a mesh leaves open. */
const OF_GATEWAY: readonly string[] = [
  ...["ASYA_AUTH", "ASYA_API_TOKENS", "ASYA_RATE_LIMIT", "ASYA_MAX_STREAMS_PER_CALLER"],
  ...["ASYA_JWT_ISSUER", "ASYA_JWT_AUDIENCE", "ASYA_JWT_JWKS_URL", "ASYA_JWT_CLOCK_TOLERANCE"],
  ...["ASYA_ALLOWED_HOSTS", "ASYA_PUBLIC_URL", "ASYA_TRUSTED_PROXIES", "ASYA_TRACE_URL"],
  ...["ASYA_JOB_TTL", "ASYA_JOB_TOOL", "ASYA_MAX_BODY_BYTES", "ASYA_INTERNAL_TOKEN_BEFORE"],
];

/** The token by which a gateway knows the actors of its mesh. */
const INTERNAL_TOKEN = "ASYA_INTERNAL_TOKEN";

/** Who may call the gateway of a mesh, and by what it knows its actors. */
export interface AccessPlan {
  /** Variables of the gateway. */
  readonly gateway: Readonly<Record<string, string>>;
  /** Variables of whoever reports to it. */
  readonly reporters: Readonly<Record<string, string>>;
}

/**
 * Whether the gateway of a mesh wants to know who calls, and so has to know who reports.
 *
 * @param caller the environment of whoever called `asya`
 */
export function wantsCallers(caller: Environment): boolean {
  return !["", "none"].includes(caller.ASYA_AUTH?.trim() ?? "");
}

/**
 * Puts together who may call the gateway of a mesh, as the caller's environment says.
 *
 * @param caller the environment of whoever called `asya`
 * @param ownToken what the actors of this mesh show where the environment names no token for them
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { planAccess } from "./plan_access.ts";
 *
 * const caller = { ASYA_AUTH: "token", ASYA_API_TOKENS: "ada=secret", HOME: "/home/ada" };
 * assert.deepEqual(planAccess(caller, "own"), {
 *   gateway: { ASYA_AUTH: "token", ASYA_API_TOKENS: "ada=secret", ASYA_INTERNAL_TOKEN: "own" },
 *   reporters: { ASYA_INTERNAL_TOKEN: "own" },
 * });
 * assert.deepEqual(planAccess({ HOME: "/home/ada" }, undefined), { gateway: {}, reporters: {} });
 * ```
 */
export function planAccess(caller: Environment, ownToken: string | undefined): AccessPlan {
  const gateway: Record<string, string> = {};
  for (const name of OF_GATEWAY) {
    const value = caller[name];
    if (value !== undefined && value.trim() !== "") gateway[name] = value;
  }
  const given = caller[INTERNAL_TOKEN]?.trim() || undefined;
  const token = given ?? ownToken;
  const reporters: Record<string, string> = token === undefined ? {} : { [INTERNAL_TOKEN]: token };
  // Nobody has to show a token of this mesh's own where everybody may call.
  const isAsked = given !== undefined || wantsCallers(caller);
  return { gateway: isAsked ? { ...gateway, ...reporters } : gateway, reporters };
}

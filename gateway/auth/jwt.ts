import type { Clock } from "@asya/transport";
import { type JWTPayload, jwtVerify, type JWTVerifyGetKey, type JWTVerifyOptions } from "jose";
import { type Admission, type Admit, bearerOf, type Caller, digestOf, SCOPES } from "./access.ts";
import type { Keys, KeySet } from "./key_set.ts";

/** What JSON Web Tokens are checked against. */
export interface JwtRules {
  /** Who must have issued them. */
  readonly issuer: string;
  /** Whom they must be meant for: one of these. */
  readonly audiences: readonly string[];
  /** How far apart the clocks of issuer and gateway may be. */
  readonly clockToleranceMs: number;
}

/** What the check of tokens stands on. */
export interface JwtOptions extends JwtRules {
  readonly keys: Pick<KeySet, "current" | "load" | "renew">;
  readonly clock: Pick<Clock, "now">;
  /** How many tokens are remembered once they are verified. */
  readonly maxRemembered?: number;
}

/**
 * Signatures that only the issuer can make. With a shared secret, whoever can check a token can
 * make one; and a public key must never be taken for such a secret.
 */
export const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

/** How many keys are tried for a token that does not name its own. */
const MAX_KEYS_TRIED = 10;

/** What a subject may be: it becomes the owner of jobs, in every store. */
const SUBJECT = /^\P{Cc}{1,255}$/u;

interface Remembered {
  readonly caller: Caller;
  readonly expiresAtMs: number;
  /** The keys it was verified with. */
  readonly keys: Keys;
}

/**
 * Lets in who shows a JSON Web Token that is signed by its issuer, meant for this gateway, and
 * valid at this time. Its subject is who calls; its scopes are those of `scope` and `scp`.
 *
 * A token that was verified is remembered by its digest until it expires or the keys change, and
 * is then let in without waiting.
 *
 * @param options what tokens are checked against
 */
export function admitJwts(options: JwtOptions): Admit {
  const { keys, clock, clockToleranceMs, maxRemembered = 10_000 } = options;
  const remembered = new Map<string, Remembered>();
  const remember = (digest: string, entry: Remembered) => {
    // A token that was checked twice at a time takes nobody's place.
    remembered.delete(digest);
    if (remembered.size >= maxRemembered) {
      const [oldest] = remembered.keys();
      if (oldest !== undefined) remembered.delete(oldest);
    }
    remembered.set(digest, entry);
  };
  const recall = (digest: string): Caller | undefined => {
    const entry = remembered.get(digest);
    if (entry === undefined) return undefined;
    if (entry.keys === keys.current() && clock.now() < entry.expiresAtMs) return entry.caller;
    remembered.delete(digest);
    return undefined;
  };
  const check = async (token: string, digest: string): Promise<Admission> => {
    const verified = await verify(token, options);
    if (!verified.ok) return verified;
    const { payload, keys: used } = verified;
    const caller = { name: payload.sub, scopes: new Set(scopesOf(payload)) };
    const expiresAtMs = payload.exp * 1_000 + clockToleranceMs;
    remember(digest, { caller, expiresAtMs, keys: used });
    return { ok: true, caller };
  };
  return (authorization) => {
    const token = bearerOf(authorization);
    if (token === undefined) return { ok: false, reason: "no_token" };
    const digest = digestOf(token);
    const caller = recall(digest);
    return caller ? { ok: true, caller } : check(token, digest);
  };
}

type Claims = JWTPayload & { readonly sub: string; readonly exp: number };
type Verified = { readonly ok: true; readonly payload: Claims; readonly keys: Keys } | Refused;
type Refused = Extract<Admission, { ok: false }>;

const KEYS_AWAY: Refused = { ok: false, reason: "keys_away" };

async function verify(token: string, options: JwtOptions): Promise<Verified> {
  const known = await options.keys.load();
  if (known === undefined) return KEYS_AWAY;
  const verified = await verifyWith(known, token, options);
  if (verified !== "unknown_key") return verified;
  const renewed = await options.keys.renew(known);
  if (renewed === undefined) return KEYS_AWAY;
  const again = renewed === "same" ? renewed : await verifyWith(renewed, token, options);
  return typeof again === "string" ? refuse("it is signed with a key that is not known") : again;
}

async function verifyWith(
  keys: Keys,
  token: string,
  { issuer, audiences, clockToleranceMs, clock }: JwtOptions,
): Promise<Verified | "unknown_key"> {
  const rules: JWTVerifyOptions = {
    algorithms: ALGORITHMS,
    issuer,
    audience: [...audiences],
    clockTolerance: clockToleranceMs / 1_000,
    currentDate: new Date(clock.now()),
  };
  try {
    const { payload } = await verifyWithAny(token, keys.find, rules);
    const { sub, exp } = payload;
    if (typeof sub !== "string" || !SUBJECT.test(sub)) return refuse("its sub is not allowed");
    if (exp === undefined) return refuse("its exp is not allowed");
    return { ok: true, keys, payload: { ...payload, sub, exp } };
  } catch (error) {
    const code = codeOf(error);
    if (code === "ERR_JWKS_NO_MATCHING_KEY") return "unknown_key";
    if (code === "ERR_JWT_EXPIRED") return { ok: false, reason: "expired_token" };
    return refuse(whyOf(code, error));
  }
}

/** Verifies a token; one that does not name its key may be signed with any that fits. */
async function verifyWithAny(
  token: string,
  find: JWTVerifyGetKey,
  rules: JWTVerifyOptions,
): Promise<{ readonly payload: JWTPayload }> {
  try {
    return await jwtVerify(token, find, rules);
  } catch (error) {
    if (codeOf(error) !== "ERR_JWKS_MULTIPLE_MATCHING_KEYS") throw error;
    let last: unknown = error;
    let tried = 0;
    for await (const key of error as AsyncIterable<CryptoKey>) {
      if (tried++ === MAX_KEYS_TRIED) break;
      try {
        return await jwtVerify(token, key, rules);
      } catch (reason) {
        last = reason;
        if (codeOf(reason) !== "ERR_JWS_SIGNATURE_VERIFICATION_FAILED") break;
      }
    }
    throw last;
  }
}

function refuse(detail: string): Refused {
  return { ok: false, reason: "wrong_token", detail };
}

/** What is wrong with a token, in words that hold nothing of it. */
function whyOf(code: string, error: unknown): string {
  switch (code) {
    case "ERR_JWT_CLAIM_VALIDATION_FAILED": {
      const { claim } = error as { readonly claim?: unknown };
      const known = ["iss", "aud", "nbf", "sub", "exp", "iat"].find((name) => name === claim);
      return known === undefined ? "a claim is not allowed" : `its ${known} is not allowed`;
    }
    case "ERR_JWS_SIGNATURE_VERIFICATION_FAILED":
      return "its signature is wrong";
    case "ERR_JOSE_ALG_NOT_ALLOWED":
      return "its algorithm is not allowed";
    default:
      return "it is no JSON Web Token that can be verified";
  }
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return String(error.code);
}

/** The known scopes of a token: `scope` is a text, `scp` a text or a list. */
function scopesOf({ scope, scp }: JWTPayload): (typeof SCOPES)[number][] {
  const given = [scope, ...Array.isArray(scp) ? scp : [scp]].flatMap((words) =>
    typeof words === "string" ? words.split(" ") : []
  );
  return SCOPES.filter((known) => given.includes(known));
}

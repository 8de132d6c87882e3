import type { Job } from "@asya/protocol";
import { hash, randomBytes } from "node:crypto";
import type { Denial } from "./denial.ts";

/** What a caller may do. */
export const SCOPES = ["jobs:read", "tools:call", "jobs:admin"] as const;

/** One of {@linkcode SCOPES}. */
export type Scope = (typeof SCOPES)[number];

/** Who calls. */
export interface Caller {
  /** The name that jobs belong to; absent where callers have no names. */
  readonly name?: string;
  readonly scopes: ReadonlySet<Scope>;
  /**
   * The network that they come from; nothing for the gateway's own machine, where one address is
   * that of all who come by a proxy.
   */
  readonly network?: () => string | undefined;
  /** Is told when they ask for a job of somebody else. */
  readonly onForeignJob?: () => void;
}

/** A token, who it belongs to, and what it allows. */
export interface ApiToken {
  readonly name: string;
  readonly token: string;
  readonly scopes: readonly Scope[];
}

/** What came of looking at a request's credentials. */
export type Admission =
  | { readonly ok: true; readonly caller: Caller }
  | { readonly ok: false; readonly reason: TokenDenial; readonly detail?: string };

/** What may be wrong with a request's credentials. */
export type TokenDenial = Extract<
  Denial,
  "no_token" | "wrong_token" | "expired_token" | "keys_away"
>;

/** Looks at the `Authorization` header of a request, without waiting. */
export type AdmitAtOnce = (authorization: string | null) => Admission;

/** Looks at the `Authorization` header of a request; waits only if it has to. */
export type Admit = (authorization: string | null) => Admission | Promise<Admission>;

const NOBODY: Caller = { scopes: new Set(SCOPES) };

/** Lets everybody do everything. */
export const admitAll: AdmitAtOnce = () => ({ ok: true, caller: NOBODY });

/**
 * Lets in who shows one of some tokens. A token is looked up by a digest that is salted with what
 * nobody knows: whatever an answer's time tells about digests tells nothing about a token, and does
 * not depend on how many there are.
 *
 * @param tokens the tokens; names need not differ
 */
export function admitTokens(tokens: readonly ApiToken[]): AdmitAtOnce {
  const salt = randomBytes(32).toString("base64");
  const known = new Map(
    tokens.map(({ name, token, scopes }): [string, Caller] => [
      digestOf(salt + token),
      { name, scopes: new Set(scopes) },
    ]),
  );
  return (authorization) => {
    const shown = bearerOf(authorization);
    if (shown === undefined) return { ok: false, reason: "no_token" };
    const caller = known.get(digestOf(salt + shown));
    return caller ? { ok: true, caller } : { ok: false, reason: "wrong_token" };
  };
}

/**
 * Whether a caller may know of a job: it is the caller's own, or the caller may see all. That
 * somebody asks for another one does not stay unnoticed.
 *
 * @param caller who asks
 * @param job what they ask for
 */
export function maySee(caller: Caller, job: Job): boolean {
  const { name, scopes, onForeignJob } = caller;
  if (name === undefined || scopes.has("jobs:admin") || job.owner === name) return true;
  onForeignJob?.();
  return false;
}

/**
 * Parses `name=token` or `name/scope+scope=token`; without scopes, `jobs:read` and `tools:call`.
 *
 * @param text one entry of the list of tokens
 */
export function parseApiToken(text: string): ApiToken | undefined {
  const [, name, scopes, token] = /^([^/=\s]+)(?:\/([^=\s]*))?=(\S+)$/.exec(text) ?? [];
  if (name === undefined || token === undefined) return undefined;
  const given = scopes === undefined ? ["jobs:read", "tools:call"] : scopes.split("+");
  const known = given.filter((scope): scope is Scope => SCOPES.some((other) => other === scope));
  return known.length === given.length ? { name, token, scopes: known } : undefined;
}

/** The bearer token of an `Authorization` header. */
export function bearerOf(authorization: string | null): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
}

/** What stands for a token where the token itself must not be. */
export function digestOf(token: string): string {
  return hash("sha256", token, "base64");
}

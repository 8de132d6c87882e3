import type { Clock } from "@asya/transport";
import type { Context } from "@hono/hono";
import { matchedRoutes } from "@hono/hono/route";
import type { Admission, Admit, AdmitAtOnce, Caller } from "../auth/access.ts";
import { type Challenge, challengeHeader } from "../auth/challenge.ts";
import {
  checkHost,
  hostName,
  type HostRules,
  isLoopbackHost,
  originName,
} from "../auth/check_host.ts";
import { clientAddress, networkOf } from "../auth/client_address.ts";
import type { Refusal } from "../auth/denial.ts";
import type { Rate, RateLimit, RateVerdict } from "../auth/rate_limit.ts";
import type { AppEnv, Desk, Guard, Guards, TurnedAway } from "./app_env.ts";
import { traceparentOf } from "./trace_headers.ts";

/** What guards stand on. */
export interface GuardOptions {
  readonly admit: Admit;
  /** Lets in those who report for actors. */
  readonly admitReports: AdmitAtOnce;
  readonly hostRules: HostRules;
  /** How often each caller may ask, where that is limited. */
  readonly limit?: { readonly rate: Rate; readonly of: RateLimit } | undefined;
  /** How many proxies in front of the gateway tell from where a request comes. */
  readonly trustedProxies: number;
  /** Where clients learn how to get a token, for a path; absent where they need not. */
  readonly metadataUrl?: ((request: Request) => string) | undefined;
  readonly clock: Pick<Clock, "elapsed">;
  /** Is told of everybody who is turned away. */
  readonly refused: (refusal: Refusal) => void;
}

/** Guards, and those that are not for single routes to name. */
export interface DoorGuards extends Guards {
  /** Lets in what is meant for this gateway. */
  readonly forHosts: Guard;
  /** The same, where only this machine can reach the gateway; elsewhere it lets everything in. */
  readonly forHostsOfMachine: Guard;
}

/** How programs show who they are, and are told that they may not come in. */
const API_DESK: Desk = {
  credentialOf: (c) => c.req.header("authorization") ?? null,
  turnAway: (c, { error, status }) => c.json({ error }, status),
};

/** What callers who have no token should ask for: what it takes to call tools and to follow jobs. */
const USUAL_SCOPES = "jobs:read tools:call";

/** No name is longer. */
const MAX_NAME_LENGTH = 253;

/** After how many seconds it is worth to ask again when the keys of tokens cannot be read. */
const KEYS_RETRY_SECONDS = "5";

/**
 * Creates the guards of routes: who may come in, how often, and what they may do.
 *
 * @param options what they stand on
 */
export function createGuards(options: GuardOptions): DoorGuards {
  const { admit, admitReports, hostRules, limit, clock, refused } = options;
  const addressOf = (c: Context<AppEnv>) =>
    clientAddress(
      c.env.remoteAddr?.hostname,
      c.req.header("x-forwarded-for"),
      options.trustedProxies,
    );
  const tell: Guards["tell"] = (c, refusal) => {
    const traceparent = traceparentOf(c);
    refused({
      ...refusal,
      route: routeOf(c),
      from: addressOf(c),
      ...(traceparent !== undefined && { traceparent }),
    });
  };
  const challenge = (c: Context<AppEnv>, what: Challenge) => {
    const metadataUrl = options.metadataUrl?.(c.req.raw);
    c.header("www-authenticate", challengeHeader({ ...what, metadataUrl }));
  };

  const limitRate = (c: Context<AppEnv>, caller: Caller | undefined): RateVerdict | undefined => {
    if (limit === undefined) return undefined;
    const key = caller?.name === undefined
      ? `from ${networkOf(addressOf(c) ?? "")}`
      : `name ${caller.name}`;
    return limit.of.take(key, clock.elapsed());
  };
  const refuseRate = (c: Context<AppEnv>, desk: Desk, verdict: RateVerdict, caller?: Caller) => {
    tell(c, { reason: "rate", caller: caller?.name });
    c.header("retry-after", String(Math.ceil(verdict.retryAfterMs / 1_000)));
    const error = "too many requests; try again later";
    return withRate(desk.turnAway(c, { status: 429, reason: "rate", error }), verdict);
  };
  const withRate = (response: Response, verdict: RateVerdict | undefined): Response => {
    if (limit === undefined || verdict === undefined) return response;
    const { requests, windowSeconds } = limit.rate;
    const { remaining, wholeAfterMs } = verdict;
    const seconds = Math.ceil(wholeAfterMs / 1_000);
    response.headers.set("ratelimit-policy", `"caller";q=${requests};w=${windowSeconds}`);
    response.headers.set("ratelimit", `"caller";r=${remaining};t=${seconds}`);
    return response;
  };

  const refuseToken = (c: Context<AppEnv>, desk: Desk, admission: Admission & { ok: false }) => {
    const { reason, detail } = admission;
    const turnAway = (status: TurnedAway["status"], error: string) =>
      desk.turnAway(c, { status, reason, error });
    tell(c, { reason, detail });
    switch (reason) {
      case "keys_away":
        c.header("retry-after", KEYS_RETRY_SECONDS);
        return turnAway(503, "tokens cannot be checked at this moment; try again");
      case "no_token":
        challenge(c, { scope: USUAL_SCOPES });
        return turnAway(401, "a bearer token is needed");
      case "expired_token":
      case "wrong_token": {
        const description = reason === "expired_token"
          ? "this token has expired"
          : `this token is not accepted${detail === undefined ? "" : `: ${detail}`}`;
        challenge(c, { error: "invalid_token", description, scope: USUAL_SCOPES });
        return turnAway(401, description);
      }
    }
  };
  const refuseScope: Guards["refuseScope"] = (c, scope, desk = API_DESK) => {
    const { caller } = c.var;
    if (caller.scopes.has(scope)) return undefined;
    tell(c, { reason: "scope", caller: caller.name, detail: scope });
    const description = `this needs the scope ${scope}`;
    challenge(c, { error: "insufficient_scope", description, scope });
    return desk.turnAway(c, { status: 403, reason: "scope", error: description });
  };

  const forHosts: Guard = async (c, next) => {
    const host = c.req.header("host") ?? new URL(c.req.url).host;
    const origin = c.req.header("origin") ?? null;
    const wrong = checkHost({ host, origin }, hostRules);
    if (wrong === undefined) return await next();
    const name = wrong === "host" ? hostName(host) : originName(origin ?? "");
    tell(c, { reason: wrong, detail: name?.slice(0, MAX_NAME_LENGTH) });
    return c.json({ error: `this ${wrong} is not allowed; ASYA_ALLOWED_HOSTS adds names` }, 403);
  };

  return {
    refuseScope,
    tell,
    forHosts,
    forHostsOfMachine: (c, next) => hostRules.isLoopback ? forHosts(c, next) : next(),
    needs: (scope, desk = API_DESK) => async (c, next) => {
      const looked = admit(desk.credentialOf(c));
      const admission = looked instanceof Promise ? await looked : looked;
      const known = admission.ok ? admission.caller : undefined;
      const verdict = limitRate(c, known);
      if (verdict?.ok === false) return refuseRate(c, desk, verdict, known);
      if (!admission.ok) return withRate(refuseToken(c, desk, admission), verdict);
      const { caller } = admission;
      const onForeignJob = () => tell(c, { reason: "owner", caller: caller.name });
      const network = () => networkBeyond(addressOf(c));
      c.set("caller", {
        ...caller,
        ...(caller.name === undefined ? { network } : { onForeignJob }),
      });
      const refusal = scope === "any" ? undefined : refuseScope(c, scope, desk);
      if (refusal) return withRate(refusal, verdict);
      await next();
      if (verdict) withRate(c.res, verdict);
    },
    forReports: async (c, next) => {
      const admission = admitReports(c.req.header("authorization") ?? null);
      if (admission.ok) return await next();
      tell(c, { reason: "internal_token", detail: admission.reason });
      c.header("www-authenticate", challengeHeader({}));
      return c.json({ error: "reports need the internal token" }, 401);
    },
  };
}

/** The network of an address, unless it is that of the gateway's own machine. */
function networkBeyond(address: string | undefined): string | undefined {
  return address === undefined || isLoopbackHost(address) ? undefined : networkOf(address);
}

/** The pattern of the path that a request asks for, whichever guard turns it away. */
export function routeOf(c: Context<AppEnv>): string {
  return matchedRoutes(c).at(-1)?.path ?? "";
}

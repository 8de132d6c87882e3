import type { Clock } from "@asya/transport";
import { type Admit, admitAll, type AdmitAtOnce, admitTokens } from "./auth/access.ts";
import { metadataUrlOf } from "./auth/challenge.ts";
import { createHostRules } from "./auth/check_host.ts";
import { fetchKeys } from "./auth/fetch_keys.ts";
import { admitJwts } from "./auth/jwt.ts";
import { KeySet } from "./auth/key_set.ts";
import { parseRate, RateLimit } from "./auth/rate_limit.ts";
import { apiTokensOf, type Config, internalTokensOf, jwtRulesOf } from "./config.ts";
import type { Emit } from "./event.ts";
import type { GuardOptions } from "./http/guards.ts";

/** Who may call a gateway, and by which name they know it. */
export interface Access {
  readonly guards: GuardOptions;
  /** Who gives tokens, where an authorization server does. */
  readonly issuer: string | undefined;
  /** The gateway's URL as callers know it, without a slash at its end. */
  readonly baseUrlOf: (request: Request) => string;
  /** Reads what has to be read before callers can be known. */
  start(): void;
}

/**
 * Chooses who may call, as the settings say.
 *
 * @param config the settings' values
 * @param clock the time
 * @param emit is told of what happens
 */
export function chooseAccess(config: Config, clock: Clock, emit: Emit): Access {
  const publicUrl = config.publicUrl?.replace(/\/+$/, "");
  const baseUrlOf = (request: Request) => publicUrl ?? new URL(request.url).origin;
  const { admit, issuer, start } = chooseAdmit(config, clock, emit);
  const rate = parseRate(config.rateLimit ?? "");
  return {
    guards: {
      admit,
      admitReports: admitActors(config),
      hostRules: createHostRules({ ...config, listensOn: config.host }),
      limit: rate && { rate, of: new RateLimit(rate) },
      trustedProxies: config.trustedProxies,
      metadataUrl: issuer === undefined ? undefined : (request) => {
        const path = new URL(request.url).pathname === "/mcp" ? "/mcp" : "";
        return metadataUrlOf(baseUrlOf(request) + path);
      },
      clock,
      refused: (refusal) => emit({ kind: "denied", ...refusal }),
    },
    issuer,
    baseUrlOf,
    start,
  };
}

interface Admitting {
  readonly admit: Admit;
  readonly issuer?: string;
  start(): void;
}

function chooseAdmit(config: Config, clock: Clock, emit: Emit): Admitting {
  if (config.auth === "none") return { admit: admitAll, start() {} };
  const rules = jwtRulesOf(config);
  if (rules === undefined) return { admit: admitTokens(apiTokensOf(config)), start() {} };
  const keys = new KeySet({
    fetchKeys: () => fetchKeys(rules.jwksUrl),
    clock,
    emit: (event) => emit({ kind: "keys", event }),
  });
  return {
    admit: admitJwts({ ...rules, keys, clock }),
    issuer: rules.issuer,
    // What goes wrong is told as an event, and tried again with the first token.
    start: () => void keys.refresh(),
  };
}

function admitActors(config: Config): AdmitAtOnce {
  const tokens = Object.values(internalTokensOf(config));
  if (tokens.length === 0) return admitAll;
  return admitTokens(tokens.map((token) => ({ name: "actors", token, scopes: [] })));
}

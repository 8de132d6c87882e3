/** Why a request is turned away. */
export const DENIALS = [
  "host",
  "origin",
  "no_token",
  "wrong_token",
  "expired_token",
  "keys_away",
  "scope",
  "owner",
  "rate",
  "internal_token",
] as const;

/** One of {@linkcode DENIALS}. */
export type Denial = (typeof DENIALS)[number];

/** A request that was turned away; nothing in it is, or contains, a credential. */
export interface Refusal {
  readonly reason: Denial;
  /** The pattern of the path that was asked for. */
  readonly route: string;
  /** The address that it came from, where it is known. */
  readonly from?: string | undefined;
  /** Who asked, where they are known. */
  readonly caller?: string | undefined;
  /** What precisely was wrong: words of this gateway, or the name of a host. */
  readonly detail?: string | undefined;
  /** Where the request stands in a trace, as its sender or the platform says. */
  readonly traceparent?: string | undefined;
}

import { deleteCookie, getCookie, setCookie } from "@hono/hono/cookie";
import type { Context } from "@hono/hono";
import type { AppEnv } from "../http/app_env.ts";

/** What browsers keep of a cookie, its name aside; what is longer they drop without a word. */
export const MAX_COOKIE_LENGTH = 4_000;

/**
 * The token in a browser's cookie. No script reads it, and no other site makes the browser send it.
 * It ends with the browser.
 */
export class SessionCookie {
  readonly #baseUrlOf: (request: Request) => string;

  /** @param baseUrlOf the gateway's URL as callers know it */
  constructor(baseUrlOf: (request: Request) => string) {
    this.#baseUrlOf = baseUrlOf;
  }

  /** The token that a request brings, if it brings one. */
  read(c: Context<AppEnv>): string | undefined {
    return getCookie(c, this.#nameOf(c));
  }

  /** Lets the browser keep a token. */
  write(c: Context<AppEnv>, token: string): void {
    setCookie(c, this.#nameOf(c), token, this.#optionsOf(c));
  }

  /** Lets the browser forget it. */
  clear(c: Context<AppEnv>): void {
    deleteCookie(c, this.#nameOf(c), this.#optionsOf(c));
  }

  #isSecure(c: Context<AppEnv>): boolean {
    return this.#baseUrlOf(c.req.raw).startsWith("https:");
  }

  /** With the prefix, browsers take it from this host over TLS only. */
  #nameOf(c: Context<AppEnv>): string {
    return this.#isSecure(c) ? "__Host-asya-token" : "asya-token";
  }

  #optionsOf(c: Context<AppEnv>) {
    return { httpOnly: true, sameSite: "Strict", path: "/", secure: this.#isSecure(c) } as const;
  }
}

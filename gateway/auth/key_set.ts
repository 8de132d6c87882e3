import { createLocalJWKSet, type JWTVerifyGetKey } from "jose";
import type { Clock } from "@asya/transport";

/** What somebody may want to log or count about the keys of callers' tokens. */
export type KeysEvent =
  | { readonly kind: "loaded"; readonly count: number }
  | { readonly kind: "away"; readonly reason: string };

/** What a set of keys stands on. */
export interface KeySetOptions {
  /** Reads the keys as they are published, a JSON Web Key Set; rejects when that is impossible. */
  readonly fetchKeys: () => Promise<unknown>;
  readonly clock: Pick<Clock, "elapsed">;
  readonly emit: (event: KeysEvent) => void;
}

/** Keys that were published together. */
export interface Keys {
  readonly find: JWTVerifyGetKey;
}

/** After this time keys are read again, while those that are known still serve. */
export const RENEW_MS = 8 * 60_000;

/** After this time nobody is let in before they are read again: one may have been withdrawn. */
export const FRESH_MS = 10 * 60_000;

/** For this long keys are trusted all the same if they cannot be read again. */
export const TRUSTED_MS = 60 * 60_000;

/** Keys are not read more often than this, whatever tokens ask for. */
export const COOLDOWN_MS = 30_000;

/** Keys that could not be read are not asked for again before this. */
export const RETRY_MS = 5_000;

/**
 * The keys that tokens of callers are signed with. They are read when they are first needed, once
 * they are old, and when a token names one that is not among them.
 */
export class KeySet {
  readonly #options: KeySetOptions;
  #keys: Keys | undefined;
  #published = "";
  #readAtMs = -Infinity;
  #failedAtMs = -Infinity;
  #reading: Promise<void> | undefined;

  constructor(options: KeySetOptions) {
    this.#options = options;
  }

  /**
   * The keys as they are known, without waiting; older ones are read again behind the answer.
   *
   * @returns `undefined` when there are none to be trusted; the same value as long as nothing that
   * was published has changed
   */
  current(): Keys | undefined {
    const ageMs = this.#options.clock.elapsed() - this.#readAtMs;
    if (ageMs >= RENEW_MS) void this.refresh();
    const limitMs = this.#isAway ? TRUSTED_MS : FRESH_MS;
    return ageMs < limitMs ? this.#keys : undefined;
  }

  /** The keys, read if there are none, or none that are fresh; `undefined` when that is impossible. */
  async load(): Promise<Keys | undefined> {
    const known = this.current();
    if (known) return known;
    await this.refresh();
    return this.current();
  }

  /**
   * The keys after a token has named one that is not among them.
   *
   * @param known the keys that it was looked for in
   * @returns `"same"` when they were read so recently that nobody needs to look again, `undefined`
   * when they cannot be read, so that nothing can be said about the token
   */
  async renew(known: Keys): Promise<Keys | "same" | undefined> {
    if (this.#keys !== known) return this.#keys;
    if (this.#options.clock.elapsed() - this.#readAtMs < COOLDOWN_MS) return "same";
    await this.refresh();
    if (this.#isAway) return undefined;
    return this.#keys === known ? "same" : this.#keys;
  }

  /** Reads the keys, unless that is being done, or failed a moment ago. */
  refresh(): Promise<void> {
    if (this.#options.clock.elapsed() - this.#failedAtMs < RETRY_MS) return Promise.resolve();
    this.#reading ??= this.#read().finally(() => this.#reading = undefined);
    return this.#reading;
  }

  /** Whether the last try to read the keys failed. */
  get #isAway(): boolean {
    return this.#failedAtMs > this.#readAtMs;
  }

  async #read(): Promise<void> {
    const { fetchKeys, clock, emit } = this.#options;
    try {
      const published = await fetchKeys();
      const find = createLocalJWKSet(published as Parameters<typeof createLocalJWKSet>[0]);
      const text = JSON.stringify(published);
      this.#readAtMs = clock.elapsed();
      if (text === this.#published) return;
      this.#published = text;
      this.#keys = { find };
      emit({ kind: "loaded", count: find.jwks()?.keys.length ?? 0 });
    } catch (error) {
      this.#failedAtMs = clock.elapsed();
      emit({ kind: "away", reason: describeError(error) });
    }
  }
}

/** An error's message, and that of its cause: a fetch itself only says that it failed. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

import type { Clock } from "@asya/transport";
import { recordOf } from "../actor/schema/record_of.ts";
import { type LinkedSignal, linkSignals } from "../controller/link_signals.ts";
import { pause } from "../controller/pause.ts";
import { type KubeError, toKubeError } from "../reconcile/kube_error.ts";
import type { Api } from "./api.ts";
import type { ClusterCache } from "./cluster_cache.ts";
import { Informer, type InformerEvent } from "./informer.ts";
import { ACTOR_KIND, BUILT_IN_KINDS, KEDA_KINDS, type Kind } from "./kinds.ts";
import { parseLiveObject } from "./parse_live_object.ts";
import { parseSeenActor } from "./parse_seen_actor.ts";

/** What {@linkcode Watches} tell. */
export type WatchesEvent =
  | InformerEvent
  /** KEDA's kinds came or went. */
  | { readonly kind: "keda_found" }
  | { readonly kind: "keda_gone" }
  /** Whether KEDA's kinds are there could not be seen; it stays as it was. */
  | { readonly kind: "discovery_failed"; readonly error: KubeError };

/** What {@linkcode Watches} are made of. */
export interface WatchesParts {
  readonly api: Api;
  readonly cache: ClusterCache;
  /** The one namespace that is looked at; without it, all. */
  readonly namespace?: string | undefined;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly tell: (event: WatchesEvent) => void;
  /** Told when KEDA's kinds came or went: everything is to be looked at again. */
  readonly kedaChanged: () => void;
}

/** Only what the operator made is watched; actors are all ours. */
const OURS = "app.kubernetes.io/managed-by=asya-operator";

/** How often it is looked whether KEDA is there; a cluster gets it once in its life. */
const DISCOVER_MS = 30_000;

/** Watches every kind that the operator has to do with, and KEDA's as long as they are there. */
export class Watches {
  readonly #parts: WatchesParts;
  readonly #informers: readonly Informer<unknown>[];
  #keda: { readonly stop: LinkedSignal; readonly done: Promise<unknown> } | undefined;
  /** Whether it was seen that KEDA is there, or is not. */
  #isKedaKnown = false;

  constructor(parts: WatchesParts) {
    this.#parts = parts;
    const { cache } = parts;
    this.#informers = [
      new Informer({
        ...parts,
        kind: ACTOR_KIND,
        parse: parseSeenActor,
        sink: cache.actorSink(),
      }),
      ...BUILT_IN_KINDS.filter(({ keeps }) => keeps !== undefined).map((kind) =>
        this.#informerOf(kind)
      ),
    ];
  }

  /** What has not come yet, for those who ask why a replica is not ready; nothing when all has. */
  get missing(): string | undefined {
    const resources = this.#informers.filter(({ isSynced }) => !isSynced)
      .map(({ resource }) => resource);
    if (!this.#isKedaKnown) resources.push("KEDA");
    return resources.length > 0 ? resources.join(", ") : undefined;
  }

  /**
   * Watches until it is told to stop.
   *
   * @param signal stops it
   * @param synced is called once, when everything has been seen
   */
  async run(signal: AbortSignal, synced: () => void): Promise<void> {
    const runs = this.#informers.map((informer) => informer.run(signal));
    const discovered = Promise.withResolvers<void>();
    const discovering = this.#discover(signal, () => {
      this.#isKedaKnown = true;
      discovered.resolve();
    });
    await Promise.race([
      Promise.all([...this.#informers.map((informer) => informer.synced), discovered.promise])
        .then(synced),
      discovering,
    ]);
    await Promise.all([...runs, discovering]);
  }

  #informerOf(kind: Kind): Informer<unknown> {
    return new Informer({
      ...this.#parts,
      kind,
      selector: OURS,
      parse: (value) => parseLiveObject(kind, value),
      sink: this.#parts.cache.objectSink(kind.kind),
    });
  }

  async #discover(signal: AbortSignal, known: () => void): Promise<void> {
    const { clock, tell } = this.#parts;
    for (let failures = 0; !signal.aborted;) {
      try {
        if (await this.#seeKeda(signal)) this.#startKeda(signal, known);
        else {
          await this.#stopKeda();
          known();
        }
        failures = 0;
      } catch (error) {
        if (signal.aborted) break;
        tell({ kind: "discovery_failed", error: toKubeError(error) });
        failures++;
      }
      // Waits for somebody to install KEDA or to take it away.
      await pause(clock, failures > 0 ? DISCOVER_MS / 10 : DISCOVER_MS, signal);
    }
    await this.#keda?.done;
  }

  async #seeKeda(signal: AbortSignal): Promise<boolean> {
    const [first] = KEDA_KINDS;
    try {
      const path = `/apis/${first?.apiVersion}`;
      const { resources } = recordOf(await this.#parts.api.ask({ verb: "get", path, signal }));
      const names = Array.isArray(resources) ? resources.map((one) => recordOf(one).name) : [];
      return KEDA_KINDS.every(({ plural }) => names.includes(plural));
    } catch (error) {
      if (toKubeError(error).code === "not_found") return false;
      throw error;
    }
  }

  #startKeda(signal: AbortSignal, known: () => void): void {
    if (this.#keda) return;
    const stop = linkSignals(signal);
    const informers = KEDA_KINDS.map((kind) => this.#informerOf(kind));
    const done = Promise.all([
      ...informers.map((informer) => informer.run(stop.signal)),
      this.#awaitKeda(informers, stop.signal, known),
    ]);
    this.#keda = { stop, done };
  }

  /** What KEDA's objects are has to be seen before it is said that KEDA is there. */
  async #awaitKeda(
    informers: readonly Informer<unknown>[],
    signal: AbortSignal,
    known: () => void,
  ): Promise<void> {
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    await Promise.race([Promise.all(informers.map(({ synced }) => synced)), stopped]);
    if (signal.aborted) return;
    this.#parts.cache.hasKeda = true;
    this.#parts.tell({ kind: "keda_found" });
    known();
    this.#parts.kedaChanged();
  }

  async #stopKeda(): Promise<void> {
    if (!this.#keda) return;
    this.#keda.stop.abort();
    await this.#keda.done;
    this.#keda = undefined;
    if (!this.#parts.cache.hasKeda) return;
    this.#parts.cache.hasKeda = false;
    for (const { kind } of KEDA_KINDS) this.#parts.cache.forgetObjects(kind);
    this.#parts.tell({ kind: "keda_gone" });
    this.#parts.kedaChanged();
  }
}

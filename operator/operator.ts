import { within } from "@asya/program";
import type { Clock } from "@asya/transport";
import type { Api } from "./cluster/api.ts";
import { ClusterCache } from "./cluster/cluster_cache.ts";
import { EventRecorder } from "./cluster/event_recorder.ts";
import { KubeCluster } from "./cluster/kube_cluster.ts";
import { Watches } from "./cluster/watches.ts";
import { Controller, type Reconcile } from "./controller/controller.ts";
import { type Key, keysOf } from "./controller/key.ts";
import { Leader } from "./controller/leader.ts";
import type { LeaseStore } from "./controller/lease.ts";
import type { WriteFence } from "./controller/write_fence.ts";
import type { Emit } from "./event.ts";
import type { Cache, Cluster, Recorder } from "./reconcile/cluster.ts";

/** What an operator is made of. */
export interface OperatorParts {
  readonly api: Api;
  /** Makes what looks at one key, of the ways to see and to change the cluster. */
  readonly createReconcile: (
    ways: { readonly cluster: Cluster; readonly cache: Cache; readonly recorder: Recorder },
  ) => Reconcile;
  /** Where the replicas agree on who works; without it, this is the only one. */
  readonly leases: LeaseStore | undefined;
  /** Is open while this replica may write. */
  readonly fence: WriteFence;
  /** What this replica is called, as no other is. */
  readonly identity: string;
  readonly options: {
    /** The one namespace that is looked after; without it, all. */
    readonly watchNamespace?: string | undefined;
    readonly concurrency: number;
    readonly resyncMs: number;
    readonly leaseDurationMs: number;
  };
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly emit: Emit;
}

/** How long what is in hand at the end may take. */
const DRAIN_MS = 10_000;

/** Watches the cluster and, while it leads, makes it as its actors ask. */
export class Operator {
  readonly #parts: OperatorParts;
  readonly #cache: ClusterCache;
  readonly #recorder: EventRecorder;
  readonly #controller: Controller;
  readonly #watches: Watches;
  readonly #leader: Leader | undefined;

  constructor(parts: OperatorParts) {
    const { api, clock, random, emit: tell, options, leases, fence, identity } = parts;
    this.#parts = parts;
    this.#cache = new ClusterCache((change) => this.#controller.add(keysOf(change)));
    this.#recorder = new EventRecorder({ api, clock, instance: identity, tell });
    const ways = { cluster: new KubeCluster(api), cache: this.#cache, recorder: this.#recorder };
    this.#controller = new Controller({
      ...{ ...options, clock, random, tell },
      reconcile: parts.createReconcile(ways),
      allKeys: () => this.#allKeys(),
    });
    this.#watches = new Watches({
      ...{ api, clock, random, tell, cache: this.#cache },
      namespace: options.watchNamespace,
      kedaChanged: () => this.#controller.addAll(),
    });
    const { leaseDurationMs: durationMs } = options;
    this.#leader = leases &&
      new Leader({ ...{ store: leases, fence, identity, durationMs, clock, random, tell } });
  }

  /** Whether everything has been seen; a replica that waits for its turn is ready too. */
  ready(): true | string {
    const { missing } = this.#watches;
    return missing === undefined ? true : `not seen yet: ${missing}`;
  }

  /** How many keys wait to be looked at. */
  get depth(): number {
    return this.#controller.depth;
  }

  /** How many actors there are. */
  get actors(): number {
    return this.#cache.actors().length;
  }

  /**
   * Works until it is told to stop, or does not lead any more.
   *
   * @param signal tells it to stop
   * @returns whether it stopped because it was told to
   */
  async run(signal: AbortSignal): Promise<boolean> {
    const watching = new AbortController();
    const leading = new AbortController();
    const startMs = this.#parts.clock.elapsed();
    const { promise: synced, resolve } = Promise.withResolvers<void>();
    const watched = this.#watches.run(watching.signal, () => {
      const ms = this.#parts.clock.elapsed() - startMs;
      this.#parts.emit({ kind: "synced", actors: this.actors, ms });
      resolve();
    });
    const { promise: told, resolve: tell } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => tell(), { once: true });
    if (signal.aborted) tell();
    const worked = Promise.race([synced, told]).then(() => this.#lead(leading.signal, told));
    await Promise.race([told, this.#leader?.lost ?? told]);
    const wasTold = signal.aborted;
    await within(this.#controller.drain(), DRAIN_MS);
    await within(this.#recorder.drain(), DRAIN_MS);
    leading.abort();
    if (wasTold) await this.#leader?.release();
    this.#parts.fence.close();
    watching.abort();
    await Promise.all([worked, watched]);
    return wasTold;
  }

  async #lead(signal: AbortSignal, told: Promise<void>): Promise<void> {
    const leader = this.#leader;
    if (!leader) {
      this.#parts.emit({ kind: "leading", identity: this.#parts.identity });
      this.#parts.fence.openUntil(Infinity);
      return this.#controller.start();
    }
    const ran = leader.run(signal);
    await Promise.race([leader.led, told, ran]);
    if (leader.isLeading) this.#controller.start();
    await ran;
  }

  #allKeys(): Key[] {
    return [
      ...this.#cache.namespaces().map((namespace): Key => ({ kind: "runtime", namespace })),
      ...this.#cache.actors().map(({ metadata: { namespace, name } }): Key => ({
        kind: "actor",
        namespace,
        name,
      })),
    ];
  }
}

import { backoffMs } from "@asya/program";
import type { Clock } from "@asya/transport";
import { recordOf } from "../actor/schema/record_of.ts";
import { linkSignals } from "../controller/link_signals.ts";
import { pause } from "../controller/pause.ts";
import { KubeError, toKubeError } from "../reconcile/kube_error.ts";
import type { Api } from "./api.ts";
import { errorOfAnswer } from "./error_of_answer.ts";
import { type Kind, pathOf } from "./kinds.ts";

/** Takes what an informer sees. */
export interface Sink<T> {
  /** All there is: what it had besides is gone. */
  replace(objects: readonly T[]): void;
  /** One that is new or has changed. */
  put(object: T): void;
  /** One that is gone, as it was last. */
  remove(object: T): void;
}

/** Why a watch ended: as agreed, in silence, because what it began at is too old, or in failure. */
export const WATCH_ENDS = ["ended", "silent", "expired", "failed"] as const;

/** What an informer tells. */
export type InformerEvent =
  | { readonly kind: "listed"; readonly resource: string; readonly objects: number }
  | {
    readonly kind: "watch_ended";
    readonly resource: string;
    readonly why: (typeof WATCH_ENDS)[number];
  }
  /** Neither list nor watch can be had; tried again. */
  | {
    readonly kind: "watch_failed";
    readonly resource: string;
    readonly error: KubeError;
    /** How often it failed before that, one after the other. */
    readonly before: number;
  }
  /** An object came in a form that cannot be read; it is as if it were not there. */
  | {
    readonly kind: "object_unreadable";
    readonly resource: string;
    readonly object: string;
    readonly reason: string;
  };

/** What an {@linkcode Informer} is made of. */
export interface InformerParts<T> {
  readonly kind: Kind;
  /** Without it, all of them. */
  readonly namespace?: string | undefined;
  /** Only what has this label. */
  readonly selector?: string | undefined;
  readonly api: Api;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** @throws TypeError for an object that cannot be read */
  readonly parse: (value: unknown) => T;
  readonly sink: Sink<T>;
  readonly tell: (event: InformerEvent) => void;
}

/** Objects in one page of a list: few enough that a page is small in memory. */
const PAGE = 100;

/** How long a watch is asked for; the server ends it then. Spread, so that they do not end together. */
const WATCH_SECONDS = { least: 240, spread: 120 };

/** A server sends a bookmark each minute: a watch that says nothing for so long is no more. */
const SILENCE_MS = 150_000;

/** A watch that ends earlier is not asked for again at once. */
const SHORT_MS = 1_000;

/** How long failures are waited out. */
const BACKOFF = { baseMs: 200, maxMs: 30_000 };

/** Keeps a sink as the API server has the objects of one kind: a list, and then its changes. */
export class Informer<T> {
  readonly #parts: InformerParts<T>;
  readonly #synced = Promise.withResolvers<void>();
  /** The version that the next watch begins at; without one, a list is needed first. */
  #version: string | undefined;
  #isSynced = false;

  constructor(parts: InformerParts<T>) {
    this.#parts = parts;
  }

  /** What it watches, as paths have it. */
  get resource(): string {
    return this.#parts.kind.plural;
  }

  /** Whether the first list has come. */
  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** Resolves when the first list has come. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  /**
   * Lists and watches until it is told to stop.
   *
   * @param signal stops it
   */
  async run(signal: AbortSignal): Promise<void> {
    const { random, clock } = this.#parts;
    for (let failures = 0; !signal.aborted;) {
      const startMs = clock.elapsed();
      const failure = await this.#listAndWatch(signal, failures);
      if (signal.aborted) return;
      const isShort = clock.elapsed() - startMs < SHORT_MS;
      failures = isShort ? failures + 1 : failure ? 1 : 0;
      if (failures === 0) continue;
      const waitMs = backoffMs(failures - 1, random(), BACKOFF);
      // Waits for whatever is wrong to be over.
      await pause(clock, Math.max(waitMs, failure?.retryAfterMs ?? 0), signal);
    }
  }

  /** Gives why it ended, where it ought not to have. */
  async #listAndWatch(signal: AbortSignal, before: number): Promise<KubeError | undefined> {
    const { tell } = this.#parts;
    const resource = this.#parts.kind.plural;
    try {
      this.#version ??= await this.#list(signal);
      tell({ kind: "watch_ended", resource, why: await this.#watch(this.#version, signal) });
      return undefined;
    } catch (error) {
      if (signal.aborted) return undefined;
      const failure = toKubeError(error);
      const isExpired = failure.code === "expired";
      if (this.#version !== undefined) {
        tell({ kind: "watch_ended", resource, why: isExpired ? "expired" : "failed" });
      }
      if (isExpired) this.#version = undefined;
      else tell({ kind: "watch_failed", resource, error: failure, before });
      return failure;
    }
  }

  async #list(signal: AbortSignal): Promise<string> {
    const { kind, api, sink, tell } = this.#parts;
    const objects: T[] = [];
    let version = "";
    for (let next: string | undefined = ""; next !== undefined;) {
      const page = recordOf(
        await api.ask({
          verb: "list",
          path: this.#path(),
          query: { ...this.#selected(), limit: String(PAGE), ...(next && { continue: next }) },
          accept: acceptOf(kind, "List"),
          signal,
        }),
      );
      const metadata = recordOf(page.metadata);
      if (typeof metadata.resourceVersion !== "string" || !Array.isArray(page.items)) {
        throw new KubeError("unreachable", `a list of ${kind.plural} came without items`);
      }
      for (const item of page.items) {
        const object = this.#read(item);
        if (object !== undefined) objects.push(object);
      }
      version = metadata.resourceVersion;
      next = typeof metadata.continue === "string" && metadata.continue !== ""
        ? metadata.continue
        : undefined;
    }
    sink.replace(objects);
    this.#isSynced = true;
    this.#synced.resolve();
    tell({ kind: "listed", resource: kind.plural, objects: objects.length });
    return version;
  }

  async #watch(version: string, signal: AbortSignal): Promise<"ended" | "silent"> {
    const { kind, api, clock, random } = this.#parts;
    const seconds = WATCH_SECONDS.least + Math.floor(random() * WATCH_SECONDS.spread);
    using link = linkSignals(signal);
    let isSilent = false;
    let stop = () => {};
    const listen = () => {
      stop();
      // Waits for the next event or bookmark; none means that nobody is there any more.
      stop = clock.after(SILENCE_MS, () => {
        isSilent = true;
        link.abort();
      });
    };
    try {
      listen();
      const events = api.follow({
        verb: "watch",
        path: this.#path(),
        query: {
          ...this.#selected(),
          watch: "true",
          allowWatchBookmarks: "true",
          resourceVersion: version,
          timeoutSeconds: String(seconds),
        },
        accept: acceptOf(kind, ""),
        signal: link.signal,
      });
      for await (const event of events) {
        listen();
        this.#take(recordOf(event));
      }
    } finally {
      stop();
    }
    return isSilent ? "silent" : "ended";
  }

  #take({ type, object }: Readonly<Record<string, unknown>>): void {
    if (type === "ERROR") {
      const { code } = recordOf(object);
      const status = typeof code === "number" ? code : 500;
      throw errorOfAnswer({ status, body: object }, `watch ${this.#parts.kind.plural}`);
    }
    const read = type === "BOOKMARK" ? undefined : this.#read(object);
    if (read !== undefined) {
      if (type === "DELETED") this.#parts.sink.remove(read);
      else this.#parts.sink.put(read);
    }
    const { resourceVersion } = recordOf(recordOf(object).metadata);
    if (typeof resourceVersion === "string") this.#version = resourceVersion;
  }

  #read(value: unknown): T | undefined {
    try {
      return this.#parts.parse(value);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      const { namespace, name } = recordOf(recordOf(value).metadata);
      this.#parts.tell({
        kind: "object_unreadable",
        resource: this.#parts.kind.plural,
        object: `${namespace}/${name}`,
        reason: error.message,
      });
      return undefined;
    }
  }

  #path(): string {
    return pathOf(this.#parts.kind, this.#parts.namespace);
  }

  #selected(): Record<string, string> {
    const { selector } = this.#parts;
    return selector === undefined ? {} : { labelSelector: selector };
  }
}

/** Of kinds of which only metadata is kept, the server is asked for no more than that. */
function acceptOf({ keeps }: Kind, list: "List" | ""): string {
  if (keeps !== "metadata") return "application/json";
  const as = `as=PartialObjectMetadata${list};g=meta.k8s.io;v=v1`;
  return `application/json;${as},application/json`;
}

import { recordOf } from "../actor/schema/record_of.ts";
import { type KubeError, toKubeError } from "../reconcile/kube_error.ts";
import type { Clock } from "@asya/transport";
import { microTime } from "../controller/micro_time.ts";
import type { Recorder, SeenActor, Told } from "../reconcile/cluster.ts";
import type { Api } from "./api.ts";
import { ACTOR_KIND, kindOf, pathOf } from "./kinds.ts";

/** What an {@linkcode EventRecorder} tells. */
export type RecorderEvent =
  /** An Event of Kubernetes could not be written; it is left out. */
  | { readonly kind: "event_failed"; readonly reason: string; readonly error: KubeError }
  /** So many wait already that one more is left out. */
  | { readonly kind: "event_dropped"; readonly reason: string };

/** What an {@linkcode EventRecorder} is made of. */
export interface EventRecorderParts {
  readonly api: Api;
  readonly clock: Clock;
  /** The name of this replica, which is its pod's. */
  readonly instance: string;
  readonly tell: (event: RecorderEvent) => void;
}

/** What was told of an object for one reason. */
interface Series {
  readonly note: string;
  readonly path: string;
  /** How often, this time included. */
  count: number;
  writtenMs: number;
}

const EVENT = { apiVersion: "events.k8s.io/v1", kind: "Event" } as const;

/** For one reason, an object gets an Event, or a higher count on the last one, at most so often. */
const APART_MS = 60_000;

/** The API server forgets an Event after an hour; so do we. */
const FORGET_MS = 3_600_000;

/** What is remembered of so many reasons; of more, the oldest is told anew. */
const MAX_SERIES = 10_000;

/** Events that wait to be written. */
const MAX_WAITING = 500;

/** Writes Events of Kubernetes, one after the other: what repeats is counted, not repeated. */
export class EventRecorder implements Recorder {
  readonly #parts: EventRecorderParts;
  /** The one that was written last at the end. */
  readonly #series = new Map<string, Series>();
  #waiting = 0;
  #written: Promise<void> = Promise.resolve();

  constructor(parts: EventRecorderParts) {
    this.#parts = parts;
  }

  record(actor: SeenActor, told: Told): void {
    if (this.#waiting >= MAX_WAITING) {
      return this.#parts.tell({ kind: "event_dropped", reason: told.reason });
    }
    this.#waiting++;
    this.#written = this.#written.then(async () => {
      try {
        await this.#write(actor, told);
      } catch (error) {
        const { reason } = told;
        this.#parts.tell({ kind: "event_failed", reason, error: toKubeError(error) });
      }
      this.#waiting--;
    });
  }

  /** Resolves when all is written that was recorded. */
  async drain(): Promise<void> {
    await this.#written;
  }

  async #write(actor: SeenActor, told: Told): Promise<void> {
    const { uid } = actor.metadata;
    const nowMs = this.#parts.clock.elapsed();
    this.#forget(nowMs);
    const key = `${uid} ${told.type} ${told.reason}`;
    const series = this.#series.get(key);
    if (series) {
      series.count++;
      if (nowMs - series.writtenMs < APART_MS) return;
      series.writtenMs = nowMs;
      this.#keep(key, series);
      if (series.note === told.note && await this.#count(series)) return;
    }
    const path = await this.#create(actor, told);
    this.#keep(key, { note: told.note, path, count: 1, writtenMs: nowMs });
  }

  #keep(key: string, series: Series): void {
    this.#series.delete(key);
    this.#series.set(key, series);
  }

  async #create({ metadata }: SeenActor, { type, reason, note }: Told): Promise<string> {
    const { namespace, name, uid, resourceVersion } = metadata;
    const { apiVersion, kind } = ACTOR_KIND;
    const created = await this.#parts.api.ask({
      verb: "create",
      path: pathOf(kindOf(EVENT), namespace),
      body: {
        ...EVENT,
        metadata: { generateName: `${name}-`, namespace },
        eventTime: microTime(this.#parts.clock.now()),
        reportingController: "asya.io/operator",
        reportingInstance: this.#parts.instance.slice(0, MAX_INSTANCE),
        action: "Reconcile",
        type,
        reason,
        note: cut(note),
        regarding: { apiVersion, kind, namespace, name, uid, resourceVersion },
      },
    });
    const { name: given } = recordOf(recordOf(created).metadata);
    return pathOf(kindOf(EVENT), namespace, typeof given === "string" ? given : name);
  }

  /** Says how often the last one has happened by now, if it is there still. */
  async #count({ path, count }: Series): Promise<boolean> {
    const lastObservedTime = microTime(this.#parts.clock.now());
    try {
      await this.#parts.api.ask({
        verb: "patch",
        path,
        body: { series: { count, lastObservedTime } },
        contentType: "application/merge-patch+json",
      });
      return true;
    } catch (error) {
      if (toKubeError(error).code === "not_found") return false;
      throw error;
    }
  }

  #forget(nowMs: number): void {
    for (const [key, { writtenMs }] of this.#series) {
      if (nowMs - writtenMs < FORGET_MS && this.#series.size < MAX_SERIES) return;
      this.#series.delete(key);
    }
  }
}

/** The API server takes no longer ones. */
const MAX_INSTANCE = 128;
const MAX_NOTE_BYTES = 1_024;

/** The beginning of a text that may be too long, in whole characters. */
function cut(text: string): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= MAX_NOTE_BYTES) return text;
  const start = bytes.slice(0, MAX_NOTE_BYTES - "…".length * 3);
  return `${new TextDecoder().decode(start).replace(/\ufffd+$/, "")}…`;
}

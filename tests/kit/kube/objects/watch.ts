import type { JsonTexts } from "../bodies/json_text.ts";
import type { Representation } from "../bodies/representation.ts";
import { asPartial, makeTable } from "../bodies/table.ts";
import type { KubeObject } from "../kube_object.ts";
import { apiVersionOf, resourceOf } from "../served_kind.ts";
import { expired } from "../status_error.ts";
import type { Api } from "./api.ts";
import { findObjects, type Selection } from "./read.ts";
import type { StoreEvent } from "./store.ts";

/** What a watch is asked for beyond which objects. */
export interface WatchOptions {
  /** After which version; `undefined` and 0 begin with everything that is there. */
  readonly from?: number;
  readonly hasBookmarks: boolean;
  /** Whether everything that is there comes first, ended by a bookmark. */
  readonly sendsInitialEvents: boolean;
  readonly timeoutMs: number;
  readonly representation: Representation;
}

/** How often a watch that wants bookmarks gets one, and how long before its end it gets the last. */
const BOOKMARK_EVERY_MS = 60_000;
const LAST_BOOKMARK_MS = 2_000;

/** Why the stream of a watch ended that was cut. */
export class WatchCut extends Error {}

/** One client that is told of changes, until one side ends it. */
export class Watch {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #api: Api;
  readonly #texts: JsonTexts;
  readonly #selection: Selection;
  readonly #options: WatchOptions;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #onEnd: (watch: Watch) => void;
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
  #stopListening = () => {};
  #hasShownColumns = false;

  constructor(
    api: Api,
    texts: JsonTexts,
    selection: Selection,
    options: WatchOptions,
    onEnd: (watch: Watch) => void,
  ) {
    this.#api = api;
    this.#texts = texts;
    this.#selection = selection;
    this.#options = options;
    this.#onEnd = onEnd;
    this.stream = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
        this.#begin();
      },
      cancel: () => this.#forget(),
    });
  }

  /** Whether it has ended. */
  get isOver(): boolean {
    return this.#controller === undefined;
  }

  /** The resource whose changes are told. */
  get resource(): string {
    return resourceOf(this.#selection.kind);
  }

  /** Ends it as the server does when its time is over. */
  end(): void {
    this.#controller?.close();
    this.#forget();
  }

  /** Ends it in the middle, as a connection that breaks. */
  cut(): void {
    this.#controller?.error(new WatchCut("the connection is cut"));
    this.#forget();
  }

  /** Says how far it is, where the client wants to hear that. */
  sendBookmark(): void {
    if (this.#options.hasBookmarks) this.#bookmark({});
  }

  #begin(): void {
    const { store } = this.#api;
    const { from = 0, sendsInitialEvents, timeoutMs, hasBookmarks } = this.#options;
    this.#stopListening = store.listen((event) => this.#tell(event));
    if (sendsInitialEvents || from === 0) {
      for (const object of findObjects(this.#api, this.#selection, store.version)) {
        this.#send("ADDED", object);
      }
      if (sendsInitialEvents && hasBookmarks) {
        this.#bookmark({ annotations: { "k8s.io/initial-events-end": "true" } });
      }
    } else {
      const past = store.eventsAfter(this.resource, from);
      if (!past.isKnown) return this.#refuse(from, past.oldest);
      for (const event of past.events) this.#tell(event);
    }
    // The client said how long it wants to be told, and is told how far it got before that.
    this.#after(timeoutMs, () => this.end());
    this.#after(Math.max(0, timeoutMs - LAST_BOOKMARK_MS), () => this.sendBookmark());
    if (timeoutMs > BOOKMARK_EVERY_MS) this.#bookmarkEveryMinute();
  }

  #bookmarkEveryMinute(): void {
    // A client learns of versions that passed without anything for it.
    this.#after(BOOKMARK_EVERY_MS, () => {
      this.sendBookmark();
      this.#bookmarkEveryMinute();
    });
  }

  #refuse(from: number, oldest: number): void {
    const { body } = expired(`too old resource version: ${from} (${oldest})`);
    this.#enqueue(this.#texts.encode({ type: "ERROR", text: JSON.stringify(body) }));
    this.end();
  }

  #tell({ type, resource, object, previous, version }: StoreEvent): void {
    const { kind, namespace, matches } = this.#selection;
    if (resource !== resourceOf(kind)) return;
    if (version <= (this.#options.from ?? 0)) return;
    if (namespace !== "" && object.metadata.namespace !== namespace) return;
    const was = previous !== undefined && matches(previous);
    if (type === "DELETED") return was ? this.#send("DELETED", object) : undefined;
    const is = matches(object);
    if (is) return this.#send(was ? "MODIFIED" : "ADDED", object);
    if (!was) return;
    const { resourceVersion } = object.metadata;
    this.#send("DELETED", { ...previous, metadata: { ...previous.metadata, resourceVersion } });
  }

  #send(type: string, object: KubeObject): void {
    switch (this.#options.representation) {
      case "object":
        return this.#enqueue(this.#texts.lineOf(type, object));
      case "partial":
        return this.#enqueue(
          this.#texts.encode({ type, text: JSON.stringify(asPartial(object)) }),
        );
      case "table":
        return this.#enqueue(this.#texts.encode({ type, text: this.#makeRow(object) }));
    }
  }

  /** A table of one row; only the first says what the columns are. */
  #makeRow(object: KubeObject): string {
    const { resourceVersion = "" } = object.metadata;
    const nowMs = this.#api.nowMs();
    const table = makeTable(this.#selection.kind, [object], { resourceVersion }, { nowMs });
    const shown = this.#hasShownColumns ? { ...table, columnDefinitions: null } : table;
    this.#hasShownColumns = true;
    return JSON.stringify(shown);
  }

  #bookmark(metadata: Readonly<Record<string, unknown>>): void {
    const { kind } = this.#selection;
    const object = {
      apiVersion: apiVersionOf(kind),
      kind: kind.kind,
      metadata: { resourceVersion: String(this.#api.store.version), ...metadata },
    };
    this.#enqueue(this.#texts.encode({ type: "BOOKMARK", text: JSON.stringify(object) }));
  }

  #enqueue(line: Uint8Array<ArrayBuffer>): void {
    this.#controller?.enqueue(line);
  }

  #after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }

  #forget(): void {
    this.#controller = undefined;
    this.#stopListening();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#onEnd(this);
  }
}

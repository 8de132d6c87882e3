import { type KubeObject, withMetadata } from "../kube_object.ts";

/** One thing that happened to an object. */
export interface StoreEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  /** Whose object: `group/plural`. */
  readonly resource: string;
  /** The object afterwards; of a deletion, the object as it was, with the deletion's version. */
  readonly object: KubeObject;
  /** The object before, except for what is new. */
  readonly previous?: KubeObject;
  readonly version: number;
}

/** What a watch can go back to, of one resource. */
export type Past =
  | { readonly isKnown: true; readonly events: readonly StoreEvent[] }
  | { readonly isKnown: false; readonly oldest: number };

/** The objects of one resource in one namespace, in the order of their names once that is asked. */
interface Names {
  readonly objects: Map<string, KubeObject>;
  sorted?: readonly string[];
}

/** The objects of one resource, and what happened to them lately. */
interface Table {
  readonly namespaces: Map<string, Names>;
  /** In order; what came up to `forgotten` is not among them. */
  events: StoreEvent[];
  forgotten: number;
}

/** How many events of one resource are remembered at most. */
const MAX_EVENTS = 20_000;

/** The first version of a fresh store: small numbers are versions that nobody was given. */
const FIRST_VERSION = 100;

/** All objects, with one counter of versions for everything, as in etcd. */
export class Store {
  readonly #tables = new Map<string, Table>();
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  #version = FIRST_VERSION;

  /** The version of the last change. */
  get version(): number {
    return this.#version;
  }

  /** One object, if it is there. */
  get(resource: string, namespace: string, name: string): KubeObject | undefined {
    return this.#tables.get(resource)?.namespaces.get(namespace)?.objects.get(name);
  }

  /** Objects in the order of their namespaces and names, of one namespace or of all. */
  list(resource: string, namespace?: string): KubeObject[] {
    const table = this.#tables.get(resource);
    if (!table) return [];
    const wanted = namespace === undefined ? [...table.namespaces.keys()].sort() : [namespace];
    return wanted.flatMap((each) => {
      const names = table.namespaces.get(each);
      if (!names) return [];
      names.sorted ??= [...names.objects.keys()].sort();
      return names.sorted.map((name) => names.objects.get(name) as KubeObject);
    });
  }

  /** Objects as they were at a version, if all that happened since then is remembered. */
  listAt(resource: string, version: number, namespace?: string): KubeObject[] | undefined {
    if (version >= this.#version) return this.list(resource, namespace);
    const past = this.eventsAfter(resource, version);
    if (!past.isKnown) return undefined;
    if (past.events.length === 0) return this.list(resource, namespace);
    const then = new Map(this.list(resource).map((object) => [keyOf(object), object]));
    for (const { object, previous } of past.events.toReversed()) {
      if (previous) then.set(keyOf(previous), previous);
      else then.delete(keyOf(object));
    }
    return [...then].sort(([one], [other]) => one < other ? -1 : 1)
      .map(([, object]) => object)
      .filter(({ metadata }) =>
        namespace === undefined || (metadata.namespace ?? "") === namespace
      );
  }

  /** Keeps an object, in place of the one of its name if there is one, and gives it a version. */
  put(resource: string, object: KubeObject): KubeObject {
    const { namespace = "", name } = object.metadata;
    const previous = this.get(resource, namespace, name);
    const kept = withMetadata(object, { resourceVersion: String(++this.#version) });
    const names = this.#namesOf(resource, namespace);
    names.objects.set(name, kept);
    if (!previous) names.sorted = undefined;
    this.#tell({
      type: previous ? "MODIFIED" : "ADDED",
      resource,
      object: kept,
      ...(previous && { previous }),
      version: this.#version,
    });
    return kept;
  }

  /** Removes an object that is there. */
  remove(resource: string, object: KubeObject): void {
    const { namespace = "", name } = object.metadata;
    const names = this.#namesOf(resource, namespace);
    const previous = names.objects.get(name);
    if (!previous) return;
    names.objects.delete(name);
    names.sorted = undefined;
    const last = withMetadata(previous, { resourceVersion: String(++this.#version) });
    this.#tell({
      type: "DELETED",
      resource,
      object: last,
      previous,
      version: this.#version,
    });
  }

  /** What happened to a resource after a version, if that is remembered. */
  eventsAfter(resource: string, version: number): Past {
    const { events, forgotten } = this.#tableOf(resource);
    if (version < forgotten) return { isKnown: false, oldest: forgotten };
    let from = events.length;
    while (from > 0 && (events[from - 1]?.version ?? 0) > version) from--;
    return { isKnown: true, events: events.slice(from) };
  }

  /** Forgets all that happened, so that a watch can begin only at the present. */
  compact(): void {
    for (const table of this.#tables.values()) {
      table.events = [];
      table.forgotten = this.#version;
    }
  }

  /** Begins to remember what happens to a resource. */
  open(resource: string): void {
    this.#tableOf(resource);
  }

  /** Forgets a resource, all of whose objects are gone. */
  close(resource: string): void {
    this.#tables.delete(resource);
  }

  /**
   * Tells of everything that happens, as it happens.
   *
   * @returns ends that
   */
  listen(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(event: StoreEvent): void {
    const table = this.#tableOf(event.resource);
    table.events.push(event);
    if (table.events.length > MAX_EVENTS) {
      const gone = table.events.splice(0, MAX_EVENTS / 2);
      table.forgotten = gone.at(-1)?.version ?? table.forgotten;
    }
    for (const listener of this.#listeners) listener(event);
  }

  #tableOf(resource: string): Table {
    const table = this.#tables.get(resource);
    if (table) return table;
    const made: Table = { namespaces: new Map(), events: [], forgotten: this.#version };
    this.#tables.set(resource, made);
    return made;
  }

  #namesOf(resource: string, namespace: string): Names {
    const { namespaces } = this.#tableOf(resource);
    const names = namespaces.get(namespace);
    if (names) return names;
    const made: Names = { objects: new Map() };
    namespaces.set(namespace, made);
    return made;
  }
}

/** By which objects of all namespaces are sorted. */
function keyOf({ metadata: { namespace = "", name } }: KubeObject): string {
  return `${namespace}\u0000${name}`;
}

import type { Change } from "../controller/key.ts";
import { ACTOR_LABEL, RUNTIME_LABEL } from "../desired/names.ts";
import type { Cache, LiveObject, SeenActor } from "../reconcile/cluster.ts";
import type { Sink } from "./informer.ts";

/** Objects by what they belong to. */
type Index = Map<string, Set<LiveObject>>;

/** What watches have seen, and where to find it again. */
export class ClusterCache implements Cache {
  readonly #actors = new Map<string, Map<string, SeenActor>>();
  /** Names of actors by uid. */
  readonly #names = new Map<string, string>();
  /** By kind, and by namespace and name in it. */
  readonly #objects = new Map<string, Map<string, LiveObject>>();
  readonly #byActor: Index = new Map();
  readonly #runtimes: Index = new Map();
  readonly #changed: (change: Change) => void;
  #hasKeda = false;

  /** @param changed is told of every change, after it is made */
  constructor(changed: (change: Change) => void) {
    this.#changed = changed;
  }

  get hasKeda(): boolean {
    return this.#hasKeda;
  }

  /** Says whether KEDA's kinds are there, and watched. */
  set hasKeda(has: boolean) {
    this.#hasKeda = has;
  }

  actor(namespace: string, name: string): SeenActor | undefined {
    return this.#actors.get(namespace)?.get(name);
  }

  actorsIn(namespace: string): readonly SeenActor[] {
    return [...this.#actors.get(namespace)?.values() ?? []];
  }

  labelled(namespace: string, actorName: string): readonly LiveObject[] {
    return [...this.#byActor.get(`${namespace}/${actorName}`) ?? []];
  }

  runtimesIn(namespace: string): readonly LiveObject[] {
    return [...this.#runtimes.get(namespace) ?? []];
  }

  /** Every actor there is. */
  actors(): readonly SeenActor[] {
    return [...this.#actors.values()].flatMap((actors) => [...actors.values()]);
  }

  /** Every namespace with something in it that is ours to look after. */
  namespaces(): readonly string[] {
    return [...new Set([...this.#actors.keys(), ...this.#runtimes.keys()])];
  }

  /** Where an informer of actors puts them. */
  actorSink(): Sink<SeenActor> {
    return {
      replace: (actors) => {
        const there = new Set(actors.map(({ metadata: { uid } }) => uid));
        const gone = this.actors().filter(({ metadata: { uid } }) => !there.has(uid));
        for (const actor of gone) this.#removeActor(actor);
        for (const actor of actors) this.#putActor(actor);
      },
      put: (actor) => this.#putActor(actor),
      remove: (actor) => this.#removeActor(actor),
    };
  }

  /**
   * Where an informer of one kind of object puts them.
   *
   * @param kind which; what was put into an earlier one of that kind is forgotten
   */
  objectSink(kind: string): Sink<LiveObject> {
    this.forgetObjects(kind);
    const objects = new Map<string, LiveObject>();
    this.#objects.set(kind, objects);
    const put = (object: LiveObject) => {
      const before = objects.get(placeOf(object));
      if (before?.uid === object.uid && before.resourceVersion === object.resourceVersion) return;
      objects.set(placeOf(object), object);
      this.#index(before, object);
    };
    const remove = (object: LiveObject) => {
      const before = objects.get(placeOf(object));
      objects.delete(placeOf(object));
      this.#index(before, undefined);
    };
    return {
      put,
      remove,
      replace: (all) => {
        const there = new Set(all.map(placeOf));
        for (const object of [...objects.values()]) {
          if (!there.has(placeOf(object))) remove(object);
        }
        for (const object of all) put(object);
      },
    };
  }

  /**
   * Forgets the objects of a kind that nobody watches any more.
   *
   * @param kind which
   */
  forgetObjects(kind: string): void {
    const gone = [...this.#objects.get(kind)?.values() ?? []];
    this.#objects.delete(kind);
    for (const object of gone) this.#index(object, undefined);
  }

  #putActor(actor: SeenActor): void {
    const { namespace, name, uid, resourceVersion } = actor.metadata;
    const actors = this.#actors.get(namespace) ?? new Map<string, SeenActor>();
    const before = actors.get(name)?.metadata;
    if (before?.uid === uid && before.resourceVersion === resourceVersion) return;
    if (before) this.#names.delete(before.uid);
    this.#actors.set(namespace, actors.set(name, actor));
    this.#names.set(uid, name);
    this.#tellActor(actor);
  }

  #removeActor(actor: SeenActor): void {
    const { namespace, name, uid } = actor.metadata;
    this.#names.delete(uid);
    const actors = this.#actors.get(namespace);
    if (actors?.get(name)?.metadata.uid === uid) actors.delete(name);
    if (actors?.size === 0) this.#actors.delete(namespace);
    this.#tellActor(actor);
  }

  #tellActor({ metadata: { namespace, name } }: SeenActor): void {
    this.#changed({ of: "actor", namespace, actorNames: [name], isOfRuntime: true });
  }

  #index(before: LiveObject | undefined, after: LiveObject | undefined): void {
    const namespace = (after ?? before)?.namespace;
    if (namespace === undefined) return;
    const seen = [before, after].filter((object) => object !== undefined);
    for (const object of seen) {
      for (const [index, name] of this.#placesOf(object)) {
        const members = index.get(name) ?? new Set<LiveObject>();
        if (object === after) members.add(object);
        else members.delete(object);
        if (members.size > 0) index.set(name, members);
        else index.delete(name);
      }
    }
    const names = seen.flatMap((object) => [
      object.labels[ACTOR_LABEL],
      object.ownerUid === undefined ? undefined : this.#names.get(object.ownerUid),
    ]);
    this.#changed({
      of: "object",
      namespace,
      actorNames: [...new Set(names)].filter((name) => name !== undefined),
      isOfRuntime: seen.some(isOfRuntime),
    });
  }

  #placesOf(object: LiveObject): readonly (readonly [Index, string])[] {
    const actorName = object.labels[ACTOR_LABEL];
    const places: (readonly [Index, string])[] = [];
    if (actorName !== undefined) {
      places.push([this.#byActor, `${object.namespace}/${actorName}`]);
    }
    if (isOfRuntime(object)) places.push([this.#runtimes, object.namespace]);
    return places;
  }
}

function isOfRuntime({ kind, labels }: LiveObject): boolean {
  return kind === "ConfigMap" || labels[RUNTIME_LABEL] !== undefined;
}

function placeOf({ namespace, name }: LiveObject): string {
  return `${namespace}/${name}`;
}

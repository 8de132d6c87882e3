import { type KubeObject, type OwnerReference, withMetadata } from "../kube_object.ts";
import type { Api, ObjectKey } from "../objects/api.ts";
import { deleteObject, FOREGROUND, ORPHAN } from "../objects/delete.ts";
import type { StoreEvent } from "../objects/store.ts";
import { updateObject } from "../objects/write.ts";
import { resourceOf, type ServedKind } from "../served_kind.ts";
import type { Later } from "./later.ts";

const MANAGER = "kube-controller-manager";

/** Where an object is that has owners, or is one. */
interface Place extends ObjectKey {
  readonly kind: ServedKind;
}

/** What an owner is to an object that names it. */
type Standing = "solid" | "waiting" | "absent" | "unknown";

/**
 * Does what the garbage collector of kube-controller-manager does: what has lost its last owner
 * goes, an owner that goes in the foreground waits for what holds it, and one that leaves orphans is
 * forgotten by them.
 */
export class GarbageCollector {
  readonly #api: Api;
  readonly #later: Later;
  /** The dependants of each uid. */
  readonly #dependants = new Map<string, Map<string, Place>>();
  readonly #stop: () => void;

  constructor(api: Api, later: Later) {
    this.#api = api;
    this.#later = later;
    this.#stop = api.store.listen((event) => this.#see(event));
  }

  /** Sees nothing more. */
  stop(): void {
    this.#stop();
  }

  #see({ type, object, previous }: StoreEvent): void {
    const place = this.#placeOf(object);
    if (!place) return;
    const owners = object.metadata.ownerReferences ?? [];
    const key = nameOf(place);
    for (const { uid } of previous?.metadata.ownerReferences ?? []) {
      this.#dependants.get(uid)?.delete(key);
    }
    if (type === "DELETED") {
      const { uid = "" } = object.metadata;
      for (const dependant of this.#dependants.get(uid)?.values() ?? []) this.#lookLater(dependant);
      this.#dependants.delete(uid);
    } else {
      for (const { uid } of owners) {
        const dependants = this.#dependants.get(uid) ?? new Map<string, Place>();
        this.#dependants.set(uid, dependants.set(key, place));
      }
      if (owners.length > 0 || object.metadata.deletionTimestamp) this.#lookLater(place);
    }
    // An owner may be waiting for this one.
    for (const owner of owners) {
      const at = this.#findOwner(owner, object.metadata.namespace ?? "");
      if (at) this.#lookLater(at);
    }
  }

  #lookLater(place: Place): void {
    this.#later.put(`collect ${nameOf(place)}`, () => this.#look(place));
  }

  #look(place: Place): void {
    const object = this.#read(place);
    if (!object) return;
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    if (!deletionTimestamp) return this.#lookAtOwners(place, object);
    if (finalizers.includes(ORPHAN)) this.#letGo(place, object);
    else if (finalizers.includes(FOREGROUND)) this.#removeDependants(place, object);
  }

  #lookAtOwners(place: Place, object: KubeObject): void {
    const { ownerReferences = [], finalizers = [] } = object.metadata;
    const standings = ownerReferences.map((owner) =>
      [owner, this.#stand(owner, place.namespace)] as const
    );
    const has = (wanted: Standing) => standings.some(([, standing]) => standing === wanted);
    if (standings.length === 0 || has("unknown")) return;
    const gone = standings.filter(([, standing]) => standing !== "solid").map(([{ uid }]) => uid);
    if (gone.length === 0) return;
    if (has("solid")) return this.#dropOwners(place, gone);
    const hasDependants = (this.#dependants.get(object.metadata.uid ?? "")?.size ?? 0) > 0;
    const propagationPolicy = has("waiting") && hasDependants
      ? "Foreground"
      : finalizers.includes(ORPHAN)
      ? "Orphan"
      : finalizers.includes(FOREGROUND)
      ? "Foreground"
      : "Background";
    deleteObject(this.#api, place.kind, place, { propagationPolicy });
  }

  #letGo(place: Place, { metadata: { uid = "" } }: KubeObject): void {
    for (const dependant of [...this.#dependants.get(uid)?.values() ?? []]) {
      if (this.#read(dependant)) this.#dropOwners(dependant, [uid]);
    }
    this.#dropFinalizer(place, ORPHAN);
  }

  #removeDependants(place: Place, { metadata: { uid = "" } }: KubeObject): void {
    const dependants = [...this.#dependants.get(uid)?.values() ?? []];
    const isBlocking = (dependant: Place) =>
      this.#read(dependant)?.metadata.ownerReferences
        ?.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true) ?? false;
    if (!dependants.some(isBlocking)) this.#dropFinalizer(place, FOREGROUND);
    for (const dependant of dependants) this.#lookLater(dependant);
  }

  #dropOwners(place: Place, uids: readonly string[]): void {
    updateObject(this.#api, place.kind, place, (live) => {
      const left = live.metadata.ownerReferences?.filter(({ uid }) => !uids.includes(uid)) ?? [];
      return withMetadata(live, { ownerReferences: left.length > 0 ? left : undefined });
    }, { manager: MANAGER });
  }

  #dropFinalizer(place: Place, finalizer: string): void {
    updateObject(this.#api, place.kind, place, (live) => {
      const left = live.metadata.finalizers?.filter((each) => each !== finalizer) ?? [];
      return withMetadata(live, { finalizers: left.length > 0 ? left : undefined });
    }, { manager: MANAGER });
  }

  #stand(owner: OwnerReference, namespace: string): Standing {
    const at = this.#findOwner(owner, namespace);
    if (!at) return "unknown";
    const live = this.#read(at);
    if (live?.metadata.uid !== owner.uid) return "absent";
    const { deletionTimestamp, finalizers = [] } = live.metadata;
    return deletionTimestamp && finalizers.includes(FOREGROUND) ? "waiting" : "solid";
  }

  #findOwner(owner: OwnerReference, namespace: string): Place | undefined {
    const kind = this.#api.kinds.findKind(owner.apiVersion, owner.kind);
    if (!kind || (kind.isNamespaced && namespace === "")) return undefined;
    return { kind, namespace: kind.isNamespaced ? namespace : "", name: owner.name };
  }

  #placeOf({ apiVersion, kind, metadata }: KubeObject): Place | undefined {
    const served = this.#api.kinds.findKind(apiVersion, kind);
    return served && { kind: served, namespace: metadata.namespace ?? "", name: metadata.name };
  }

  #read({ kind, namespace, name }: Place): KubeObject | undefined {
    return this.#api.store.get(resourceOf(kind), namespace, name);
  }
}

function nameOf({ kind, namespace, name }: Place): string {
  return `${resourceOf(kind)} ${namespace}/${name}`;
}

import type { ActorStatus, AsyncActor, SecretKey } from "../../actor/async_actor.ts";
import type { KubeObject } from "../../actor/kube_object.ts";
import { ACTOR_LABEL, RUNTIME_LABEL } from "../../desired/names.ts";
import type { Cache, Cluster, LiveObject, PlacedRef, SeenActor } from "../cluster.ts";
import { fileContent } from "../file_content.ts";
import { hashValue } from "../hash_value.ts";
import { KubeError, type KubeErrorCode } from "../kube_error.ts";

/** An object as it is kept: what decides, and what was applied. */
export interface Kept {
  readonly live: LiveObject;
  readonly said: KubeObject;
}

/**
 * For tests: a cluster in memory. It counts versions and generations, holds to preconditions and
 * finalizers, and collects nothing: what is not removed stays. What it shows as a cache is as old as
 * the last `show`, if it does not show everything at once.
 */
export class MemoryCluster implements Cluster, Cache {
  readonly objects = new Map<string, Kept>();
  readonly secrets = new Map<string, string>();
  /** What was asked to be written, in words. */
  readonly writes: string[] = [];
  /** Whether watches are as quick as can be. */
  showsAtOnce = true;
  /** Whether KEDA lets go of what is removed. */
  hasKedaRunning = true;
  hasKeda = true;
  /** What an admission controller makes of objects that are applied. */
  admit: (live: LiveObject) => LiveObject = (live) => live;
  readonly #actors = new Map<string, SeenActor>();
  #shownActors: ReadonlyMap<string, SeenActor> = new Map();
  #shown: readonly LiveObject[] = [];
  #version = 1;
  #failures: { readonly isIt: (write: string) => boolean; readonly error: KubeError }[] = [];

  /** Keeps an actor, with a version of its own. */
  putActor(actor: SeenActor): void {
    const { name, uid } = actor.metadata;
    const before = this.#actors.get(name);
    const isSame = before?.metadata.uid === uid;
    const finalizers = isSame ? before.metadata.finalizers : actor.metadata.finalizers;
    const status = isSame ? before.status : actor.status;
    const generation = isSame ? before.metadata.generation + 1 : 1;
    this.#keepActor({
      ...actor,
      ...(status && { status }),
      metadata: { ...actor.metadata, generation, ...(finalizers && { finalizers }) },
    });
  }

  /** Asks an actor to go; without finalizers it is gone. */
  deleteActor(name: string, at: Date): void {
    const actor = this.#actors.get(name);
    if (!actor) return;
    const deletionTimestamp = at.toISOString();
    this.#keepActor({ ...actor, metadata: { ...actor.metadata, deletionTimestamp } });
  }

  /** The actor as it is, not as watches show it. */
  actorNow(name: string): SeenActor | undefined {
    return this.#actors.get(name);
  }

  /** Puts an object there, as somebody else would. */
  put(said: KubeObject, live: Partial<LiveObject> = {}): LiveObject {
    const { name, namespace, labels = {}, annotations = {}, ownerReferences } = said.metadata;
    const owner = ownerReferences?.find(({ controller }) => controller);
    const kept: LiveObject = {
      ...{ apiVersion: said.apiVersion, kind: said.kind, name, namespace, labels, annotations },
      uid: `uid-${this.#version++}`,
      resourceVersion: String(this.#version),
      ...(countsGenerations(said.kind) && { generation: 1 }),
      ...(owner && { ownerUid: owner.uid }),
      ...(said.kind === "ConfigMap" && { content: fileContent(said) }),
      isGoing: false,
      ...live,
    };
    this.#keep(keyOf(said.kind, name), { live: kept, said });
    return kept;
  }

  /** Changes an object, as somebody else would. */
  change(kind: string, name: string, change: (kept: Kept) => Partial<LiveObject>): void {
    const key = keyOf(kind, name);
    const kept = this.objects.get(key);
    if (!kept) return;
    const resourceVersion = String(++this.#version);
    this.#keep(key, { ...kept, live: { ...kept.live, resourceVersion, ...change(kept) } });
  }

  /** Takes an object away, as somebody else would. */
  drop(kind: string, name: string): void {
    this.objects.delete(keyOf(kind, name));
    this.#showAtOnce();
  }

  /** Lets watches arrive where everything is as it is. */
  show(): void {
    this.#shown = [...this.objects.values()].map(({ live: { content: _, ...shown } }) => shown)
      .filter(({ kind }) => kind !== "Secret");
    this.showActors();
  }

  /** Lets the watch of actors arrive, and no other. */
  showActors(): void {
    this.#shownActors = new Map(this.#actors);
  }

  /** Lets the next write that is described so fail. */
  failNext(isIt: (write: string) => boolean, code: KubeErrorCode, retryAfterMs?: number): void {
    this.#failures.push({ isIt, error: new KubeError(code, `said no: ${code}`, retryAfterMs) });
  }

  actor(_namespace: string, name: string): SeenActor | undefined {
    return this.#shownActors.get(name);
  }

  actorsIn(_namespace: string): readonly SeenActor[] {
    return [...this.#shownActors.values()];
  }

  labelled(_namespace: string, actorName: string): readonly LiveObject[] {
    return this.#shown.filter(({ labels }) => labels[ACTOR_LABEL] === actorName);
  }

  runtimesIn(_namespace: string): readonly LiveObject[] {
    return this.#shown.filter(({ labels }) => labels[RUNTIME_LABEL] !== undefined);
  }

  read(ref: PlacedRef): Promise<LiveObject | undefined> {
    return Promise.resolve(this.objects.get(keyOf(ref.kind, ref.name))?.live);
  }

  async apply(object: KubeObject): Promise<LiveObject> {
    const { kind, metadata: { name } } = object;
    await this.#write(`apply ${kind}/${name}`);
    const kept = this.objects.get(keyOf(kind, name));
    if (!kept) return this.put(object, this.admit(this.put(object)));
    const isSame = hashValue(kept.said) === hashValue(object) &&
      hashValue(kept.live.labels) === hashValue(this.admit(kept.live).labels);
    if (isSame) return kept.live;
    const isSameSpec = hashValue(kept.said.spec) === hashValue(object.spec);
    const { generation } = kept.live;
    const { labels = {}, annotations = {}, ownerReferences = [] } = object.metadata;
    const owner = ownerReferences.find(({ controller }) => controller);
    const live: LiveObject = {
      ...kept.live,
      ...{ labels, annotations, resourceVersion: String(++this.#version) },
      ...(owner && { ownerUid: owner.uid }),
      ...(generation !== undefined && { generation: generation + (isSameSpec ? 0 : 1) }),
    };
    const admitted = this.admit(live);
    this.#keep(keyOf(kind, name), { live: admitted, said: object });
    return admitted;
  }

  async keepReplicas({ kind, name }: LiveObject): Promise<void> {
    await this.#write(`keep replicas of ${kind}/${name}`);
  }

  async remove({ kind, name, uid }: LiveObject, dependants: string): Promise<void> {
    await this.#write(`remove ${kind}/${name} ${dependants}`);
    const kept = this.objects.get(keyOf(kind, name));
    if (!kept) return;
    if (kept.live.uid !== uid) throw new KubeError("conflict", "it is another one");
    if (kind === "ScaledObject" && !this.hasKedaRunning) {
      this.change(kind, name, () => ({ isGoing: true }));
    } else this.drop(kind, name);
  }

  async setFinalizers(actor: SeenActor, finalizers: readonly string[]): Promise<string> {
    await this.#write(`finalizers [${finalizers}]`);
    const kept = this.#required(actor);
    if (kept.metadata.resourceVersion !== actor.metadata.resourceVersion) {
      throw new KubeError("conflict", "somebody wrote it in between");
    }
    return this.#keepActor({ ...kept, metadata: { ...kept.metadata, finalizers } });
  }

  async applyStatus(actor: SeenActor, status: ActorStatus): Promise<string> {
    await this.#write("status");
    return this.#keepActor({ ...this.#required(actor), status });
  }

  readSecret(_namespace: string, { name, key }: SecretKey): Promise<string | undefined> {
    return Promise.resolve(this.secrets.get(`${name}/${key}`));
  }

  #write(write: string): Promise<void> {
    const failure = this.#failures.find(({ isIt }) => isIt(write));
    this.writes.push(write);
    if (!failure) return Promise.resolve();
    this.#failures = this.#failures.filter((other) => other !== failure);
    return Promise.reject(failure.error);
  }

  #required({ metadata: { name, uid } }: SeenActor): SeenActor {
    const kept = this.#actors.get(name);
    if (kept?.metadata.uid === uid) return kept;
    throw new KubeError("not_found", "there is no such actor");
  }

  #keep(key: string, kept: Kept): void {
    this.objects.set(key, kept);
    this.#showAtOnce();
  }

  #keepActor(actor: SeenActor): string {
    const { name, deletionTimestamp, finalizers = [] } = actor.metadata;
    const resourceVersion = String(++this.#version);
    if (deletionTimestamp !== undefined && finalizers.length === 0) this.#actors.delete(name);
    else this.#actors.set(name, { ...actor, metadata: { ...actor.metadata, resourceVersion } });
    this.#showAtOnce();
    return resourceVersion;
  }

  #showAtOnce(): void {
    if (this.showsAtOnce) this.show();
  }
}

/** Whether an actor's spec can be read. */
export function isRead(actor: SeenActor | undefined): actor is AsyncActor {
  return actor !== undefined && "spec" in actor;
}

function keyOf(kind: string, name: string): string {
  return `${kind}/${name}`;
}

function countsGenerations(kind: string): boolean {
  return !["ServiceAccount", "ConfigMap", "Secret"].includes(kind);
}

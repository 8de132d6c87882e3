import { isUnchanged } from "../apply/is_unchanged.ts";
import { trackUpdate } from "../apply/track_update.ts";
import { cause } from "../cause.ts";
import type { FieldValidation, Subresource } from "../judge.ts";
import { isSame, type KubeObject, withMetadata } from "../kube_object.ts";
import { makeName } from "../names.ts";
import { asKind, asResource, resourceOf, type ServedKind } from "../served_kind.ts";
import {
  alreadyExists,
  badRequest,
  conflict,
  invalid,
  MODIFIED,
  notFound,
  notWhileTerminating,
} from "../status_error.ts";
import { type Api, type ObjectKey, stampTime, type WriteOptions } from "./api.ts";
import { checkMetadata } from "./check_metadata.ts";
import { admitToNamespace } from "./namespace_admission.ts";

/** Makes what is to be there of what is there, and says who owns what of it. */
export type Change = (live: KubeObject) => KubeObject;

/**
 * Makes an object.
 *
 * @param kind of the object
 * @param namespace where it goes, as the path says; empty for what is in none
 * @param body what was sent
 * @param options who writes; with `isOwned` the body already says who owns what of it
 * @returns the object as it is kept
 * @throws StatusError where it is refused
 */
export function createObject(
  api: Api,
  kind: ServedKind,
  namespace: string,
  body: KubeObject,
  options: WriteOptions & { readonly isOwned?: boolean },
): KubeObject {
  if (api.kinds.isTerminating(kind)) {
    throw notWhileTerminating(asResource(kind));
  }
  if (body.metadata.resourceVersion) {
    throw badRequest("resourceVersion should not be set on objects to be created");
  }
  const named = nameObject(body, kind, namespace);
  admitToNamespace(api, kind, named.metadata);
  const decoded = decode(kind, named, options);
  const now = stampTime(api.nowMs());
  const writer = { manager: options.manager, subresource: "" as const, now };
  const owned = options.isOwned ? decoded : trackUpdate(kind.judge, undefined, decoded, writer);
  // A Job's pods are found by its uid: it has one before the rest of it is made.
  const known = withMetadata(owned, { uid: crypto.randomUUID() });
  const born = withMetadata(kind.judge.prepare(known, undefined, ""), {
    creationTimestamp: now,
    generation: kind.countsGenerations ? 1 : undefined,
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
  });
  const causes = [
    ...checkMetadata(born, undefined, kind.nameRule),
    ...kind.judge.validate(born, undefined, ""),
  ];
  if (causes.length > 0) throw invalid(asKind(kind), born.metadata.name, causes);
  if (api.store.get(resourceOf(kind), namespace, born.metadata.name)) {
    throw alreadyExists(asResource(kind), born.metadata.name);
  }
  return options.isDryRun ? born : api.store.put(resourceOf(kind), born);
}

/** Gives an object its name and namespace, made up and taken from the path where it has none. */
function nameObject(body: KubeObject, kind: ServedKind, namespace: string): KubeObject {
  const { generateName, name } = body.metadata;
  if (kind.isNamespaced && body.metadata.namespace && body.metadata.namespace !== namespace) {
    throw badRequest(
      "the namespace of the provided object does not match the namespace sent on the request",
    );
  }
  return withMetadata(body, {
    name: name || (generateName ? makeName(generateName) : ""),
    namespace: kind.isNamespaced ? namespace : undefined,
  });
}

/**
 * Changes an object that is there.
 *
 * @param key which object
 * @param change makes what is to be there; an object that says another version is a conflict
 * @param options who writes, and by which path; with `isOwned` the change says who owns what
 * @returns the object as it is kept, or as it was when it went with this change
 * @throws StatusError where it is refused
 */
export function updateObject(
  api: Api,
  kind: ServedKind,
  key: ObjectKey,
  change: Change,
  options: WriteOptions & {
    readonly subresource?: Subresource;
    readonly isOwned?: boolean;
    /** Whether an object that says no version is put over any. */
    readonly mustSayVersion?: boolean;
  },
): KubeObject {
  const live = readObject(api, kind, key);
  const { subresource = "" } = options;
  const wanted = decode(kind, change(live), options);
  checkPreconditions(kind, live, wanted, options.mustSayVersion ?? false);
  const decoded = keepIdentity(live, wanted);
  const writer = { manager: options.manager, subresource, now: stampTime(api.nowMs()) };
  const owned = options.isOwned ? decoded : trackUpdate(kind.judge, live, decoded, writer);
  const prepared = keepIdentity(live, kind.judge.prepare(owned, live, subresource));
  const causes = [
    ...checkMetadata(prepared, live, kind.nameRule),
    ...kind.judge.validate(prepared, live, subresource),
  ];
  if (causes.length > 0) throw invalid(asKind(kind), key.name, causes);
  const counted = withMetadata(prepared, {
    generation: countGeneration(kind, live, prepared),
  });
  if (isUnchanged(live, counted)) return live;
  if (options.isDryRun) return counted;
  if (isGone(counted)) {
    api.store.remove(resourceOf(kind), live);
    return counted;
  }
  return api.store.put(resourceOf(kind), counted);
}

/** One object, in the version that is asked for. */
export function readObject(api: Api, kind: ServedKind, key: ObjectKey): KubeObject {
  const live = api.store.get(resourceOf(kind), key.namespace, key.name);
  if (!live) throw notFound(asResource(kind), key.name);
  return live;
}

function decode(kind: ServedKind, object: KubeObject, options: WriteOptions): KubeObject {
  const fieldValidation: FieldValidation = options.fieldValidation ?? "Warn";
  const { object: decoded, warnings } = kind.judge.decode(object, fieldValidation);
  for (const warning of warnings) options.warn?.(warning);
  return decoded;
}

function checkPreconditions(
  kind: ServedKind,
  live: KubeObject,
  wanted: KubeObject,
  mustSayVersion: boolean,
): void {
  const { name, uid, resourceVersion } = wanted.metadata;
  if (name !== live.metadata.name) {
    throw badRequest(
      `the name of the object (${name}) does not match the name on the URL (${live.metadata.name})`,
    );
  }
  if (!resourceVersion && mustSayVersion) {
    throw invalid(asResource(kind), name, [
      cause.invalid("metadata.resourceVersion", 0, "must be specified for an update"),
    ]);
  }
  if (uid && uid !== live.metadata.uid) {
    const why =
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid}`;
    throw conflict(asResource(kind), name, why);
  }
  if (resourceVersion && resourceVersion !== live.metadata.resourceVersion) {
    throw conflict(asResource(kind), name, MODIFIED);
  }
}

/** What nobody who writes an object decides. */
function keepIdentity(live: KubeObject, wanted: KubeObject): KubeObject {
  const { metadata } = live;
  return withMetadata({ ...wanted, apiVersion: wanted.apiVersion, kind: live.kind }, {
    name: metadata.name,
    namespace: metadata.namespace,
    generateName: metadata.generateName,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    creationTimestamp: metadata.creationTimestamp,
    deletionTimestamp: metadata.deletionTimestamp,
    deletionGracePeriodSeconds: metadata.deletionGracePeriodSeconds,
    generation: metadata.generation,
  });
}

function countGeneration(kind: ServedKind, live: KubeObject, next: KubeObject): number | undefined {
  const { generation } = live.metadata;
  if (!kind.countsGenerations || generation === undefined) return generation;
  return isSame(wishOf(kind, live), wishOf(kind, next)) ? generation : generation + 1;
}

/** What of an object is wished, rather than said about it. */
function wishOf(kind: ServedKind, object: KubeObject): unknown {
  if (!kind.isCustom) return object.spec;
  const { apiVersion: _a, metadata: _m, ...rest } = object;
  if (!kind.judge.hasStatus) return rest;
  const { status: _s, ...wish } = rest;
  return wish;
}

/** Whether an object only waited for its last finalizer: namespaces have some in their `spec`, too. */
function isGone({ metadata, spec }: KubeObject): boolean {
  if (metadata.deletionTimestamp === undefined || metadata.finalizers?.length) return false;
  const { finalizers = [] } = (spec ?? {}) as { readonly finalizers?: readonly string[] };
  return metadata.namespace !== undefined || finalizers.length === 0;
}

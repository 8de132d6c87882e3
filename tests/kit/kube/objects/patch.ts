import { applyPatch } from "../apply/apply_patch.ts";
import { explainBadJson } from "../bodies/go_json.ts";
import { mediaTypeOf, parseYamlObject } from "../bodies/read_body.ts";
import { cause } from "../cause.ts";
import type { Subresource } from "../judge.ts";
import { isJsonObject, type JsonObject, type KubeObject, withMetadata } from "../kube_object.ts";
import { apiVersionOf, asResource, resourceOf, type ServedKind } from "../served_kind.ts";
import { badRequest, conflict, invalid, unsupportedMediaType } from "../status_error.ts";
import { type Api, type ObjectKey, stampTime, type WriteOptions } from "./api.ts";
import { jsonPatch, mergePatch } from "./patches.ts";
import { readScale, writeScale } from "./scale.ts";
import { strategicMerge } from "./strategic_merge.ts";
import { createObject, updateObject } from "./write.ts";

const JSON_PATCH = "application/json-patch+json";
const MERGE_PATCH = "application/merge-patch+json";
const STRATEGIC = "application/strategic-merge-patch+json";
const APPLY = "application/apply-patch+yaml";

/** A patch as it was sent. */
export interface PatchRequest {
  readonly text: string;
  readonly contentType: string | null;
  readonly subresource: Subresource;
  /** Whether an apply takes fields from others. */
  readonly isForced: boolean;
  /** As the client says; an apply needs one. */
  readonly fieldManager: string | undefined;
}

/**
 * Patches an object in any of the four ways.
 *
 * @returns what it is then, and whether it was made by this
 * @throws StatusError where it is refused
 */
export function patchObject(
  api: Api,
  kind: ServedKind,
  key: ObjectKey,
  request: PatchRequest,
  options: WriteOptions,
): { readonly object: KubeObject; readonly isNew: boolean } {
  const mediaType = mediaTypeOf(request.contentType);
  const accepted = [JSON_PATCH, MERGE_PATCH, ...(kind.isCustom ? [] : [STRATEGIC]), APPLY];
  if (!accepted.includes(mediaType)) throw unsupportedMediaType(accepted);
  if (mediaType === APPLY) return applyObject(api, kind, key, request, options);
  if (request.isForced) {
    const why = "may not be specified for non-apply patch";
    throw invalid(PATCH_OPTIONS, "", [cause.forbidden("force", why)]);
  }
  const patch = parsePatch(request.text);
  const change = (from: KubeObject): KubeObject => {
    const patched = patchWith(mediaType, kind, from, patch);
    if (isJsonObject(patched) && isJsonObject(patched.metadata)) return patched as KubeObject;
    throw badRequest("error decoding patch: what comes of it is no object");
  };
  const object = updateObject(
    api,
    kind,
    key,
    (live) => {
      if (request.subresource !== "scale") return change(live);
      return writeScale(kind, live, change(readScale(kind, live)));
    },
    { ...options, subresource: request.subresource },
  );
  return { object, isNew: false };
}

const PATCH_OPTIONS = { group: "meta.k8s.io", name: "PatchOptions" };

function parsePatch(text: string): unknown {
  const why = text === "" ? "unexpected end of JSON input" : explainBadJson(text);
  if (why === undefined) return JSON.parse(text);
  throw badRequest(`error decoding patch: ${why}`);
}

function patchWith(
  mediaType: string,
  kind: ServedKind,
  from: KubeObject,
  patch: unknown,
): unknown {
  switch (mediaType) {
    case JSON_PATCH:
      return jsonPatch(from, patch);
    case STRATEGIC:
      return strategicMerge(kind.judge.type, from, patch);
    default:
      return mergePatch(from, patch);
  }
}

function applyObject(
  api: Api,
  kind: ServedKind,
  key: ObjectKey,
  request: PatchRequest,
  options: WriteOptions,
): { readonly object: KubeObject; readonly isNew: boolean } {
  if (!request.fieldManager) {
    const why = "is required for apply patch";
    throw invalid(PATCH_OPTIONS, "", [cause.required("fieldManager", why)]);
  }
  const applied = readApplied(kind, key, parseYamlObject(request.text));
  const writer = {
    manager: request.fieldManager,
    subresource: request.subresource,
    now: stampTime(api.nowMs()),
    force: request.isForced,
  };
  const live = api.store.get(resourceOf(kind), key.namespace, key.name);
  if (live || request.subresource) {
    const change = (from: KubeObject) => applyPatch(kind.judge, from, applied, writer);
    const { subresource } = request;
    const object = updateObject(api, kind, key, change, { ...options, subresource, isOwned: true });
    return { object, isNew: false };
  }
  if (applied.metadata.uid) {
    throw conflict(
      asResource(kind),
      key.name,
      `uid mismatch: the provided object specified uid ${applied.metadata.uid}, and no existing ` +
        "object was found",
    );
  }
  const wanted = applyPatch(kind.judge, undefined, applied, writer);
  const object = createObject(api, kind, key.namespace, wanted, { ...options, isOwned: true });
  return { object, isNew: true };
}

/** What is applied, with the name and namespace of its path. */
function readApplied(kind: ServedKind, key: ObjectKey, applied: JsonObject): KubeObject {
  const metadata = isJsonObject(applied.metadata) ? applied.metadata : {};
  const object = { ...applied, metadata } as unknown as KubeObject;
  if (object.kind !== kind.kind || object.apiVersion !== apiVersionOf(kind)) {
    throw badRequest(
      `failed to create manager for existing fields: invalid object type: ` +
        `${object.apiVersion}, Kind=${object.kind} is not ${apiVersionOf(kind)}, Kind=${kind.kind}`,
    );
  }
  if (object.metadata.name && object.metadata.name !== key.name) {
    throw badRequest(
      `the name of the object (${object.metadata.name}) does not match the name on the URL ` +
        `(${key.name})`,
    );
  }
  if (
    kind.isNamespaced && object.metadata.namespace && object.metadata.namespace !== key.namespace
  ) {
    throw badRequest(
      "the namespace of the provided object does not match the namespace sent on the request",
    );
  }
  return withMetadata(object, {
    name: key.name,
    ...(kind.isNamespaced && { namespace: key.namespace }),
  });
}

import type { JsonTexts } from "../bodies/json_text.ts";
import { readObjectBody } from "../bodies/read_body.ts";
import { chooseRepresentation, readFlag, readNumber } from "../bodies/representation.ts";
import type { Subresource } from "../judge.ts";
import { isJsonObject, type JsonObject, type KubeObject } from "../kube_object.ts";
import type { Api, ObjectKey, WriteOptions } from "../objects/api.ts";
import { deleteObject, type DeleteOptions } from "../objects/delete.ts";
import { patchObject } from "../objects/patch.ts";
import { findObjects, listObjects, readSelection, showObject } from "../objects/read.ts";
import { readScale, writeScale } from "../objects/scale.ts";
import type { WatchOptions } from "../objects/watch.ts";
import { createObject, readObject, updateObject } from "../objects/write.ts";
import { apiVersionOf, asResource, resourceOf, type ServedKind } from "../served_kind.ts";
import { badRequest, methodNotAllowed, StatusError, unknownPath } from "../status_error.ts";
import type { ResourceRequest } from "./request_info.ts";

/** A request about objects of a kind that is served. */
export interface Asked {
  readonly info: ResourceRequest;
  readonly kind: ServedKind;
  readonly query: URLSearchParams;
  readonly text: string;
  readonly contentType: string | null;
  readonly accept: string | null;
  readonly userAgent: string;
}

/** What is answered. */
export type Answer =
  | { readonly status: number; readonly json: string; readonly warnings: readonly string[] }
  | { readonly watch: WatchOptions };

/** Watches end after this long where nothing is asked. */
const WATCH_MS = 30 * 60_000;

/** Kinds of the server itself that may not be put without a version, and those made by a put. */
const VERSIONED = ["coordination.k8s.io/leases", "apiextensions.k8s.io/customresourcedefinitions"];
const MADE_BY_PUT = ["coordination.k8s.io/leases"];

const SCALE = { group: "autoscaling", version: "v1", kind: "Scale" };

/**
 * Does what a request about objects asks for.
 *
 * @throws StatusError where it is refused
 */
export function handleRequest(api: Api, texts: JsonTexts, asked: Asked): Answer {
  const { info, kind, query } = asked;
  const subresource = readSubresource(info, kind);
  const key = { namespace: kind.isNamespaced ? info.namespace : "", name: info.name };
  const representation = chooseRepresentation(asked.accept);
  const warnings: string[] = [];
  const answer = (status: number, json: string): Answer => ({ status, json, warnings });
  const show = (object: KubeObject) =>
    subresource === "scale"
      ? JSON.stringify(readScale(kind, object))
      : showObject(api, texts, kind, object, representation);
  const options = readWriteOptions(asked, (sentence) => warnings.push(sentence));

  switch (info.verb) {
    case "get":
      return answer(200, show(readObject(api, kind, key)));
    case "list":
      return answer(200, listObjects(api, texts, select(asked, key), query, representation));
    case "watch":
      return { watch: readWatch(asked, representation) };
    case "create": {
      if (info.name || (kind.isNamespaced && !info.namespace)) {
        throw methodNotAllowed(asResource(kind), "create");
      }
      const body = readObjectBody(asked.text, asked.contentType, kind);
      return answer(201, show(createObject(api, kind, key.namespace, body, options)));
    }
    case "update": {
      const { object, isNew } = putObject(api, asked, key, subresource, options);
      return answer(isNew ? 201 : 200, show(object));
    }
    case "patch": {
      const { object, isNew } = patchObject(api, kind, key, {
        text: asked.text,
        contentType: asked.contentType,
        subresource,
        isForced: readFlag(query, "force"),
        fieldManager: query.get("fieldManager") ?? undefined,
      }, options);
      return answer(isNew ? 201 : 200, show(object));
    }
    case "delete":
      return answer(
        200,
        JSON.stringify(deleteObject(api, kind, key, readDeleteOptions(asked))),
      );
    case "deletecollection":
      return answer(200, deleteAll(api, texts, asked, key));
  }
}

function readSubresource({ subresource }: ResourceRequest, kind: ServedKind): Subresource {
  if (subresource === "") return "";
  if (subresource === "status" && kind.judge.hasStatus) return "status";
  if (subresource === "scale" && kind.hasScale) return "scale";
  throw unknownPath();
}

function select({ kind, query, info }: Asked, { namespace }: ObjectKey) {
  if (!info.name) return readSelection(kind, namespace, query);
  const narrowed = new URLSearchParams(query);
  narrowed.set("fieldSelector", `metadata.name=${info.name}`);
  return readSelection(kind, namespace, narrowed);
}

/** Which objects a watch is about. */
export function selectWatched(asked: Asked) {
  const namespace = asked.kind.isNamespaced ? asked.info.namespace : "";
  return select(asked, { namespace, name: "" });
}

function readWatch(
  { query }: Asked,
  representation: WatchOptions["representation"],
): WatchOptions {
  const from = readNumber(query, "resourceVersion");
  const seconds = readNumber(query, "timeoutSeconds");
  return {
    ...(from !== undefined && { from }),
    hasBookmarks: readFlag(query, "allowWatchBookmarks"),
    sendsInitialEvents: readFlag(query, "sendInitialEvents"),
    timeoutMs: seconds ? seconds * 1000 : WATCH_MS,
    representation,
  };
}

function readWriteOptions(
  { query, userAgent }: Asked,
  warn: (sentence: string) => void,
): WriteOptions {
  const fieldValidation = query.get("fieldValidation") || "Warn";
  if (!["Ignore", "Warn", "Strict"].includes(fieldValidation)) {
    throw badRequest(`unsupported fieldValidation: ${fieldValidation}`);
  }
  return {
    manager: query.get("fieldManager") || (userAgent.split("/")[0] ?? "").slice(0, 128),
    isDryRun: query.get("dryRun") === "All",
    fieldValidation: fieldValidation as "Ignore" | "Warn" | "Strict",
    warn,
  };
}

/** Puts an object in the place of another; a few kinds are made by that too. */
function putObject(
  api: Api,
  { kind, text, contentType }: Asked,
  key: ObjectKey,
  subresource: Subresource,
  options: WriteOptions,
): { readonly object: KubeObject; readonly isNew: boolean } {
  const resource = resourceOf(kind);
  const isScale = subresource === "scale";
  const body = readObjectBody(text, contentType, isScale ? SCALE : kind);
  const isThere = api.store.get(resource, key.namespace, key.name) !== undefined;
  if (!isThere && MADE_BY_PUT.includes(resource)) {
    return { object: createObject(api, kind, key.namespace, body, options), isNew: true };
  }
  const change = (live: KubeObject) => isScale ? writeScale(kind, live, body) : body;
  const mustSayVersion = !isScale && (kind.isCustom || VERSIONED.includes(resource));
  const object = updateObject(api, kind, key, change, { ...options, subresource, mustSayVersion });
  return { object, isNew: false };
}

function readDeleteOptions({ text, query, contentType }: Asked): DeleteOptions {
  const type = { group: "", version: "v1", kind: "DeleteOptions" };
  const body: JsonObject = text === "" ? {} : readDeleteBody(text, contentType, type);
  const { propagationPolicy, orphanDependents, preconditions, dryRun } = {
    ...Object.fromEntries(query),
    ...body,
  } as Record<string, unknown>;
  const policy = propagationPolicy ??
    (orphanDependents === undefined
      ? undefined
      : [true, "true"].includes(orphanDependents as string | boolean)
      ? "Orphan"
      : "Background");
  return {
    ...(policy !== undefined && {
      propagationPolicy: policy as NonNullable<DeleteOptions["propagationPolicy"]>,
    }),
    ...(isJsonObject(preconditions) && { preconditions }),
    isDryRun: [dryRun].flat().includes("All"),
  };
}

/** Clients of groups of their own say their group's version in what they ask. */
function readDeleteBody(
  text: string,
  contentType: string | null,
  type: { readonly group: string; readonly version: string; readonly kind: string },
): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value) && (value.kind ?? type.kind) === type.kind) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return readObjectBody(text, contentType, type);
}

function deleteAll(api: Api, texts: JsonTexts, asked: Asked, key: ObjectKey): string {
  const { kind, query } = asked;
  if (kind.isNamespaced && key.namespace === "") {
    throw new StatusError(
      405,
      "MethodNotAllowed",
      "the server does not allow this method on the requested resource",
      {},
    );
  }
  const selection = readSelection(kind, key.namespace, query);
  const options = readDeleteOptions(asked);
  const objects = findObjects(api, selection, api.store.version);
  for (const { metadata } of objects) {
    deleteObject(api, kind, { namespace: key.namespace, name: metadata.name }, options);
  }
  const head = {
    kind: kind.listKind,
    apiVersion: apiVersionOf(kind),
    metadata: { resourceVersion: String(api.store.version) },
  };
  const items = objects.map((object) => texts.of(object)).join(",");
  return `${JSON.stringify(head).slice(0, -1)},"items":[${items}]}`;
}

import type { JsonTexts } from "../bodies/json_text.ts";
import { readNumber, type Representation } from "../bodies/representation.ts";
import { asPartial, type IncludeObject, makeTable } from "../bodies/table.ts";
import type { JsonObject, KubeObject } from "../kube_object.ts";
import { apiVersionOf, resourceOf, type ServedKind } from "../served_kind.ts";
import { badRequest, expired, tooLargeVersion } from "../status_error.ts";
import type { Api } from "./api.ts";
import { type Matches, parseFieldSelector, parseLabelSelector } from "./selectors.ts";

/** What a list or a watch is about. */
export interface Selection {
  readonly kind: ServedKind;
  /** Empty for all namespaces, and for what is in none. */
  readonly namespace: string;
  readonly matches: Matches;
  /** Whether it is narrowed at all. */
  readonly isNarrowed: boolean;
}

/** Reads which objects a list, a watch or a deletion of many is about. */
export function readSelection(
  kind: ServedKind,
  namespace: string,
  query: URLSearchParams,
): Selection {
  const labels = query.get("labelSelector");
  const fields = query.get("fieldSelector");
  const all = [
    ...(labels ? [parseLabelSelector(labels)] : []),
    ...(fields ? [parseFieldSelector(fields, kind.selectableFields)] : []),
  ];
  return {
    kind,
    namespace,
    matches: (object) => all.every((matches) => matches(object)),
    isNarrowed: all.length > 0,
  };
}

/**
 * The JSON of a list.
 *
 * @throws StatusError 410 or 504 for a version that is not known any more, or yet
 */
export function listObjects(
  api: Api,
  texts: JsonTexts,
  selection: Selection,
  query: URLSearchParams,
  representation: Representation,
): string {
  const { kind } = selection;
  const page = readPage(api, selection, query);
  const { items, ...rest } = page;
  const metadata = describePage(rest);
  switch (representation) {
    case "table":
      return JSON.stringify(
        makeTable(kind, items, metadata, {
          nowMs: api.nowMs(),
          includeObject: (query.get("includeObject") ?? "Metadata") as IncludeObject,
        }),
      );
    case "partial":
      return JSON.stringify({
        kind: "PartialObjectMetadataList",
        apiVersion: "meta.k8s.io/v1",
        metadata,
        items: items.map(asPartial),
      });
    case "object": {
      // Lists of kinds that were defined say that nothing is to come, too.
      const whole = kind.isCustom ? { continue: "", ...metadata } : metadata;
      const head = { apiVersion: apiVersionOf(kind), kind: kind.listKind, metadata: whole };
      // In a list, objects of the server's own kinds do not say of what kind they are.
      const list = items.map((item) => kind.isCustom ? texts.of(item) : texts.ofUntyped(item));
      return `${JSON.stringify(head).slice(0, -1)},"items":[${list.join(",")}]}`;
    }
  }
}

interface Page {
  readonly items: readonly KubeObject[];
  readonly version: number;
  readonly next?: string;
  readonly remaining?: number;
}

function describePage({ version, next, remaining }: Omit<Page, "items">): JsonObject {
  return {
    resourceVersion: String(version),
    ...(next && { continue: next }),
    ...(remaining && { remainingItemCount: remaining }),
  };
}

/** Where a list that comes in parts goes on. */
interface Continuation {
  readonly v: "meta.k8s.io/v1";
  readonly rv: number;
  /** The first key that is yet to come. */
  readonly start: string;
}

function readPage(api: Api, selection: Selection, query: URLSearchParams): Page {
  // Who takes any version is answered from memory, and whole.
  const limit = query.get("resourceVersion") === "0" ? 0 : readNumber(query, "limit") ?? 0;
  const token = query.get("continue");
  const begun = token ? parseContinuation(token) : undefined;
  const version = begun?.rv ?? chooseVersion(api, query);
  const all = findObjects(api, selection, version);
  const left = begun ? all.filter((object) => keyOf(selection, object) >= begun.start) : all;
  if (limit === 0 || left.length <= limit) return { items: left, version };
  const items = left.slice(0, limit);
  const start = `${keyOf(selection, items.at(-1) as KubeObject)}\u0000`;
  return {
    items,
    version,
    next: encodeContinuation({ v: "meta.k8s.io/v1", rv: version, start }),
    ...(!selection.isNarrowed && { remaining: left.length - limit }),
  };
}

function chooseVersion(api: Api, query: URLSearchParams): number {
  const current = api.store.version;
  const asked = readNumber(query, "resourceVersion") ?? 0;
  if (asked > current) throw tooLargeVersion(asked, current);
  return query.get("resourceVersionMatch") === "Exact" ? asked : current;
}

/** The objects that are asked for, as they were at a version. */
export function findObjects(api: Api, selection: Selection, version: number): KubeObject[] {
  const { kind, namespace, matches } = selection;
  const wanted = kind.isNamespaced && namespace === "" ? undefined : namespace;
  const list = api.store.listAt(resourceOf(kind), version, wanted);
  if (!list) {
    throw expired(
      "The provided continue parameter or resourceVersion is too old to display a consistent " +
        "list result. You can start a new list without the continue parameter.",
    );
  }
  return selection.isNarrowed ? list.filter(matches) : list;
}

function keyOf({ namespace }: Selection, { metadata }: KubeObject): string {
  return namespace || !metadata.namespace
    ? `/${metadata.name}`
    : `/${metadata.namespace}/${metadata.name}`;
}

function encodeContinuation(continuation: Continuation): string {
  return btoa(JSON.stringify(continuation)).replaceAll("=", "");
}

function parseContinuation(token: string): Continuation {
  try {
    return JSON.parse(atob(token)) as Continuation;
  } catch {
    throw badRequest("continue key is not valid: encoded continue key is not valid");
  }
}

/** One object, in the form that is asked for. */
export function showObject(
  api: Api,
  texts: JsonTexts,
  kind: ServedKind,
  object: KubeObject,
  representation: Representation,
): string {
  if (representation === "object") return texts.of(object);
  if (representation === "partial") return texts.of(asPartial(object));
  const { resourceVersion = "" } = object.metadata;
  return JSON.stringify(makeTable(kind, [object], { resourceVersion }, { nowMs: api.nowMs() }));
}

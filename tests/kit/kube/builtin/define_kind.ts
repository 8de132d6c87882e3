import type { BuiltinKind, Judge, Subresource } from "../judge.ts";
import { isJsonObject, type JsonObject, type KubeObject } from "../kube_object.ts";
import { badRequest, type StatusCause } from "../status_error.ts";
import { decodeGo } from "./decode_go.ts";
import { all, blankOf, type GoType, mergeTypeOf, struct, text } from "./go_type.ts";
import { metadataType } from "./types/metadata_type.ts";

/** What sets one built-in kind apart from the others. */
export interface KindRules {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly shortNames?: readonly string[];
  readonly subresources?: readonly ("status" | "scale")[];
  /** Whether its objects are in no namespace. */
  readonly isOfCluster?: boolean;
  /** The fields of its objects, beside those that all objects have. */
  readonly parts: Readonly<Record<string, GoType>>;
  /** Fills in what was not said. */
  readonly setDefaults?: (object: KubeObject) => KubeObject;
  /** What the server itself makes of a new object. */
  readonly begin?: (object: KubeObject) => KubeObject;
  /** What is wrong with an object. */
  readonly check?: (object: KubeObject, old: KubeObject | undefined) => StatusCause[];
}

/** Makes a kind of its rules. */
export function defineKind(rules: KindRules): BuiltinKind {
  const { group, version, kind, subresources = [], parts } = rules;
  const type = struct(kind, {
    ...all(text, "apiVersion", "kind"),
    metadata: metadataType,
    ...parts,
  }, {
    always: ["metadata", ...["spec", "status"].filter((part) => parts[part]?.is === "struct")],
  });
  const hasStatus = subresources.includes("status");
  const { setDefaults = (object) => object, begin = (object) => object } = rules;
  const judge: Judge = {
    group,
    version,
    kind,
    type: mergeTypeOf(type),
    blank: blankOf(type),
    hasStatus,

    decode(body, fieldValidation) {
      const { value, unknown } = decodeGo(type, body, { kind, version });
      const warnings = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
      if (fieldValidation === "Strict" && warnings.length > 0) {
        throw badRequest(
          `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ` +
            `strict decoding error: ${warnings.join(", ")}`,
        );
      }
      return {
        object: setDefaults(value as unknown as KubeObject),
        warnings: fieldValidation === "Warn" ? warnings : [],
      };
    },

    prepare(object, old, subresource) {
      const blank = isJsonObject(judge.blank.status) ? judge.blank.status : undefined;
      const kept = hasStatus ? keepParts(object, old, subresource, blank) : object;
      return old ? kept : begin(kept);
    },

    validate: (object, old) => rules.check?.(object, old) ?? [],
  };
  return {
    plural: rules.plural,
    singular: kind.toLowerCase(),
    isNamespaced: !rules.isOfCluster,
    shortNames: rules.shortNames ?? [],
    subresources,
    judge,
  };
}

/** By the path of the status only that changes, and annotations; by the object's own, all but that. */
function keepParts(
  object: KubeObject,
  old: KubeObject | undefined,
  subresource: Subresource,
  blank: JsonObject | undefined,
): KubeObject {
  if (subresource !== "status" || !old) return { ...object, status: old?.status ?? blank };
  const { labels: _, ...metadata } = object.metadata;
  const { labels } = old.metadata;
  return { ...old, metadata: { ...metadata, ...(labels && { labels }) }, status: object.status };
}

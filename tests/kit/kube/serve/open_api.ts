import type { Kinds } from "../kinds.ts";
import type { JsonObject } from "../kube_object.ts";
import { apiVersionOf, type ServedKind } from "../served_kind.ts";

/**
 * As much of the OpenAPI document as `kubectl` reads before it applies: that the server itself
 * checks fields.
 *
 * @param path such as `/openapi/v3` or `/openapi/v3/apis/apps/v1`
 * @returns nothing where the path names a group that is not there
 */
export function describeOpenApi(kinds: Kinds, path: string): JsonObject | undefined {
  const root = "/openapi/v3";
  if (path === root || path === `${root}/`) {
    const groups = new Set(kinds.all.map(pathOf));
    const link = (group: string) => [group, { serverRelativeURL: `${root}/${group}` }];
    return { paths: Object.fromEntries([...groups].map(link)) };
  }
  const served = kinds.all.filter((kind) => path === `${root}/${pathOf(kind)}`);
  if (served.length === 0) return undefined;
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: "v1.36.2" },
    paths: Object.fromEntries(served.map((kind) => [pathOfObjects(kind), describePaths(kind)])),
    components: { schemas: {} },
  };
}

function pathOf(kind: ServedKind): string {
  return kind.group ? `apis/${apiVersionOf(kind)}` : `api/${kind.version}`;
}

function pathOfObjects(kind: ServedKind): string {
  const inNamespace = kind.isNamespaced ? "/namespaces/{namespace}" : "";
  return `/${pathOf(kind)}${inNamespace}/${kind.plural}/{name}`;
}

function describePaths({ group, version, kind }: ServedKind): JsonObject {
  const parameter = (name: string) => ({
    name,
    in: "query",
    schema: { type: "string", uniqueItems: true },
  });
  return {
    patch: {
      parameters: ["dryRun", "fieldManager", "fieldValidation", "force"].map(parameter),
      responses: {},
      "x-kubernetes-action": "patch",
      "x-kubernetes-group-version-kind": { group, version, kind },
    },
  };
}

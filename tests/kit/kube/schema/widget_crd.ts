import type { JsonObject, KubeObject } from "../kube_object.ts";
import type { JsonSchema } from "./json_schema.ts";

/**
 * The definition of a kind for tests of schemas: `Widget` of `example.io/v1`.
 *
 * @param openAPIV3Schema what a widget is
 * @param more what else its version says, such as `subresources`
 */
export function widgetCrd(openAPIV3Schema: JsonSchema, more: JsonObject = {}): KubeObject {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.io" },
    spec: {
      group: "example.io",
      scope: "Namespaced",
      names: { kind: "Widget", plural: "widgets" },
      versions: [{ name: "v1", served: true, storage: true, ...more, schema: { openAPIV3Schema } }],
    },
  };
}

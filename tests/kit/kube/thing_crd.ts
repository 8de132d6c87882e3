import type { NewObject } from "./client/kube_ref.ts";

/** A kind for tests of the server itself: things with a status. */
export const thingCrd: NewObject = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "things.example.io" },
  spec: {
    group: "example.io",
    scope: "Namespaced",
    names: { plural: "things", singular: "thing", kind: "Thing" },
    versions: [{
      name: "v1",
      served: true,
      storage: true,
      subresources: { status: {} },
      schema: {
        openAPIV3Schema: {
          type: "object",
          properties: {
            spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
            status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
          },
        },
      },
    }],
  },
};

/** The type of things in a namespace. */
export function thingsIn(
  namespace: string,
): { readonly apiVersion: string; readonly kind: string; readonly namespace: string } {
  return { apiVersion: "example.io/v1", kind: "Thing", namespace };
}

/** A thing that is to be made. */
export function newThing(
  namespace: string,
  name: string,
  metadata: Readonly<Record<string, unknown>> = {},
): NewObject {
  const { apiVersion, kind } = thingsIn(namespace);
  return { apiVersion, kind, metadata: { name, namespace, ...metadata }, spec: { size: 1 } };
}

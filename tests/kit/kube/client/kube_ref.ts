import type { KubeObject } from "../kube_object.ts";

/** What kind of objects, and where. */
export interface KubeType {
  readonly apiVersion: string;
  readonly kind: string;
  /** Nothing for all namespaces, and for what is in none. */
  readonly namespace?: string;
}

/** One object. */
export interface KubeRef extends KubeType {
  readonly name: string;
}

/** An object that is to be made; the server may have to make up its name. */
export interface NewObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name?: string;
    readonly generateName?: string;
    readonly namespace?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** Which object an object is. */
export function refOf({ apiVersion, kind, metadata }: NewObject | KubeObject): KubeRef {
  const { name = "", namespace } = metadata;
  return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
}

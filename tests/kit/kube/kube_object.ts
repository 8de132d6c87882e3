/** A JSON object: what the API server takes and gives. */
export type JsonObject = { readonly [field: string]: unknown };

/** Who must be there for an object to stay. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** What every object says of itself. */
export interface KubeMetadata {
  readonly name: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly JsonObject[];
}

/** An object of any kind. It is never changed: a change makes another one. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: KubeMetadata;
  readonly [field: string]: unknown;
}

/** Whether a value is a JSON object, and no list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object with some of its metadata changed; `undefined` removes a field. */
export function withMetadata(object: KubeObject, change: Partial<KubeMetadata>): KubeObject {
  const metadata: Record<string, unknown> = { ...object.metadata, ...change };
  for (const [field, value] of Object.entries(metadata)) {
    if (value === undefined) delete metadata[field];
  }
  return { ...object, metadata: metadata as unknown as KubeMetadata };
}

/** Whether two JSON values say the same; the order of fields says nothing. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one)) {
    return Array.isArray(other) && one.length === other.length &&
      one.every((item, at) => isSame(item, other[at]));
  }
  if (!isJsonObject(one) || !isJsonObject(other)) return false;
  const fields = Object.keys(one);
  return fields.length === Object.keys(other).length &&
    fields.every((field) => field in other && isSame(one[field], other[field]));
}

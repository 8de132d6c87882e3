import { isJsonObject, type JsonObject, type KubeObject, withMetadata } from "../kube_object.ts";
import { decodeFields, encodeFields, type FieldSet, fieldsOfPaths, isNone } from "./field_set.ts";

/** What one manager owns by one way of writing. */
export interface Manager {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fields: FieldSet;
}

/** Managers by what tells them apart. */
export type Managers = ReadonlyMap<string, Manager>;

/** Who it is: whoever applies is the same in all versions of a kind. */
export function identify(manager: Omit<Manager, "fields" | "time">): string {
  const apiVersion = manager.operation === "Apply" ? "" : manager.apiVersion;
  return JSON.stringify([
    manager.manager,
    manager.operation,
    apiVersion,
    manager.subresource ?? "",
  ]);
}

/** Reads `managedFields`. */
export function decodeManagers(managedFields: readonly JsonObject[] | undefined): Managers {
  const managers = (managedFields ?? []).map((entry): Manager => ({
    manager: String(entry.manager ?? ""),
    operation: entry.operation === "Apply" ? "Apply" : "Update",
    apiVersion: String(entry.apiVersion ?? ""),
    ...(entry.subresource ? { subresource: String(entry.subresource) } : {}),
    ...(entry.time ? { time: String(entry.time) } : {}),
    fields: decodeFields(entry.fieldsV1),
  }));
  return new Map(managers.map((manager) => [identify(manager), manager]));
}

/** An object with `managedFields` that say who owns what; those who own nothing are left out. */
export function withManagers(object: KubeObject, managers: Managers): KubeObject {
  const entries = [...managers.values()].filter(({ fields }) => !isNone(fields))
    .toSorted(compareManagers);
  return withMetadata(object, {
    managedFields: entries.length === 0 ? undefined : entries.map((manager) => ({
      manager: manager.manager,
      operation: manager.operation,
      apiVersion: manager.apiVersion,
      ...(manager.time && { time: manager.time }),
      fieldsType: "FieldsV1",
      fieldsV1: encodeFields(manager.fields),
      ...(manager.subresource && { subresource: manager.subresource }),
    })),
  });
}

/** Those who apply first; then by time, and by name within a second. */
function compareManagers(one: Manager, other: Manager): number {
  const sortKey = ({ operation, time = "", manager, apiVersion, subresource = "" }: Manager) => [
    operation,
    time,
    manager,
    apiVersion,
    subresource,
  ];
  const [ours, theirs] = [sortKey(one), sortKey(other)];
  const at = ours.findIndex((part, index) => part !== theirs[index]);
  if (at === -1) return 0;
  return (ours[at] ?? "") < (theirs[at] ?? "") ? -1 : 1;
}

/** What the server itself writes of an object, which nobody owns. */
export const UNOWNED: FieldSet = fieldsOfPaths([
  ["f:apiVersion"],
  ["f:kind"],
  ["f:metadata"],
  ...[
    "name",
    "namespace",
    "creationTimestamp",
    "selfLink",
    "uid",
    "clusterName",
    "generation",
    "managedFields",
    "resourceVersion",
  ].map((field) => ["f:metadata", `f:${field}`]),
]);

/** An object without `managedFields`. */
export function withoutManagers(object: KubeObject): KubeObject {
  return isJsonObject(object.metadata)
    ? withMetadata(object, { managedFields: undefined })
    : object;
}

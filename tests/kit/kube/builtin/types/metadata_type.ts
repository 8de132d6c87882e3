import { all, bool, int64, keyed, list, map, set, struct, text, time, whole } from "../go_type.ts";

const ownerReference = whole(struct("OwnerReference", {
  ...all(text, "apiVersion", "kind", "name", "uid"),
  ...all(bool, "controller", "blockOwnerDeletion"),
}));

const managedFieldsEntry = struct("ManagedFieldsEntry", {
  ...all(text, "manager", "operation", "apiVersion", "fieldsType", "subresource"),
  time,
  fieldsV1: { is: "any" },
});

/** What every object says of itself. */
export const metadataType = struct("ObjectMeta", {
  ...all(text, "name", "generateName", "namespace", "selfLink", "uid", "resourceVersion"),
  ...all(int64, "generation", "deletionGracePeriodSeconds"),
  ...all(time, "creationTimestamp", "deletionTimestamp"),
  ...all(map(text), "labels", "annotations"),
  ownerReferences: keyed(ownerReference, ["uid"]),
  finalizers: set(text),
  managedFields: list(managedFieldsEntry),
});

/** One of the conditions of an object. */
export const conditionType = struct("Condition", {
  ...all(text, "type", "status", "reason", "message"),
  observedGeneration: int64,
  ...all(time, "lastTransitionTime", "lastUpdateTime", "lastProbeTime", "lastHeartbeatTime"),
});

/** Which objects are meant, by their labels. */
export const labelSelectorType = whole(struct("LabelSelector", {
  matchLabels: map(text),
  matchExpressions: list(struct("LabelSelectorRequirement", {
    ...all(text, "key", "operator"),
    values: list(text),
  })),
}));

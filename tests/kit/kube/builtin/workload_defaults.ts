import type { JsonObject, KubeObject } from "../kube_object.ts";
import { setPodDefaults, setTemplateDefaults } from "./pod_defaults.ts";

/** Fills in what a Deployment does not say. */
export function setDeploymentDefaults(object: KubeObject): KubeObject {
  const spec = object.spec as JsonObject;
  const strategy: JsonObject = { type: "RollingUpdate", ...spec.strategy as JsonObject };
  const rollingUpdate = {
    maxUnavailable: "25%",
    maxSurge: "25%",
    ...strategy.rollingUpdate as JsonObject | undefined,
  };
  return {
    ...object,
    spec: {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...spec,
      template: setTemplateDefaults(spec.template),
      strategy: { ...strategy, ...(strategy.type === "RollingUpdate" && { rollingUpdate }) },
    },
  };
}

/** Fills in what a StatefulSet does not say. */
export function setStatefulSetDefaults(object: KubeObject): KubeObject {
  const spec = object.spec as JsonObject & { readonly volumeClaimTemplates?: JsonObject[] };
  const strategy: JsonObject = { type: "RollingUpdate", ...spec.updateStrategy as JsonObject };
  const rollingUpdate = { partition: 0, ...strategy.rollingUpdate as JsonObject | undefined };
  const claims = spec.volumeClaimTemplates?.map((claim) => ({
    ...setClaimDefaults(claim as KubeObject),
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
  }));
  return {
    ...object,
    status: { replicas: 0, availableReplicas: 0, ...object.status as JsonObject },
    spec: {
      replicas: 1,
      podManagementPolicy: "OrderedReady",
      revisionHistoryLimit: 10,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      ...spec,
      template: setTemplateDefaults(spec.template),
      ...(claims && { volumeClaimTemplates: claims }),
      updateStrategy: { ...strategy, ...(strategy.type === "RollingUpdate" && { rollingUpdate }) },
    },
  };
}

/** Fills in what a Job does not say. */
export function setJobDefaults(object: KubeObject): KubeObject {
  const spec = object.spec as JsonObject & { readonly template: KubeObject };
  const isCounted = spec.completions !== undefined || spec.parallelism !== undefined;
  const { labels = spec.template.metadata.labels } = object.metadata;
  return {
    ...object,
    metadata: { ...object.metadata, ...(labels && { labels }) },
    spec: {
      ...(isCounted ? { parallelism: 1 } : { completions: 1, parallelism: 1 }),
      backoffLimit: 6,
      completionMode: "NonIndexed",
      suspend: false,
      podReplacementPolicy: spec.podFailurePolicy ? "Failed" : "TerminatingOrFailed",
      ...spec,
      template: setTemplateDefaults(spec.template),
    },
  };
}

/** Gives a new Job the labels by which it finds its pods. */
export function beginJob(object: KubeObject): KubeObject {
  const spec = object.spec as JsonObject & { readonly template: KubeObject };
  const { uid = "", name } = object.metadata;
  if (spec.manualSelector) return object;
  const { metadata, ...template } = spec.template;
  const labels = {
    ...metadata.labels,
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": name,
    "controller-uid": uid,
    "job-name": name,
  };
  const selector = { matchLabels: { "batch.kubernetes.io/controller-uid": uid } };
  return {
    ...object,
    spec: { ...spec, selector, template: { ...template, metadata: { ...metadata, labels } } },
  };
}

/** Fills in what a claim does not say. */
export function setClaimDefaults(object: KubeObject): KubeObject {
  return {
    ...object,
    spec: { volumeMode: "Filesystem", ...object.spec as JsonObject },
    status: { phase: "Pending", ...object.status as JsonObject },
  };
}

/** Fills in what a Pod does not say. */
export function setSinglePodDefaults(object: KubeObject): KubeObject {
  const spec = { enableServiceLinks: true, ...setPodDefaults(object.spec as JsonObject) };
  return { ...object, spec };
}

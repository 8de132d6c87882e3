import {
  all,
  any,
  bool,
  count,
  type GoStruct,
  type GoType,
  int32,
  int64,
  intOrString,
  keyed,
  list,
  map,
  quantity,
  set,
  struct,
  text,
  time,
  whole,
} from "../go_type.ts";
import { conditionType, labelSelectorType, metadataType } from "./metadata_type.ts";
import { podTemplateType } from "./pod_type.ts";
import { claimSpecType } from "./volume_type.ts";

/** How many of its pods there are, are ready, and are of the last template. */
const replicaCounts = all(
  count,
  ...["replicas", "readyReplicas", "availableReplicas", "updatedReplicas", "unavailableReplicas"],
  ...["currentReplicas"],
);

/** The list of an object's conditions, one of each type. */
export const conditionsType = keyed(conditionType, ["type"]);

/** What every workload says of how it is. */
const status = (name: string, fields: Readonly<Record<string, GoType>>, always: string[] = []) =>
  struct(name, { observedGeneration: int64, conditions: conditionsType, ...fields }, { always });

/** A Deployment's `spec` and `status`. */
export const deploymentParts = {
  spec: struct("DeploymentSpec", {
    ...all(int32, "replicas", "revisionHistoryLimit", "progressDeadlineSeconds"),
    minReadySeconds: count,
    selector: labelSelectorType,
    template: podTemplateType,
    strategy: struct("DeploymentStrategy", {
      type: text,
      rollingUpdate: struct(
        "RollingUpdateDeployment",
        all(intOrString, "maxSurge", "maxUnavailable"),
      ),
    }),
    paused: { is: "bool", isPlain: true },
  }, { always: ["template", "strategy"], nulls: ["selector"] }),
  status: status("DeploymentStatus", {
    ...replicaCounts,
    ...all(int32, "terminatingReplicas", "collisionCount"),
  }),
} satisfies Record<string, GoStruct>;

/** The claims that a StatefulSet makes for each pod. */
export const claimParts = {
  spec: claimSpecType,
  status: struct("PersistentVolumeClaimStatus", {
    phase: text,
    accessModes: list(text),
    ...all(map(quantity), "capacity", "allocatedResources"),
    allocatedResourceStatuses: map(text),
    ...all(text, "currentVolumeAttributesClassName"),
    modifyVolumeStatus: any,
    conditions: conditionsType,
  }),
} satisfies Record<string, GoStruct>;

const claim = struct("PersistentVolumeClaim", {
  ...all(text, "apiVersion", "kind"),
  metadata: metadataType,
  ...claimParts,
}, { always: ["metadata", "spec", "status"] });

/** A StatefulSet's `spec` and `status`. */
export const statefulSetParts = {
  spec: struct("StatefulSetSpec", {
    ...all(int32, "replicas", "revisionHistoryLimit"),
    minReadySeconds: count,
    selector: labelSelectorType,
    template: podTemplateType,
    ...all(text, "serviceName", "podManagementPolicy"),
    volumeClaimTemplates: list(claim),
    updateStrategy: struct("StatefulSetUpdateStrategy", {
      type: text,
      rollingUpdate: struct("RollingUpdateStatefulSetStrategy", {
        partition: int32,
        maxUnavailable: intOrString,
      }),
    }),
    persistentVolumeClaimRetentionPolicy: struct(
      "StatefulSetPersistentVolumeClaimRetentionPolicy",
      all(text, "whenDeleted", "whenScaled"),
    ),
    ordinals: struct("StatefulSetOrdinals", { start: int32 }),
  }, { always: ["template", "updateStrategy"], nulls: ["selector"] }),
  status: status("StatefulSetStatus", {
    ...replicaCounts,
    // These two are said even where there are none.
    ...all(int32, "replicas", "availableReplicas"),
    ...all(text, "currentRevision", "updateRevision"),
    collisionCount: int32,
  }),
} satisfies Record<string, GoStruct>;

/** A Job's `spec` and `status`. */
export const jobParts = {
  spec: struct("JobSpec", {
    ...all(int32, "parallelism", "completions", "backoffLimit", "backoffLimitPerIndex"),
    ...all(int32, "maxFailedIndexes", "ttlSecondsAfterFinished"),
    activeDeadlineSeconds: int64,
    ...all(text, "completionMode", "podReplacementPolicy", "managedBy"),
    ...all(bool, "manualSelector", "suspend"),
    selector: labelSelectorType,
    template: podTemplateType,
    podFailurePolicy: any,
    successPolicy: any,
  }, { always: ["template"] }),
  status: status("JobStatus", {
    ...all(time, "startTime", "completionTime"),
    ...all(count, "active", "succeeded", "failed"),
    ...all(int32, "ready", "terminating"),
    ...all(text, "completedIndexes", "failedIndexes"),
    conditions: list(conditionType),
    uncountedTerminatedPods: struct(
      "UncountedTerminatedPods",
      all(set(text), "succeeded", "failed"),
    ),
  }),
} satisfies Record<string, GoStruct>;

const metricTarget = struct("MetricTarget", {
  type: text,
  ...all(quantity, "value", "averageValue"),
  averageUtilization: int32,
});
const scalingRules = struct("HPAScalingRules", {
  stabilizationWindowSeconds: int32,
  selectPolicy: text,
  tolerance: quantity,
  policies: list(struct("HPAScalingPolicy", {
    type: text,
    ...all(int32, "value", "periodSeconds"),
  })),
});

/** A HorizontalPodAutoscaler's `spec` and `status`. */
export const autoscalerParts = {
  spec: struct("HorizontalPodAutoscalerSpec", {
    scaleTargetRef: whole(
      struct("CrossVersionObjectReference", all(text, "apiVersion", "kind", "name")),
    ),
    ...all(int32, "minReplicas", "maxReplicas"),
    metrics: list(struct("MetricSpec", {
      type: text,
      resource: struct("ResourceMetricSource", { name: text, target: metricTarget }),
      containerResource: struct("ContainerResourceMetricSource", {
        ...all(text, "name", "container"),
        target: metricTarget,
      }),
      ...all(any, "object", "pods", "external"),
    })),
    behavior: struct("HorizontalPodAutoscalerBehavior", all(scalingRules, "scaleUp", "scaleDown")),
  }, { always: ["scaleTargetRef"] }),
  status: status("HorizontalPodAutoscalerStatus", {
    ...all(int32, "currentReplicas", "desiredReplicas"),
    lastScaleTime: time,
    currentMetrics: any,
  }),
} satisfies Record<string, GoStruct>;

/** A PodDisruptionBudget's `spec` and `status`. */
export const disruptionParts = {
  spec: struct("PodDisruptionBudgetSpec", {
    ...all(intOrString, "minAvailable", "maxUnavailable"),
    selector: labelSelectorType,
    unhealthyPodEvictionPolicy: text,
  }),
  status: status("PodDisruptionBudgetStatus", {
    ...all(int32, "disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"),
    disruptedPods: map(time),
  }),
} satisfies Record<string, GoStruct>;

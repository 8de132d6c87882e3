import { type JsonObject, type KubeObject, withMetadata } from "../kube_object.ts";
import { type Api, stampTime } from "../objects/api.ts";
import { updateObject } from "../objects/write.ts";
import type { Later } from "./later.ts";

const MANAGER = "kube-controller-manager";

/**
 * Says of workloads what their controllers say in a cluster without nodes: that pods were made, and
 * none is ready. It speaks once for each generation, so that a test can say more.
 *
 * @returns ends that
 */
export function runWorkloads(api: Api, later: Later): () => void {
  return api.store.listen(({ type, resource, object }) => {
    if (type === "DELETED" || !(resource in describe)) return;
    const { namespace = "", name } = object.metadata;
    later.put(`run ${resource} ${namespace}/${name}`, () => run(api, resource, namespace, name));
  });
}

/** What a controller writes. */
interface Word {
  readonly status: JsonObject;
  readonly annotations?: Readonly<Record<string, string>>;
}

const describe: Readonly<Record<string, (object: KubeObject, now: string) => Word>> = {
  "apps/deployments": describeDeployment,
  "apps/statefulsets": describeStatefulSet,
  "batch/jobs": describeJob,
};

function run(api: Api, resource: string, namespace: string, name: string): void {
  const live = api.store.get(resource, namespace, name);
  const [group = "", plural = ""] = resource.split("/");
  const kind = api.kinds.find(group, "v1", plural);
  if (!live || !kind || live.metadata.deletionTimestamp || isDescribed(live)) return;
  const word = describe[resource]?.(live, stampTime(api.nowMs()));
  if (!word) return;
  updateObject(
    api,
    kind,
    { namespace, name },
    (object) =>
      withMetadata({ ...object, status: word.status }, {
        ...(word.annotations && {
          annotations: { ...object.metadata.annotations, ...word.annotations },
        }),
      }),
    { manager: MANAGER, subresource: "status" },
  );
}

/** Jobs do not say which generation they speak of: they are spoken of once. */
function isDescribed({ kind, metadata, status }: KubeObject): boolean {
  const said = (status ?? {}) as { readonly observedGeneration?: number; startTime?: string };
  return kind === "Job"
    ? said.startTime !== undefined
    : said.observedGeneration === metadata.generation;
}

function describeDeployment({ metadata, spec }: KubeObject, now: string): Word {
  const { replicas = 1 } = spec as { readonly replicas?: number };
  const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    lastUpdateTime: now,
    lastTransitionTime: now,
    reason,
    message,
  });
  const isNone = replicas === 0;
  return {
    annotations: { "deployment.kubernetes.io/revision": "1" },
    status: {
      observedGeneration: metadata.generation,
      ...(!isNone && { replicas, updatedReplicas: replicas, unavailableReplicas: replicas }),
      terminatingReplicas: 0,
      conditions: [
        isNone
          ? condition(
            "Available",
            "True",
            "MinimumReplicasAvailable",
            "Deployment has minimum availability.",
          )
          : condition(
            "Available",
            "False",
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.",
          ),
        condition(
          "Progressing",
          "True",
          isNone ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
          `ReplicaSet "${metadata.name}-${hashOf(spec)}" ` +
            (isNone ? "has successfully progressed." : "is progressing."),
        ),
      ],
    },
  };
}

function describeStatefulSet({ metadata, spec }: KubeObject): Word {
  const { replicas = 1 } = spec as { readonly replicas?: number };
  const revision = `${metadata.name}-${hashOf(spec)}`;
  return {
    status: {
      observedGeneration: metadata.generation,
      replicas: Math.min(replicas, 1),
      ...(replicas > 0 && { currentReplicas: 1, updatedReplicas: 1 }),
      currentRevision: revision,
      updateRevision: revision,
      collisionCount: 0,
      availableReplicas: 0,
    },
  };
}

function describeJob({ spec }: KubeObject, now: string): Word {
  const { parallelism = 1 } = spec as { readonly parallelism?: number };
  return {
    status: {
      startTime: now,
      active: parallelism,
      terminating: 0,
      uncountedTerminatedPods: {},
      ready: 0,
    },
  };
}

/** A short name for a pod template: other templates have others. */
function hashOf(spec: unknown): string {
  const { template } = spec as { readonly template?: unknown };
  let hash = 2166136261;
  for (const character of JSON.stringify(template)) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 16777619) >>> 0;
  }
  return hash.toString(16);
}

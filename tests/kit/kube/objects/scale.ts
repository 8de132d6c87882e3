import { findByPath, setByPath } from "../bodies/json_path.ts";
import type { KubeObject } from "../kube_object.ts";
import type { ScalePaths, ServedKind } from "../served_kind.ts";
import { internalError } from "../status_error.ts";

/** Where the server's own kinds keep it. */
const OWN_PATHS: ScalePaths = {
  specReplicasPath: ".spec.replicas",
  statusReplicasPath: ".status.replicas",
};

/**
 * How many of it are wished and there: what a scaler reads and writes.
 *
 * @throws StatusError 500 where it does not say how many are wished
 */
export function readScale(kind: ServedKind, object: KubeObject): KubeObject {
  const paths = kind.scalePaths ?? OWN_PATHS;
  const [replicas] = findByPath(object, paths.specReplicasPath);
  if (replicas === undefined) {
    const path = JSON.stringify(paths.specReplicasPath);
    throw internalError(`the spec replicas field ${path} does not exist`);
  }
  const selector = kind.scalePaths
    ? findByPath(object, kind.scalePaths.labelSelectorPath ?? "")[0]
    : describeSelector(object);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(creationTimestamp !== undefined && { creationTimestamp }),
    },
    // What is zero is not said.
    spec: { ...(replicas !== 0 && { replicas }) },
    status: {
      replicas: findByPath(object, paths.statusReplicasPath)[0] ?? 0,
      ...(typeof selector === "string" && selector !== "" && { selector }),
    },
  };
}

/** The object with as many of it wished as a scale says. */
export function writeScale(kind: ServedKind, object: KubeObject, scale: KubeObject): KubeObject {
  const { replicas = 0 } = (scale.spec ?? {}) as { readonly replicas?: number };
  const path = (kind.scalePaths ?? OWN_PATHS).specReplicasPath;
  const { uid, resourceVersion } = scale.metadata;
  const written = setByPath(object, path, replicas);
  return {
    ...written,
    metadata: {
      ...written.metadata,
      ...(uid !== undefined && { uid }),
      resourceVersion: resourceVersion ?? object.metadata.resourceVersion ?? "",
    },
  };
}

function describeSelector({ spec }: KubeObject): string {
  const { selector } = (spec ?? {}) as {
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  };
  return Object.entries(selector?.matchLabels ?? {}).sort()
    .map(([key, value]) => `${key}=${value}`).join(",");
}

import type { KubeObject } from "../actor/kube_object.ts";
import type { Platform } from "./platform.ts";
import { namespaceLabels, RUNTIME_LABEL } from "./names.ts";

/** What a ConfigMap may hold in all: the API server takes no larger one. */
const MAX_BYTES = 1_048_576;

/**
 * The name of the ConfigMap with the runtime.
 *
 * @param platform of which version
 */
export function runtimeConfigMapName(platform: Platform): string {
  return `asya-runtime-${platform.runtimeHash}`;
}

/**
 * The runtime's files for the pods of a namespace. Its name has the hash of what is in it, so that
 * it never changes, and that the pods of another version have another one.
 *
 * @param namespace where pods mount it
 * @param platform the runtime's files
 * @throws RangeError when the files are more than a ConfigMap holds
 */
export function runtimeConfigMap(namespace: string, platform: Platform): KubeObject {
  const bytes = bytesOf(platform.runtimeFiles);
  if (bytes >= MAX_BYTES) {
    throw new RangeError(`the runtime is ${bytes} bytes; allowed: fewer than ${MAX_BYTES}`);
  }
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: runtimeConfigMapName(platform),
      namespace,
      labels: namespaceLabels({ [RUNTIME_LABEL]: platform.runtimeHash }),
    },
    immutable: true,
    data: platform.runtimeFiles,
  };
}

function bytesOf(files: Readonly<Record<string, string>>): number {
  const encoder = new TextEncoder();
  return Object.entries(files).reduce(
    (sum, [name, text]) => sum + encoder.encode(name).length + encoder.encode(text).length,
    0,
  );
}

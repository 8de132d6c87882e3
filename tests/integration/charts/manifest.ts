import { parseAllDocuments } from "yaml";

/** One variable of a container. */
export interface ManifestVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
    /** What the kubelet says of the pod. */
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

/** What tests read of a container. */
export interface ManifestContainer {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly ManifestVariable[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** What tests read of a pod. */
export interface ManifestPod {
  readonly containers: readonly ManifestContainer[];
  readonly initContainers?: readonly ManifestContainer[];
  readonly volumes?: readonly Readonly<Record<string, unknown> & { name: string }>[];
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** What tests read of `spec`, whatever the kind. */
export interface ManifestSpec {
  readonly selector?: Readonly<Record<string, unknown>>;
  readonly template?: {
    readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
    readonly spec: ManifestPod;
  };
  readonly [field: string]: unknown;
}

/** An object of Kubernetes as a chart renders it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: ManifestSpec;
  readonly data?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** A pod that a manifest makes, with the labels by which it is found. */
export interface PlacedPod {
  /** Whose it is, for messages. */
  readonly of: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly pod: ManifestPod;
}

/**
 * Reads what `helm template` printed.
 *
 * @param text documents of YAML
 * @throws Error for what is no YAML, or has a key twice
 */
export function readManifests(text: string): Manifest[] {
  return parseAllDocuments(text, { uniqueKeys: true }).flatMap((document) => {
    const [problem] = document.errors;
    if (problem) throw problem;
    const manifest: Manifest | null = document.toJS();
    return manifest === null ? [] : [manifest];
  });
}

/** What people call an object. */
export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.name}`;
}

/**
 * Every pod that objects make by themselves; those of actors are made by the operator.
 *
 * @param manifests a chart's objects
 */
export function podsOf(manifests: readonly Manifest[]): PlacedPod[] {
  return manifests.flatMap((manifest) => {
    const { kind, metadata, spec } = manifest;
    const of = nameOf(manifest);
    if (kind === "Pod" && spec) {
      return [{ of, labels: metadata.labels ?? {}, pod: spec as unknown as ManifestPod }];
    }
    if (kind === "AsyncActor" || !spec?.template) return [];
    const { template } = spec;
    return [{ of, labels: template.metadata?.labels ?? {}, pod: template.spec }];
  });
}

/**
 * All containers of a pod, those that run before the others first.
 *
 * @param pod the pod
 */
export function containersOf(
  { initContainers = [], containers }: ManifestPod,
): readonly ManifestContainer[] {
  return [...initContainers, ...containers];
}

import {
  all,
  bool,
  flag,
  int32,
  int64,
  keyed,
  list,
  map,
  quantity,
  struct,
  text,
  whole,
} from "../go_type.ts";
import { labelSelectorType, metadataType } from "./metadata_type.ts";

/** Another object of the same namespace, by its name. */
export const localReference = whole(struct("LocalObjectReference", { name: text }));

/** A field of the pod itself. */
export const fieldReference = whole(struct("ObjectFieldSelector", {
  ...all(text, "apiVersion", "fieldPath"),
}));

/** A limit or request of a container of the pod. */
export const resourceReference = whole(struct("ResourceFieldSelector", {
  ...all(text, "containerName", "resource"),
  divisor: quantity,
}));

const keyToPath = struct("KeyToPath", { ...all(text, "key", "path"), mode: int32 });
const files = { items: list(keyToPath), optional: bool };

const downwardFile = struct("DownwardAPIVolumeFile", {
  path: text,
  fieldRef: fieldReference,
  resourceFieldRef: resourceReference,
  mode: int32,
});

/** How much of which resource. */
const volumeResources = struct("VolumeResourceRequirements", {
  ...all(map(quantity), "limits", "requests"),
});

/** What is asked of a volume. */
export const claimSpecType = struct("PersistentVolumeClaimSpec", {
  accessModes: list(text),
  selector: labelSelectorType,
  resources: volumeResources,
  ...all(text, "volumeName", "storageClassName", "volumeMode", "volumeAttributesClassName"),
  dataSource: whole(struct("TypedLocalObjectReference", all(text, "apiGroup", "kind", "name"))),
  dataSourceRef: struct("TypedObjectReference", all(text, "apiGroup", "kind", "name", "namespace")),
}, { always: ["resources"] });

const projection = struct("VolumeProjection", {
  secret: struct("SecretProjection", { name: text, ...files }),
  configMap: struct("ConfigMapProjection", { name: text, ...files }),
  downwardAPI: struct("DownwardAPIProjection", { items: list(downwardFile) }),
  serviceAccountToken: struct("ServiceAccountTokenProjection", {
    ...all(text, "audience", "path"),
    expirationSeconds: int64,
  }),
  clusterTrustBundle: struct("ClusterTrustBundleProjection", {
    ...all(text, "name", "signerName", "path"),
    labelSelector: labelSelectorType,
    optional: bool,
  }),
  podCertificate: struct("PodCertificateProjection", {
    ...all(text, "signerName", "keyType", "credentialBundlePath", "keyPath"),
    certificateChainPath: text,
    maxExpirationSeconds: int32,
    userAnnotations: map(text),
  }),
});

/** What a pod's containers can mount. */
const volumeType = struct("Volume", {
  name: text,
  emptyDir: struct("EmptyDirVolumeSource", { medium: text, sizeLimit: quantity }),
  hostPath: struct("HostPathVolumeSource", all(text, "path", "type")),
  secret: struct("SecretVolumeSource", { secretName: text, defaultMode: int32, ...files }),
  configMap: struct("ConfigMapVolumeSource", { name: text, defaultMode: int32, ...files }),
  projected: struct("ProjectedVolumeSource", { sources: list(projection), defaultMode: int32 }),
  downwardAPI: struct("DownwardAPIVolumeSource", { items: list(downwardFile), defaultMode: int32 }),
  persistentVolumeClaim: struct("PersistentVolumeClaimVolumeSource", {
    claimName: text,
    readOnly: flag,
  }),
  ephemeral: struct("EphemeralVolumeSource", {
    volumeClaimTemplate: struct("PersistentVolumeClaimTemplate", {
      metadata: metadataType,
      spec: claimSpecType,
    }, { always: ["metadata", "spec"] }),
  }),
  image: struct("ImageVolumeSource", all(text, "reference", "pullPolicy")),
  nfs: struct("NFSVolumeSource", { ...all(text, "server", "path"), readOnly: flag }),
  csi: struct("CSIVolumeSource", {
    ...all(text, "driver", "fsType"),
    readOnly: bool,
    volumeAttributes: map(text),
    nodePublishSecretRef: localReference,
  }),
});

/** The volumes of a pod. */
export const volumesType = keyed(volumeType, ["name"]);

import { recordOf } from "../actor/schema/record_of.ts";
import type { LiveObject } from "../reconcile/cluster.ts";
import { fileContent } from "../reconcile/file_content.ts";
import type { Kind } from "./kinds.ts";

/** Annotations that decide; those of others may be long. */
const OURS = "asya.io/";

/**
 * Reads an object of the API server and keeps what decides: neither its spec nor who manages which
 * of its fields. Objects in lists do not say their kind, so it is given.
 *
 * @param kind its kind, which says whether its status is kept
 * @param value what came
 * @throws TypeError when it has no metadata that an object must have
 */
export function parseLiveObject(kind: Kind, value: unknown): LiveObject {
  const object = recordOf(value);
  const metadata = recordOf(object.metadata);
  const { name, namespace, uid, resourceVersion, generation } = metadata;
  if (
    typeof name !== "string" || typeof uid !== "string" || typeof resourceVersion !== "string"
  ) {
    throw new TypeError(`a ${kind.kind} came without name, uid or resourceVersion`);
  }
  const { replicas } = recordOf(object.spec);
  const ownerUid = controllerOf(metadata.ownerReferences);
  return {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    namespace: typeof namespace === "string" ? namespace : "",
    name,
    uid,
    resourceVersion,
    ...(typeof generation === "number" && { generation }),
    labels: textsOf(metadata.labels),
    annotations: textsOf(metadata.annotations, OURS),
    ...(ownerUid !== undefined && { ownerUid }),
    isGoing: typeof metadata.deletionTimestamp === "string",
    ...(isConfigMap(object) && { content: fileContent(object) }),
    ...(kind.keeps === "status" && {
      ...(typeof replicas === "number" && { replicas }),
      status: recordOf(object.status),
    }),
  };
}

/** Whether it came with what is in it; watches are sent metadata, which says so as its kind. */
function isConfigMap({ kind }: Readonly<Record<string, unknown>>): boolean {
  return kind === "ConfigMap";
}

/** The uid of the owner that controls an object; owners that do not are no owners here. */
function controllerOf(references: unknown): string | undefined {
  if (!Array.isArray(references)) return undefined;
  const controller = references.map(recordOf).find((reference) => reference.controller === true);
  return typeof controller?.uid === "string" ? controller.uid : undefined;
}

function textsOf(value: unknown, prefix = ""): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [name, text] of Object.entries(recordOf(value))) {
    if (typeof text === "string" && name.startsWith(prefix)) texts[name] = text;
  }
  return texts;
}

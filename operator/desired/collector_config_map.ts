import { createHash } from "node:crypto";
import type { AsyncActor } from "../actor/async_actor.ts";
import type { KubeObject } from "../actor/kube_object.ts";
import { ownedObject } from "./names.ts";
import type { Platform } from "./platform.ts";

/**
 * The name of the ConfigMap with what an actor's collectors do.
 *
 * @param actor whose they are
 */
export function collectorConfigMapName({ metadata }: Pick<AsyncActor, "metadata">): string {
  return `${metadata.name}-otel-collector`;
}

/**
 * What an actor's collectors do. It belongs to the actor and goes with it; another version of it
 * takes its place under the same name, and {@linkcode collectorHash} replaces the pods.
 *
 * @param actor whose it is
 * @param platform the files
 */
export function collectorConfigMap(actor: AsyncActor, platform: Platform): KubeObject {
  return ownedObject(
    actor,
    { apiVersion: "v1", kind: "ConfigMap", name: collectorConfigMapName(actor) },
    { data: platform.collectorFiles },
  );
}

/**
 * Changes with what collectors do: they read it when they start.
 *
 * @param platform the files
 */
export function collectorHash({ collectorFiles }: Platform): string {
  return createHash("sha256").update(JSON.stringify(collectorFiles)).digest("hex").slice(0, 8);
}

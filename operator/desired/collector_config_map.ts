import { createHash } from "node:crypto";
import type { AsyncActor } from "../actor/async_actor.ts";
import type { KubeObject } from "../actor/kube_object.ts";
import { ownedObject, secretName } from "./names.ts";
import type { Platform } from "./platform.ts";

/**
 * What an actor's collectors do. It is called like the actor's Secret, belongs to it and goes with
 * it; another version takes its place, and {@linkcode collectorHash} replaces the pods.
 *
 * @param actor whose it is
 * @param platform the files
 */
export function collectorConfigMap(actor: AsyncActor, platform: Platform): KubeObject {
  return ownedObject(
    actor,
    { apiVersion: "v1", kind: "ConfigMap", name: secretName(actor) },
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

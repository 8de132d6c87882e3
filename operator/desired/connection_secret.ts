import { createHash } from "node:crypto";
import type { AsyncActor } from "../actor/async_actor.ts";
import type { KubeObject } from "../actor/kube_object.ts";
import type { Platform } from "./platform.ts";
import { ownedObject, SECRET_KEYS, secretName } from "./names.ts";

/** Whom RabbitMQ lets in where nothing else is said, with the same word as password. */
const GUEST = "guest";

/**
 * The Secret that an actor's pods and KEDA read: who comes to the broker, and the token that the
 * gateway asks for. A password that the user keeps in a Secret of theirs is not copied.
 *
 * @param actor whose it is
 * @param platform with the token
 */
export function connectionSecret(actor: AsyncActor, platform: Platform): KubeObject {
  const entries = Object.entries(connection(actor, platform));
  return ownedObject(
    actor,
    { apiVersion: "v1", kind: "Secret", name: secretName(actor) },
    {
      type: "Opaque",
      // Not stringData, in which entries that are taken away would stay.
      data: Object.fromEntries(entries.map(([key, text]) => [key, base64(text)])),
    },
  );
}

/**
 * Changes with what is in the Secret, and tells nothing of it: pods read it when they start.
 *
 * @param actor whose it is
 * @param platform with the token
 */
export function connectionHash(actor: AsyncActor, platform: Platform): string {
  const text = JSON.stringify([actor.metadata.uid, connection(actor, platform)]);
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

function connection({ spec }: AsyncActor, { internalToken }: Platform): Record<string, string> {
  const { transport } = spec;
  if (transport.type !== "rabbitmq") return {};
  const { username, passwordSecretRef, tls } = transport.rabbitmq;
  return {
    [SECRET_KEYS.username]: username,
    ...(passwordSecretRef === undefined && { [SECRET_KEYS.password]: GUEST }),
    ...(internalToken !== undefined && { [SECRET_KEYS.internalToken]: internalToken }),
    ...(tls.enabled && tls.caSecretRef && { [SECRET_KEYS.tls]: "enable" }),
  };
}

function base64(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}

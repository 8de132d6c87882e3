import { formatAddress } from "@asya/program";
import type { AsyncActor, RabbitmqTransport } from "../actor/async_actor.ts";
import type { KubeObject } from "../actor/kube_object.ts";
import { brokerHost } from "./broker_host.ts";
import { ownedObject, SECRET_KEYS, secretName } from "./names.ts";

const API_VERSION = "keda.sh/v1alpha1";

/** Seconds without a message before the last pod goes, unless a message may take longer. */
const COOLDOWN_SECONDS = 60;

/** Kubernetes takes no longer window than an hour. */
const MAX_WINDOW_SECONDS = 3_600;

/**
 * How KEDA comes to the broker's management API: name and password apart from the address, which
 * therefore may be read by anybody.
 *
 * @param actor whose queue
 * @param rabbitmq its broker
 */
export function triggerAuthentication(actor: AsyncActor, rabbitmq: RabbitmqTransport): KubeObject {
  const { passwordSecretRef, tls } = rabbitmq;
  const name = secretName(actor);
  const password = passwordSecretRef ?? { name, key: SECRET_KEYS.password };
  const ca = tls.enabled ? tls.caSecretRef : undefined;
  return ownedObject(actor, { apiVersion: API_VERSION, kind: "TriggerAuthentication" }, {
    spec: {
      secretTargetRef: [
        { parameter: "username", name, key: SECRET_KEYS.username },
        { parameter: "password", name: password.name, key: password.key },
        ...(ca
          ? [
            { parameter: "tls", name, key: SECRET_KEYS.tls },
            { parameter: "ca", name: ca.name, key: ca.key },
          ]
          : []),
      ],
    },
  });
}

/**
 * How many pods there are to be for the messages in the actor's queue, those in work included: a pod
 * that works on the last one is not scaled away.
 *
 * @param actor whose pods
 * @param rabbitmq its broker
 */
export function scaledObject(actor: AsyncActor, rabbitmq: RabbitmqTransport): KubeObject {
  const { metadata, spec: { scaling, queueName, timeout, workload } } = actor;
  const cooldownPeriod = scaling.cooldownPeriod ?? Math.max(COOLDOWN_SECONDS, timeout.processing);
  return ownedObject(actor, { apiVersion: API_VERSION, kind: "ScaledObject" }, {
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: workload.type, name: metadata.name },
      minReplicaCount: scaling.minReplicas,
      maxReplicaCount: scaling.maxReplicas,
      pollingInterval: scaling.pollingInterval,
      cooldownPeriod,
      // While the broker does not answer, as many stay as there are, and a sleeping actor sleeps on.
      // KEDA would else take a silent broker for an empty queue and, in time, end what is at work; a
      // fallback to no replicas counts as none.
      fallback: {
        failureThreshold: 3,
        replicas: Math.max(scaling.minReplicas, 1),
        behavior: "currentReplicasIfHigher",
      },
      advanced: {
        horizontalPodAutoscalerConfig: {
          behavior: {
            // The autoscaler picks any pod to end: it waits until what was at work then is done.
            scaleDown: {
              stabilizationWindowSeconds: Math.min(cooldownPeriod, MAX_WINDOW_SECONDS),
            },
          },
        },
      },
      triggers: [{
        type: "rabbitmq",
        metadata: {
          protocol: "http",
          host: managementUrl(metadata.namespace, rabbitmq),
          vhostName: rabbitmq.vhost,
          queueName,
          mode: "QueueLength",
          value: String(scaling.queueLength),
          activationValue: String(scaling.activationQueueLength),
          excludeUnacknowledged: "false",
        },
        authenticationRef: { name: metadata.name },
      }],
    },
  });
}

function managementUrl(
  namespace: string,
  { host, managementPort, tls }: RabbitmqTransport,
): string {
  const hostname = brokerHost(namespace, host);
  const scheme = tls.enabled ? "https" : "http";
  return `${scheme}://${formatAddress({ hostname, port: managementPort })}/`;
}

import assert from "node:assert/strict";
import { someActor } from "../reconcile/testing/some_actor.ts";
import { placeQueue } from "./queue_place.ts";

const pure = { permissions: "none" } as const;

/** An actor whose sidecar has variables. */
function withEnv(...env: readonly Readonly<Record<string, unknown>>[]) {
  return someActor({ spec: { sidecar: { env } } });
}

Deno.test("[O5] a queue's place: as the spec says, seen from another namespace", pure, () => {
  const rabbitmq = { host: "rabbitmq", port: 5673, username: "me", vhost: "prod" };
  const actor = someActor({ spec: { transport: { type: "rabbitmq", rabbitmq } } });
  assert.deepEqual(placeQueue(actor, { password: "s" }), {
    kind: "declared",
    place: {
      queue: "ocr",
      broker: {
        address: {
          url: "amqp:",
          host: "rabbitmq.docs.svc",
          ...{ port: 5673, username: "me", vhost: "prod", password: "s" },
        },
        ...{ exchange: "asya", queueType: "classic" },
      },
    },
  });
});

Deno.test("[O5] a queue's place: over TLS, with the authority of the Secret", pure, () => {
  const tls = { enabled: true, caSecretRef: { name: "mq-ca", key: "ca.crt" } };
  const rabbitmq = { host: "mq.example.org", port: 5671, tls };
  const actor = someActor({ spec: { transport: { type: "rabbitmq", rabbitmq } } });
  const placed = placeQueue(actor, { ca: "PEM" });
  assert.equal(placed.kind, "declared");
  assert.ok(placed.kind === "declared");
  const { address, tls: files } = placed.place.broker;
  assert.deepEqual([address.url, address.host], ["amqps:", "mq.example.org"]);
  assert.deepEqual(files, { ca: { path: "the Secret mq-ca", text: "PEM" } });
});

Deno.test("[O5] a queue's place: what the sidecar is told decides how it is made", pure, () => {
  const quorum = withEnv(
    { name: "ASYA_RABBITMQ_QUEUE_TYPE", value: "quorum" },
    { name: "ASYA_RABBITMQ_EXCHANGE", value: "other" },
    { name: "ASYA_LOG_LEVEL", value: "no level" },
  );
  const placed = placeQueue(quorum, {});
  assert.ok(placed.kind === "declared");
  assert.equal(placed.place.broker.queueType, "quorum");
  assert.equal(placed.place.broker.exchange, "other");
  const none = placeQueue(withEnv({ name: "ASYA_QUEUE_CREATE", value: "none" }), {});
  assert.deepEqual(none, { kind: "left_to_others" });
});

Deno.test("[O5] a queue's place: what cannot be known is not guessed", pure, () => {
  const valueFrom = { configMapKeyRef: { name: "c", key: "k" } };
  assert.deepEqual(placeQueue(withEnv({ name: "ASYA_RABBITMQ_EXCHANGE", valueFrom }), {}), {
    kind: "unknown",
    reason: "ASYA_RABBITMQ_EXCHANGE of the sidecar has a valueFrom; allowed: a value, which says " +
      "how its queue is made",
  });
  const wrong = placeQueue(withEnv({ name: "ASYA_RABBITMQ_QUEUE_TYPE", value: "fast" }), {});
  assert.deepEqual(wrong, {
    kind: "unknown",
    reason: 'ASYA_RABBITMQ_QUEUE_TYPE is "fast"; allowed: classic, quorum',
  });
  const sqs = { type: "sqs", sqs: { region: "eu-central-1" } };
  assert.deepEqual(placeQueue(someActor({ spec: { transport: sqs } }), {}), {
    kind: "unknown",
    reason: "no queues are made in a transport of type sqs",
  });
});

import assert from "node:assert/strict";
import { Scene } from "./testing/scene.ts";
import { OBJECTS_OF_ACTOR, someActor } from "./testing/some_actor.ts";

const pure = { permissions: "none" } as const;

Deno.test(
  "[O5] reconcile: a queue is tried before KEDA watches it, and until it is there",
  pure,
  async () => {
    const scene = new Scene();
    scene.brokerProblem = "amqp://guest@rabbitmq: nobody answers";
    const seen: string[][] = [];
    scene.triedQueue = () => seen.push([...scene.kinds]);
    scene.cluster.putActor(someActor());
    await scene.look();
    assert.deepEqual(seen, [OBJECTS_OF_ACTOR.filter((kind) => kind !== "ScaledObject/ocr")]);
    assert.deepEqual(scene.kinds, OBJECTS_OF_ACTOR);
    assert.equal(scene.condition("ScalingReady"), "False QueueNotDeclared");
    const { againAfterMs } = await scene.reconciler.reconcileActor("docs", "ocr");
    assert.equal(againAfterMs, 1_000);
    scene.brokerProblem = undefined;
    scene.nowMs += 1_000;
    assert.deepEqual(await scene.look(), ["status"]);
    assert.notEqual(scene.condition("ScalingReady"), "False QueueNotDeclared");
    scene.cluster.putActor(someActor({ spec: { queueName: "other" } }));
    await scene.look();
    assert.deepEqual(scene.declared, ["ocr", "other"]);
  },
);

Deno.test("[O5] reconcile: a clock that is set back keeps no queue waiting", pure, async () => {
  const scene = new Scene();
  scene.brokerProblem = "nobody answers";
  scene.cluster.putActor(someActor());
  await scene.look();
  scene.brokerProblem = undefined;
  scene.nowMs -= 3_600_000;
  await scene.look();
  assert.deepEqual(scene.declared, ["ocr"]);
});

Deno.test("[O6] reconcile: what we cannot make sense of is told to its owner", pure, async () => {
  const scene = new Scene();
  scene.cluster.putActor(someActor());
  scene.triedQueue = () => {
    throw new RangeError("x".repeat(10_000));
  };
  await assert.rejects(scene.look(), RangeError);
  assert.equal(scene.condition("Degraded"), "True InvalidSpec");
  const [condition] = scene.cluster.actorNow("ocr")?.status?.conditions ?? [];
  assert.equal(condition?.message.length, 4_001, "it is cut");
});

Deno.test("[O5] reconcile: a Secret that is missing is waited for", pure, async () => {
  const scene = new Scene();
  const passwordSecretRef = { name: "mq", key: "password" };
  const rabbitmq = { host: "rabbitmq", username: "me", passwordSecretRef };
  const spec = { transport: { type: "rabbitmq", rabbitmq } };
  scene.cluster.putActor(someActor({ spec }));
  await scene.look();
  assert.equal(scene.condition("Degraded"), "True SecretMissing");
  assert.ok(!scene.kinds.includes("ScaledObject/ocr"), "KEDA could not begin");
  scene.cluster.putActor(someActor({ spec: { ...spec, scaling: { enabled: false } } }));
  await scene.look();
  assert.equal(scene.condition("Degraded"), "True SecretMissing");
  scene.cluster.secrets.set("mq/password", "secret");
  scene.nowMs += 60_000;
  await scene.look();
  assert.equal(scene.condition("Degraded"), "False AsAsked");
});

Deno.test("[O6] reconcile: a spec that makes no sense tears nothing down", pure, async () => {
  const scene = new Scene();
  scene.cluster.putActor(someActor());
  await scene.look();
  const { metadata } = someActor();
  scene.cluster.putActor({ metadata, problems: ["spec.queueName is 1; text is allowed"] });
  assert.deepEqual(await scene.look(), ["status"]);
  assert.deepEqual(scene.kinds, OBJECTS_OF_ACTOR);
  assert.equal(scene.condition("Ready"), "False InvalidSpec");
  assert.deepEqual(await scene.look(), []);
  const sqs = { type: "sqs", sqs: { region: "eu-central-1" } };
  scene.cluster.putActor(someActor({ spec: { transport: sqs } }));
  assert.deepEqual(await scene.look(), ["status"]);
  assert.deepEqual(scene.kinds, OBJECTS_OF_ACTOR);
  assert.equal(scene.condition("Degraded"), "True TransportNotSupported");
});

Deno.test(
  "[O6] reconcile: what keeps pods away is told before what keeps KEDA away",
  pure,
  async () => {
    const scene = new Scene();
    scene.cluster.hasKeda = false;
    scene.cluster.putActor(someActor());
    scene.cluster.failNext((write) => write === "apply Deployment/ocr", "invalid");
    await assert.rejects(scene.look(), { code: "invalid" });
    assert.equal(scene.condition("Degraded"), "True WorkloadRefused");
  },
);

Deno.test("[O6] reconcile: KEDA may be absent, come and go", pure, async () => {
  const scene = new Scene();
  scene.cluster.hasKeda = false;
  scene.cluster.putActor(someActor());
  await scene.look();
  assert.deepEqual(scene.kinds, ["Deployment/ocr", "Secret/ocr-asya", "ServiceAccount/ocr"]);
  assert.equal(scene.condition("ScalingReady"), "False KedaMissing");
  scene.cluster.hasKeda = true;
  await scene.look();
  assert.deepEqual(scene.kinds, OBJECTS_OF_ACTOR);
});

Deno.test(
  "[O6] reconcile: an answer that stands in the way of everything ends the look",
  pure,
  async () => {
    for (const code of ["conflict", "unauthorized", "throttled", "unreachable"] as const) {
      const scene = new Scene();
      scene.cluster.putActor(someActor());
      scene.cluster.failNext((write) => write === "apply Secret/ocr-asya", code, 7_000);
      await assert.rejects(scene.look(), { code, retryAfterMs: 7_000 });
      assert.equal(scene.cluster.actorNow("ocr")?.status, undefined, code);
      await scene.look();
      assert.deepEqual(scene.kinds, OBJECTS_OF_ACTOR, code);
      assert.deepEqual(await scene.look(), [], code);
    }
  },
);

Deno.test(
  "[O6] reconcile: a kind that is gone is tried again, an actor that is gone is not",
  pure,
  async () => {
    const scene = new Scene();
    scene.cluster.putActor(someActor());
    scene.cluster.failNext((write) => write === "apply ScaledObject/ocr", "not_found");
    await assert.rejects(scene.look(), { code: "not_found" });
    assert.equal(scene.condition("Degraded"), "True ObjectRefused");
    scene.cluster.failNext((write) => write === "status", "not_found");
    await scene.look();
  },
);

Deno.test(
  "[O6] reconcile: an object that is refused keeps no other from being made",
  pure,
  async () => {
    for (const code of ["forbidden", "failed"] as const) {
      const scene = new Scene();
      scene.cluster.putActor(someActor());
      scene.cluster.failNext((write) => write === "apply TriggerAuthentication/ocr", code);
      await assert.rejects(scene.look(), { code });
      assert.deepEqual(scene.kinds, OBJECTS_OF_ACTOR.filter((kind) => !kind.startsWith("Trigger")));
      assert.equal(scene.condition("Degraded"), "True ObjectRefused");
      await scene.look();
      assert.equal(scene.condition("Degraded"), "False AsAsked");
    }
  },
);

Deno.test("[O6] reconcile: a namespace that is going gets nothing new", pure, async () => {
  const scene = new Scene();
  scene.cluster.putActor(someActor());
  scene.cluster.failNext((write) => write.startsWith("apply"), "terminating");
  await scene.look();
  assert.deepEqual(scene.kinds, []);
});

Deno.test("[O6] reconcile: what happens is told once", pure, async () => {
  const scene = new Scene();
  scene.brokerProblem = "nobody answers";
  scene.cluster.putActor(someActor());
  await scene.look();
  scene.nowMs += 60_000;
  await scene.look();
  await scene.look();
  assert.deepEqual(scene.told.map(({ type, reason }) => `${type} ${reason}`), [
    "Normal Created",
    "Warning QueueNotDeclared",
  ]);
  assert.equal(
    scene.told[0]?.note,
    "Made the ServiceAccount ocr, the Secret ocr-asya, the Deployment ocr, " +
      "the TriggerAuthentication ocr, the ScaledObject ocr.",
  );
});

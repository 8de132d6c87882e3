/**
 * Operators are killed at random while actors come, change and go, and the API server has troubles
 * of its own. The seed is printed; set ASYA_TEST_SEED for the same choices again.
 *
 * @module
 */
import assert from "node:assert/strict";
import { pause, poll } from "../kit/poll.ts";
import { OperatorScene, template } from "../integration/operator/scene.ts";
import { printedRandom } from "./scale.ts";

/** What an actor is to be, as far as it decides what there is for it. */
interface Wanted {
  readonly type: string;
  readonly isScaled: boolean;
  readonly hasPolicy: boolean;
  readonly queueName: string;
}

/** Actors, and how often an operator is killed, by what `ASYA_TEST_JOBS` says. */
const jobs = Number(Deno.env.get("ASYA_TEST_JOBS") ?? 0);
const [ACTORS, KILLS] = jobs >= 100 ? [100, 25] : [20, 4];

/** The longest that an operator lives, in milliseconds: it takes about 300 to begin. */
const LONGEST_LIFE_MS = 1_500;

Deno.test(`[O8] ${ACTORS} actors are as they should be after ${KILLS} deaths of their operator`, async () => {
  const random = printedRandom();
  await using scene = await OperatorScene.set({ seed: Math.floor(random() * 2 ** 31) });
  const wanted = new Map<string, Wanted>();
  const names = Array.from({ length: ACTORS }, (_, at) => `actor-${at}`);
  await Promise.all(names.map((name) => changeOne(scene, wanted, [name], random)));
  for (let kill = 0; kill < KILLS; kill++) {
    await using operator = await startOperator(scene);
    // Deaths at any moment, those of a start included.
    const lifeMs = random() * LONGEST_LIFE_MS;
    const endMs = performance.now() + lifeMs;
    while (performance.now() < endMs) {
      await changeOne(scene, wanted, names, random);
      trouble(scene, random);
    }
    await operator.kill();
  }
  scene.kube.control?.throttle(0);
  await startOperator(scene);
  const expected = expectedKinds(wanted);
  let there: string[] = [];
  await poll("exactly what is wanted", async () => {
    there = await kindsIn(scene);
    return there.join() === expected.join();
  }, { timeoutMs: 60_000, everyMs: 100 }).catch(() => assert.deepEqual(there, expected));
  for (const [name, { queueName, type, isScaled }] of wanted) {
    await scene.untilCondition(name, "Degraded", "False AsAsked");
    const workload = await scene.kube.client.get(scene.ref(name, type));
    const text = JSON.stringify(workload?.spec);
    assert.ok(text.includes(`"ASYA_QUEUE_NAME","value":"${queueName}"`), `${name}: ${text}`);
    if (!isScaled) continue;
    const scaler = await scene.kube.client.get(scene.ref(name, "ScaledObject"));
    const { scaleTargetRef } = scaler?.spec as { readonly scaleTargetRef: { kind: string } };
    assert.equal(scaleTargetRef.kind, type, name);
  }
  const gone = names.filter((name) => !wanted.has(name));
  console.log(`${wanted.size} actors stayed, ${gone.length} are gone`);
});

/** One that need not wait for the lease of the one that was killed: that has its own test. */
function startOperator(scene: OperatorScene) {
  return scene.startOperator({ ASYA_LEADER_ELECTION: "false", ASYA_RESYNC_PERIOD: "10s" });
}

/** Lets one actor come, change or go. */
async function changeOne(
  scene: OperatorScene,
  wanted: Map<string, Wanted>,
  names: readonly string[],
  random: () => number,
): Promise<void> {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const name = pick(names);
  if (wanted.has(name) && random() < 0.25) {
    wanted.delete(name);
    return await scene.kube.client.remove(scene.ref(name));
  }
  const going = await scene.kube.client.get(scene.ref(name));
  // It comes again when it is gone.
  if (going?.metadata.deletionTimestamp) return;
  const spec: Wanted = {
    type: pick(["Deployment", "StatefulSet", "Job"]),
    isScaled: random() < 0.6,
    hasPolicy: random() < 0.3,
    queueName: pick(["ocr", "extract", "judge"]),
  };
  await scene.apply(name, {
    queueName: spec.queueName,
    scaling: { enabled: spec.isScaled },
    networkPolicy: { enabled: spec.hasPolicy },
    workload: { type: spec.type, template },
  });
  wanted.set(name, { ...spec, isScaled: spec.isScaled && spec.type !== "Job" });
  // As somebody types, so that what is made for one spec is half done when the next one comes.
  await pause(random() * 20);
}

/** Gives the API server of this process troubles; a real one has its own. */
function trouble({ kube: { control } }: OperatorScene, random: () => number): void {
  if (!control || random() > 0.2) return;
  const only = ({ method }: { method: string }) => method !== "GET";
  const troubles = [
    () => control.cutWatches(0.5),
    () => control.compact(),
    () => control.failNext({ only, status: 409, reason: "Conflict" }),
    () => control.failNext({ only, status: 500, times: 2 }),
    () => control.failNext({ only, status: 500, isDone: true }),
    () => control.throttle(2, { retryAfterSeconds: 1 }),
  ];
  troubles[Math.floor(random() * troubles.length)]?.();
}

function expectedKinds(wanted: ReadonlyMap<string, Wanted>): string[] {
  const hasRuntime = wanted.size > 0 ? ["ConfigMap"] : [];
  const kinds = [...wanted].flatMap(([name, { type, isScaled, hasPolicy }]) => [
    `ServiceAccount/${name}`,
    `Secret/${name}-asya`,
    `${type}/${name}`,
    ...(hasPolicy ? [`NetworkPolicy/${name}`] : []),
    ...(isScaled ? [`TriggerAuthentication/${name}`, `ScaledObject/${name}`] : []),
  ]);
  return [...hasRuntime, ...kinds].sort();
}

/** Everything in the namespace that an operator made. */
async function kindsIn(scene: OperatorScene): Promise<string[]> {
  const made = await scene.made("app.kubernetes.io/managed-by=asya-operator");
  return made.map(({ kind, metadata }) => kind === "ConfigMap" ? kind : `${kind}/${metadata.name}`)
    .sort();
}

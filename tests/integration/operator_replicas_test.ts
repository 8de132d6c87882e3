/**
 * Two operators, of which one dies, in a cluster that gets KEDA later.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseSettings } from "@asya/program";
import { settings } from "../../operator/config.ts";
import { poll } from "../kit/poll.ts";
import { installKeda } from "./operator/keda_double.ts";
import { OperatorScene } from "./operator/scene.ts";

/** A short one, so that nobody has to wait for long; with the default a takeover takes less, too. */
const LEASE = { ASYA_LEASE_DURATION: "3s" };

/** How long nobody may work after an operator died. */
const TAKEOVER_LIMIT_MS = 20_000;

Deno.test("[F3] [O6] [O8] operator: another one takes over, and finds KEDA once it is there", async () => {
  await using scene = await OperatorScene.set({ hasKeda: false });
  const { client } = scene.kube;
  const first = await scene.startOperator(LEASE);
  await first.waitForLine("this replica works");
  const second = await scene.startOperator(LEASE);
  await second.waitForLine("another replica works");
  await scene.apply("ocr");
  const hasKeda = (await client.send("GET", "/apis/keda.sh/v1alpha1")).status === 200;
  if (!hasKeda) {
    await scene.untilCondition("ocr", "ScalingReady", "False KedaMissing");
    await scene.untilKinds("ocr", ["ServiceAccount/ocr", "Secret/ocr-asya", "Deployment/ocr"]);
  }
  await first.kill();
  await scene.apply("after");
  await scene.untilSeen("after", TAKEOVER_LIMIT_MS);
  assert.equal(second.lines.filter(({ message }) => message === "this replica works").length, 1);
  // A real cluster may have a KEDA of its own, which is not ours to take away.
  if (hasKeda) return;
  await using _keda = await installKeda(client);
  // It is looked for every half minute.
  const isScaled = async () => (await scene.kindsOf("ocr")).includes("ScaledObject/ocr");
  await poll("a ScaledObject", isScaled, { timeoutMs: 45_000 });
  await second.stop();
});

Deno.test("[F3] operator: its lease is by default so short that a takeover needs less than 20 s", () => {
  const parsed = parseSettings(settings, {});
  assert.ok(parsed.ok);
  // Those who wait look at the lease every few seconds.
  assert.ok(parsed.config.leaseDurationMs <= TAKEOVER_LIMIT_MS - 4_000);
});

import assert from "node:assert/strict";
import { poll } from "../kit/mod.ts";
import type { Check } from "./checks.ts";

/** The actor that is watched; nobody else uses it for long. */
const ACTOR = "work";

/** Jobs of some seconds each: more than one replica is asked for. */
const JOBS = 12;
const SECONDS = 5;

/** KEDA looks every 10 s; a pod that pulls its image first takes a while. */
const UP_MS = 180_000;

/** An actor rests for as long as one call may take before it goes. */
const DOWN_MS = 420_000;

/**
 * Sees an actor come from zero, work beside its like, and go back to zero.
 *
 * @param context the cluster, as kubectl knows it
 * @param namespace the mesh's namespace
 */
export function checkScaling(context: string, namespace: string): Check {
  const place = ["--context", context, "--namespace", namespace];
  const replicas = async () => {
    const { status } = JSON.parse(
      await kubectl("get", "deployment", ACTOR, ...place, "--output", "json"),
    );
    return Number(status.replicas ?? 0);
  };
  const waitFor = (what: string, isIt: (count: number) => boolean, timeoutMs: number) =>
    poll(what, async () => isIt(await replicas()), { timeoutMs, everyMs: 1_000 });
  return {
    name: `actor ${ACTOR} comes from zero with its messages, and goes when they are done`,
    async run(gateway) {
      await waitFor(`${ACTOR} to have no replicas`, (count) => count === 0, DOWN_MS);
      const calls = Array.from(
        { length: JOBS },
        () => gateway.client.call("work", { seconds: SECONDS }),
      );
      const ids = await Promise.all(calls);
      await waitFor(`${ACTOR} to have several replicas`, (count) => count > 1, UP_MS);
      for (const id of ids) assert.equal((await gateway.ended(id)).status, "Succeeded", id);
      await waitFor(`${ACTOR} to have no replicas again`, (count) => count === 0, DOWN_MS);
    },
  };
}

async function kubectl(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("kubectl", { args }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`kubectl ${args.join(" ")}: ${text.decode(stderr)}`);
  return text.decode(stdout);
}

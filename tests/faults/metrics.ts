import assert from "node:assert/strict";
import { parseMetrics, type TestMesh } from "../kit/mod.ts";

/**
 * What a sidecar has counted, all labels together.
 *
 * @param mesh the mesh
 * @param name of the process, such as `first.sidecar`
 * @param metric its name behind `asya_actor_`
 */
export async function readMetric(mesh: TestMesh, name: string, metric: string): Promise<number> {
  const { readyUrl = "" } = mesh.process(name).plan;
  const text = await (await fetch(new URL("/metrics", readyUrl))).text();
  const samples = parseMetrics(text).filter((sample) => sample.name === `asya_actor_${metric}`);
  assert.ok(samples.length > 0, `${name} has no metric ${metric}`);
  return samples.reduce((sum, { value }) => sum + value, 0);
}

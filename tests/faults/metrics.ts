import assert from "node:assert/strict";
import type { TestMesh } from "../kit/mod.ts";

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
  const pattern = new RegExp(`^asya_actor_${metric}(?:\\{.*\\})? (\\S+)$`, "gm");
  const values = [...text.matchAll(pattern)].map(([, value]) => Number(value));
  assert.ok(values.length > 0, `${name} has no metric ${metric}`);
  return values.reduce((sum, value) => sum + value, 0);
}

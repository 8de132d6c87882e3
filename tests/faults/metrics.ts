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
  const values = text.matchAll(new RegExp(`^asya_actor_${metric}(?:\\{.*\\})? (\\S+)$`, "gm"));
  return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
}

import type { ProcessPlan } from "./plan_process.ts";

/**
 * Files by which a Prometheus on this machine finds the metrics of a mesh, one for each unit, as its
 * `file_sd_configs` reads them: ports are others at each start. The mesh's name stands where a
 * cluster has the namespace, so that dashboards tell meshes apart; `actor` tells actors apart in
 * metrics that have no queue.
 *
 * @param mesh the mesh's name
 * @param folder where the files are
 * @param processes what has metrics, and what has none
 * @returns their texts, by path
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { metricsFiles } from "./metrics_files.ts";
 *
 * const gateway = { name: "gateway", unit: "gateway", program: "gateway" } as const;
 * const rest = { args: [], env: {}, cwd: "/", readyUrl: "http://127.0.0.1:8080/readyz" };
 * assert.deepEqual(metricsFiles("shop", "/run/metrics", [{ ...gateway, ...rest }]), {
 *   "/run/metrics/gateway.json":
 *     '[{"targets":["127.0.0.1:8080"],"labels":{"job":"asya-gateway","namespace":"shop"}}]\n',
 * });
 * const ocr = { name: "ocr.sidecar", unit: "ocr", program: "sidecar" } as const;
 * assert.deepEqual(metricsFiles("shop", "/run/metrics", [{ ...ocr, ...rest }]), {
 *   "/run/metrics/ocr.json": '[{"targets":["127.0.0.1:8080"],' +
 *     '"labels":{"job":"asya-sidecar","namespace":"shop","actor":"ocr"}}]\n',
 * });
 * ```
 */
export function metricsFiles(
  mesh: string,
  folder: string,
  processes: readonly ProcessPlan[],
): Record<string, string> {
  const served = processes.filter(({ readyUrl }) => readyUrl !== undefined);
  const units = Map.groupBy(served, ({ unit }) => unit);
  return Object.fromEntries(
    Array.from(units, ([unit, processes]) => {
      const groups = processes.map(({ program, readyUrl = "" }) => ({
        targets: [new URL(readyUrl).host],
        labels: {
          job: `asya-${program}`,
          namespace: mesh,
          ...(program !== "gateway" && { actor: unit }),
        },
      }));
      return [`${folder}/${unit}.json`, `${JSON.stringify(groups)}\n`];
    }),
  );
}

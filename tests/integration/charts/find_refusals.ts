import { builtinKinds } from "../../kit/kube/builtin/builtin_kinds.ts";
import type { KubeObject } from "../../kit/kube/kube_object.ts";
import { type Manifest, nameOf } from "./manifest.ts";

/**
 * Kinds that the kit's API server does not have: actors are judged by their own definition, the
 * others belong to controllers that a cluster may lack.
 */
const NOT_JUDGED = ["AsyncActor", "HTTPRoute", "Ingress", "PodMonitor", "ServiceMonitor"];

/**
 * Finds what an API server has against objects: unknown fields, and what its kinds refuse.
 *
 * @param manifests a chart's objects
 */
export function findRefusals(manifests: readonly Manifest[]): string[] {
  return manifests.filter(({ kind }) => !NOT_JUDGED.includes(kind)).flatMap((manifest) => {
    const of = nameOf(manifest);
    const found = builtinKinds.find(({ judge: { group, version, kind } }) =>
      manifest.kind === kind &&
      manifest.apiVersion === (group === "" ? version : `${group}/${version}`)
    );
    if (!found) return [`${of} is of a kind that there is not: ${manifest.apiVersion}`];
    const { object, warnings } = found.judge.decode(
      structuredClone(manifest) as unknown as KubeObject,
      "Warn",
    );
    const causes = found.judge.validate(object, undefined, "");
    return [
      ...warnings.map((warning) => `${of}: ${warning}`),
      ...causes.map(({ field, message }) => `${of}: ${field}: ${message}`),
    ];
  });
}

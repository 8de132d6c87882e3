import { stringify } from "yaml";
import { actorCrd } from "../../operator/actor/actor_crd.ts";

/** What stands at the top of a generated file of YAML. */
const HEADER = "# Generated from operator/actor; change it there, then run: make manifests\n";

/**
 * The files of Kubernetes that are made from code.
 *
 * @returns each file's text, by its path
 */
export function createManifests(): Map<string, string> {
  return new Map([
    ["operator/config/crd/asya.io_asyncactors.yaml", `${HEADER}${asYaml(actorCrd)}`],
  ]);
}

/** Kubernetes reads YAML 1.1, where words such as `on` and `no` need quotes. */
function asYaml(value: unknown): string {
  return stringify(value, { version: "1.1", aliasDuplicateObjects: false, lineWidth: 0 });
}

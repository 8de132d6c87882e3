import { cause } from "../cause.ts";
import type { KubeObject } from "../kube_object.ts";
import type { StatusCause } from "../status_error.ts";
import { checkRuleTexts } from "./check_rule_texts.ts";
import { checkSchema } from "./check_schema.ts";
import type { CrdSpec } from "./json_schema.ts";

/**
 * What the API server says to a CustomResourceDefinition: one that is not structural, or whose rules
 * do not compile or may cost too much, is refused.
 */
export function checkCrd(crd: KubeObject): StatusCause[] {
  const { group, names, versions } = crd.spec as CrdSpec;
  const causes: StatusCause[] = [];
  if (crd.metadata.name !== `${names.plural}.${group}`) {
    const why = `must be spec.names.plural+"."+spec.group`;
    causes.push(cause.invalid("metadata.name", crd.metadata.name, why));
  }
  if (versions.filter(({ storage }) => storage).length !== 1) {
    const why = "must have exactly one version marked as storage version";
    causes.push(cause.invalid("spec.versions", versions.map(({ name }) => name), why));
  }
  for (const [index, { schema }] of versions.entries()) {
    // Where all versions share one schema the server speaks of that.
    const at = versions.length === 1 ? "spec.validation" : `spec.versions[${index}].schema`;
    const path = `${at}.openAPIV3Schema`;
    const root = schema?.openAPIV3Schema;
    if (!root) causes.push(cause.required(path, "schemas are required"));
    else causes.push(...checkSchema(root, path), ...checkRuleTexts(root, path));
  }
  return causes;
}

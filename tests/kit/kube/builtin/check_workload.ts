import { cause } from "../cause.ts";
import { isSame, type JsonObject, type KubeObject } from "../kube_object.ts";
import type { StatusCause } from "../status_error.ts";
import { listOf } from "./list_of.ts";
import { checkPodSpec } from "./check_pod.ts";
import { checkCount, checkOneOf, IMMUTABLE } from "./words.ts";

interface Spec extends JsonObject {
  readonly template: { readonly metadata: KubeObject["metadata"]; readonly spec: JsonObject };
  readonly selector?: {
    readonly matchLabels?: Readonly<Record<string, string>>;
    readonly matchExpressions?: readonly JsonObject[];
  };
}

/** What is wrong with a Deployment. */
export function checkDeployment(object: KubeObject, old: KubeObject | undefined): StatusCause[] {
  const spec = object.spec as Spec;
  const before = old?.spec as Spec | undefined;
  return [
    ...checkCount("spec.replicas", spec.replicas),
    ...checkSelector(spec, "deployment"),
    ...checkTemplate(spec, "Always"),
    ...checkOneOf(
      "spec.strategy.type",
      (spec.strategy as JsonObject).type,
      "Recreate",
      "RollingUpdate",
    ),
    ...checkStrategy(spec.strategy as JsonObject),
    ...checkUnchanged(spec, before, "selector"),
  ];
}

function checkStrategy(strategy: JsonObject): StatusCause[] {
  if (strategy.type !== "Recreate" || strategy.rollingUpdate === undefined) return [];
  const why = "may not be specified when strategy `type` is 'Recreate'";
  return [cause.forbidden("spec.strategy.rollingUpdate", why)];
}

/** What of a StatefulSet may change. */
const CHANGEABLE = [
  ...["replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit"],
  ...["persistentVolumeClaimRetentionPolicy", "minReadySeconds"],
];

/** What is wrong with a StatefulSet. */
export function checkStatefulSet(object: KubeObject, old: KubeObject | undefined): StatusCause[] {
  const spec = object.spec as Spec;
  const claims = listOf(spec.volumeClaimTemplates)
    .map((claim) => String((claim as KubeObject).metadata.name));
  return [
    ...checkCount("spec.replicas", spec.replicas),
    ...checkSelector(spec, "statefulset"),
    ...checkTemplate(spec, "Always", claims),
    ...checkOneOf(
      "spec.podManagementPolicy",
      spec.podManagementPolicy,
      "OrderedReady",
      "Parallel",
    ),
    ...(old && !isSame(fixedParts(spec), fixedParts(old.spec as Spec))
      ? [cause.forbidden("spec", FIXED_WORDS)]
      : []),
  ];
}

const FIXED_WORDS = "updates to statefulset spec for fields other than " +
  `${CHANGEABLE.slice(0, -1).map((field) => `'${field}'`).join(", ")} and ` +
  `'${CHANGEABLE.at(-1)}' are forbidden`;

function fixedParts(spec: Spec): JsonObject {
  return Object.fromEntries(Object.entries(spec).filter(([field]) => !CHANGEABLE.includes(field)));
}

/** What is wrong with a Job. */
export function checkJob(object: KubeObject, old: KubeObject | undefined): StatusCause[] {
  const spec = object.spec as Spec;
  const before = old?.spec as Spec | undefined;
  const counts = ["parallelism", "completions", "backoffLimit", "ttlSecondsAfterFinished"];
  const { restartPolicy } = spec.template.spec;
  const mayRestart = restartPolicy === "OnFailure" || restartPolicy === "Never";
  return [
    ...[...counts, "activeDeadlineSeconds"].flatMap((field) =>
      checkCount(`spec.${field}`, spec[field])
    ),
    ...(spec.selector ? checkSelector(spec, "job") : []),
    ...checkPodSpec(spec.template.spec, "spec.template.spec"),
    ...(mayRestart ? [] : [
      cause.required("spec.template.spec.restartPolicy", 'valid values: "OnFailure", "Never"'),
    ]),
    ...["completions", "selector", "template", "completionMode", "podFailurePolicy"].flatMap(
      (field) => checkUnchanged(spec, before, field),
    ),
  ];
}

function checkSelector({ selector, template }: Spec, kind: string): StatusCause[] {
  if (!selector) return [cause.required("spec.selector")];
  const { matchLabels = {}, matchExpressions = [] } = selector;
  if (Object.keys(matchLabels).length + matchExpressions.length === 0) {
    const why = `empty selector is invalid for ${kind}`;
    return [cause.invalid("spec.selector", selector, why)];
  }
  const { labels = {} } = template.metadata;
  const isMatch = Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((expression) => holds(expression, labels));
  if (isMatch) return [];
  const why = "`selector` does not match template `labels`";
  return [cause.invalid("spec.template.metadata.labels", labels, why)];
}

function holds(
  { key, operator, values }: JsonObject,
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = labels[String(key)];
  const isListed = value !== undefined && Array.isArray(values) && values.includes(value);
  switch (operator) {
    case "In":
      return isListed;
    case "NotIn":
      return !isListed;
    case "Exists":
      return value !== undefined;
    default:
      return value === undefined;
  }
}

function checkTemplate(
  { template }: Spec,
  restartPolicy: string,
  claims: readonly string[] = [],
): StatusCause[] {
  const path = "spec.template.spec";
  return [
    ...checkPodSpec(template.spec, path, claims),
    ...checkOneOf(`${path}.restartPolicy`, template.spec.restartPolicy, restartPolicy),
  ];
}

function checkUnchanged(spec: Spec, before: Spec | undefined, field: string): StatusCause[] {
  if (!before || isSame(spec[field], before[field])) return [];
  return [cause.invalid(`spec.${field}`, spec[field], IMMUTABLE)];
}

import { cause } from "../cause.ts";
import type { JsonObject } from "../kube_object.ts";
import type { StatusCause } from "../status_error.ts";
import { checkContainer, checkSeccomp } from "./check_container.ts";
import { listOf } from "./list_of.ts";
import { checkCount, checkNamed, checkOneOf } from "./words.ts";

/**
 * What is wrong with what a pod is to be.
 *
 * @param spec of the pod
 * @param path of that
 * @param claims names of volumes that are made for each pod
 */
export function checkPodSpec(
  spec: JsonObject,
  path: string,
  claims: readonly string[] = [],
): StatusCause[] {
  const volumes = listOf(spec.volumes);
  const known = new Set([...volumes.map(({ name }) => String(name ?? "")), ...claims]);
  const containers = listOf(spec.containers);
  const check = (list: readonly JsonObject[], field: string) =>
    list.flatMap((container, at) =>
      checkContainer(container, {
        path: `${path}.${field}[${at}]`,
        isInit: field === "initContainers",
        volumes: known,
      })
    );
  const account = spec.serviceAccountName;
  const policies = ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"];
  return [
    ...checkVolumes(volumes, `${path}.volumes`),
    ...(containers.length === 0 ? [cause.required(`${path}.containers`)] : []),
    ...check(containers, "containers"),
    ...check(listOf(spec.initContainers), "initContainers"),
    ...checkDuplicates(spec, path),
    ...checkOneOf(`${path}.restartPolicy`, spec.restartPolicy, "Always", "Never", "OnFailure"),
    ...checkOneOf(`${path}.dnsPolicy`, spec.dnsPolicy, ...policies),
    ...checkCount(`${path}.terminationGracePeriodSeconds`, spec.terminationGracePeriodSeconds),
    ...(account ? checkNamed(`${path}.serviceAccountName`, account, "subdomain") : []),
    ...checkSeccomp((spec.securityContext ?? {}) as JsonObject, `${path}.securityContext`),
    ...listOf(spec.tolerations).flatMap((one, at) =>
      checkToleration(one, `${path}.tolerations[${at}]`)
    ),
  ];
}

/** No two containers of one pod share a name, whenever they run. */
function checkDuplicates(spec: JsonObject, path: string): StatusCause[] {
  const seen = new Set<unknown>();
  return ["containers", "initContainers"].flatMap((field) =>
    listOf(spec[field]).flatMap(({ name }, at) => {
      const isKnown = seen.has(name);
      seen.add(name);
      return isKnown && name ? [cause.duplicate(`${path}.${field}[${at}].name`, name)] : [];
    })
  );
}

/** What of a volume's source has to be said. */
const NEEDED: Readonly<Record<string, string>> = {
  secret: "secretName",
  configMap: "name",
  hostPath: "path",
  persistentVolumeClaim: "claimName",
  csi: "driver",
  nfs: "server",
};

function checkVolumes(volumes: readonly JsonObject[], path: string): StatusCause[] {
  const seen = new Set<unknown>();
  return volumes.flatMap((volume, at) => {
    const here = `${path}[${at}]`;
    const { name, ...sources } = volume;
    const causes = checkNamed(`${here}.name`, name, "label");
    if (seen.has(name)) causes.push(cause.duplicate(`${here}.name`, name));
    seen.add(name);
    const [first, ...more] = Object.keys(sources);
    for (const source of more) {
      causes.push(cause.forbidden(`${here}.${source}`, "may not specify more than 1 volume type"));
    }
    const field = NEEDED[first ?? ""];
    if (first && field && !(sources[first] as JsonObject)[field]) {
      causes.push(cause.required(`${here}.${first}.${field}`));
    }
    return causes;
  });
}

function checkToleration(toleration: JsonObject, path: string): StatusCause[] {
  const { key, operator = "Equal", value, effect } = toleration;
  const causes = checkOneOf(`${path}.operator`, operator, "Equal", "Exists", "Gt", "Lt");
  if (!key && operator !== "Exists") {
    const why = 'operator must be Exists when `key` is empty, which means "match all values ' +
      'and all keys"';
    causes.push(cause.invalid(`${path}.operator`, operator, why));
  }
  if (operator === "Exists" && value) {
    const why = "value must be empty when `operator` is 'Exists'";
    causes.push(cause.invalid(`${path}.operator`, toleration, why));
  }
  return [
    ...causes,
    ...checkOneOf(`${path}.effect`, effect, "NoExecute", "NoSchedule", "PreferNoSchedule"),
  ];
}

import { cause } from "../cause.ts";
import { isSame, type JsonObject, type KubeObject } from "../kube_object.ts";
import type { StatusCause } from "../status_error.ts";
import { listOf } from "./list_of.ts";
import { checkOneOf, checkPort, portNameProblems } from "./words.ts";

/** What is wrong with a NetworkPolicy. */
export function checkNetworkPolicy({ spec }: KubeObject): StatusCause[] {
  const { ingress, egress, policyTypes = [] } = spec as JsonObject & {
    readonly policyTypes?: readonly string[];
  };
  const checkRules = (rules: unknown, field: string, peers: string) =>
    listOf(rules).flatMap((rule, at) => [
      ...listOf(rule.ports).flatMap((port, index) =>
        checkPolicyPort(port, `spec.${field}[${at}].ports[${index}]`)
      ),
      ...listOf(rule[peers]).flatMap((peer, index) =>
        checkPeer(peer, `spec.${field}[${at}].${peers}[${index}]`)
      ),
    ]);
  return [
    ...checkRules(ingress, "ingress", "from"),
    ...checkRules(egress, "egress", "to"),
    ...policyTypes.flatMap((type, at) =>
      checkOneOf(`spec.policyTypes[${at}]`, type, "Egress", "Ingress")
    ),
  ];
}

function checkPolicyPort({ port, endPort, protocol }: JsonObject, path: string): StatusCause[] {
  const causes = checkOneOf(`${path}.protocol`, protocol, "SCTP", "TCP", "UDP");
  if (port !== undefined) causes.push(...checkPort(`${path}.port`, port));
  if (typeof endPort === "number" && !(typeof port === "number" && endPort >= port)) {
    const why = "must be greater than or equal to `port`";
    causes.push(cause.invalid(`${path}.endPort`, endPort, why));
  }
  return causes;
}

function checkPeer(peer: JsonObject, path: string): StatusCause[] {
  const { ipBlock, ...selectors } = peer;
  if (Object.keys(peer).length === 0) return [cause.required(path, "must specify a peer")];
  if (ipBlock === undefined) return [];
  if (Object.keys(selectors).length > 0) {
    return [cause.forbidden(path, "may not specify both ipBlock and another peer")];
  }
  const { cidr, except = [] } = ipBlock as {
    readonly cidr?: string;
    readonly except?: readonly string[];
  };
  if (!cidr) return [cause.required(`${path}.ipBlock.cidr`)];
  return [
    ...checkCidr(cidr, `${path}.ipBlock.cidr`),
    ...except.flatMap((one, at) => checkCidr(one, `${path}.ipBlock.except[${at}]`)),
  ];
}

function checkCidr(text: string, path: string): StatusCause[] {
  const [address = "", bits = ""] = text.split("/");
  const isV4 = address.split(".").length === 4 &&
    address.split(".").every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  const isV6 = address.includes(":") && URL.canParse(`http://[${address}]/`);
  const isValid = /^\d+$/.test(bits) &&
    ((isV4 && Number(bits) <= 32) || (isV6 && Number(bits) <= 128));
  const why = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
  return isValid ? [] : [cause.invalid(path, text, why)];
}

/** What is wrong with a Service. */
export function checkService(object: KubeObject, old: KubeObject | undefined): StatusCause[] {
  const spec = object.spec as JsonObject;
  const ports = listOf(spec.ports);
  const isPortless = spec.type === "ExternalName" || spec.clusterIP === "None";
  const types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
  return [
    ...(ports.length === 0 && !isPortless ? [cause.required("spec.ports")] : []),
    ...ports.flatMap((port, at) => checkServicePort(port, at, ports)),
    ...checkOneOf("spec.type", spec.type, ...types),
    ...checkAddress(spec, old?.spec as JsonObject | undefined),
  ];
}

function checkServicePort(
  { name, port, protocol, targetPort }: JsonObject,
  at: number,
  all: readonly JsonObject[],
): StatusCause[] {
  const path = `spec.ports[${at}]`;
  const before = all.slice(0, at);
  const causes: StatusCause[] = [];
  if (!name && all.length > 1) causes.push(cause.required(`${path}.name`));
  if (name && before.some((one) => one.name === name)) {
    causes.push(cause.duplicate(`${path}.name`, name));
  }
  if (before.some((one) => one.port === port && one.protocol === protocol)) {
    causes.push(cause.duplicate(path, { protocol, port }));
  }
  causes.push(...checkPort(`${path}.port`, port));
  causes.push(...checkOneOf(`${path}.protocol`, protocol, "SCTP", "TCP", "UDP"));
  if (typeof targetPort === "string") {
    causes.push(
      ...portNameProblems(targetPort).map((why) =>
        cause.invalid(`${path}.targetPort`, targetPort, why)
      ),
    );
  }
  return causes;
}

/** An address is for life. */
function checkAddress(spec: JsonObject, before: JsonObject | undefined): StatusCause[] {
  if (!before?.clusterIP || isSame(spec.clusterIP, before.clusterIP)) return [];
  const why = "may not change once set";
  return [cause.invalid("spec.clusterIPs[0]", spec.clusterIPs ?? [spec.clusterIP ?? ""], why)];
}

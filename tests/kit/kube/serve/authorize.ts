import type { KubeObject } from "../kube_object.ts";
import type { Store } from "../objects/store.ts";
import { forbidden, StatusError } from "../status_error.ts";
import type { RequestInfo, ResourceRequest } from "./request_info.ts";

/** Who asks. */
export interface KubeUser {
  readonly name: string;
  readonly groups: readonly string[];
  /** What is allowed beyond what Roles and ClusterRoles in the cluster allow. */
  readonly rules?: readonly PolicyRule[];
}

/** What is allowed, as in a ClusterRole. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** Who asks without saying so. */
export const anonymous: KubeUser = { name: "system:anonymous", groups: ["system:unauthenticated"] };

/** The group that everything is allowed to. */
export const MASTERS = "system:masters";

/** What everybody may read, and what everybody who is known may read. */
const PUBLIC = ["/healthz", "/livez", "/readyz", "/version", "/version/"];
const DISCOVERY = ["/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"];
const SELF_REVIEW: PolicyRule = {
  verbs: ["create"],
  apiGroups: ["authorization.k8s.io"],
  resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
};

const RBAC = "rbac.authorization.k8s.io";

/**
 * Refuses what a user may not do, by the rules of RBAC.
 *
 * @throws StatusError 403, worded as the API server does
 */
export function authorize(store: Store, user: KubeUser, info: RequestInfo, method: string): void {
  if (user.groups.includes(MASTERS)) return;
  if (info.isResource) {
    if (mayTouch(store, user, info)) return;
    throw forbidden(
      { group: info.group, name: info.resource },
      info.name,
      `User ${JSON.stringify(user.name)} cannot ${info.verb} resource ${
        JSON.stringify(joinResource(info))
      } in API group ${JSON.stringify(info.group)} ${
        info.namespace
          ? `in the namespace ${JSON.stringify(info.namespace)}`
          : "at the cluster scope"
      }`,
    );
  }
  const verb = method.toLowerCase();
  if (mayVisit(store, user, info.path, verb)) return;
  const words = `User ${JSON.stringify(user.name)} cannot ${verb} path ${
    JSON.stringify(info.path)
  }`;
  throw new StatusError(403, "Forbidden", `forbidden: ${words}`, {});
}

/** Whether a user may do something with objects. */
export function mayTouch(
  store: Store,
  user: KubeUser,
  asked: Pick<
    ResourceRequest,
    "verb" | "group" | "resource" | "subresource" | "namespace" | "name"
  >,
): boolean {
  if (user.groups.includes(MASTERS)) return true;
  const rules = rulesOf(store, user, asked.namespace);
  return rules.some((rule) => allows(rule, asked));
}

function allows(
  rule: PolicyRule,
  asked: Pick<ResourceRequest, "verb" | "group" | "resource" | "subresource" | "name">,
): boolean {
  const { verbs, apiGroups = [], resources = [], resourceNames = [] } = rule;
  const resource = joinResource(asked);
  return hasAny(verbs, asked.verb) && hasAny(apiGroups, asked.group) &&
    (hasAny(resources, resource) ||
      (asked.subresource !== "" && resources.includes(`*/${asked.subresource}`))) &&
    (resourceNames.length === 0 || resourceNames.includes(asked.name));
}

function mayVisit(store: Store, user: KubeUser, path: string, verb: string): boolean {
  const isKnown = user.groups.includes("system:authenticated");
  const given = isKnown ? [...PUBLIC, ...DISCOVERY] : PUBLIC;
  return (verb === "get" && given.some((pattern) => fits(pattern, path))) ||
    rulesOf(store, user, "").some(({ verbs, nonResourceURLs = [] }) =>
      hasAny(verbs, verb) && nonResourceURLs.some((pattern) => fits(pattern, path))
    );
}

function fits(pattern: string, path: string): boolean {
  return pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

function hasAny(list: readonly string[], wanted: string): boolean {
  return list.includes("*") || list.includes(wanted);
}

function joinResource(
  { resource, subresource }: Pick<ResourceRequest, "resource" | "subresource">,
): string {
  return subresource ? `${resource}/${subresource}` : resource;
}

/** All rules for a user in a namespace; outside of namespaces where that is empty. */
function rulesOf(store: Store, user: KubeUser, namespace: string): PolicyRule[] {
  const bound = [
    ...store.list(`${RBAC}/clusterrolebindings`),
    ...(namespace ? store.list(`${RBAC}/rolebindings`, namespace) : []),
  ].filter((binding) => isBound(binding, user));
  return [
    ...(user.groups.includes("system:authenticated") ? [SELF_REVIEW] : []),
    ...(user.rules ?? []),
    ...bound.flatMap((binding) => rulesOfRole(store, binding)),
  ];
}

function isBound(binding: KubeObject, user: KubeUser): boolean {
  const subjects = (binding.subjects ?? []) as readonly Readonly<Record<string, string>>[];
  return subjects.some(({ kind, name = "", namespace }) => {
    if (kind === "User") return name === user.name;
    if (kind === "Group") return user.groups.includes(name);
    return user.name === `system:serviceaccount:${namespace}:${name}`;
  });
}

function rulesOfRole(store: Store, binding: KubeObject): readonly PolicyRule[] {
  const { kind, name = "" } = binding.roleRef as Readonly<Record<string, string>>;
  const role = kind === "ClusterRole"
    ? store.get(`${RBAC}/clusterroles`, "", name)
    : store.get(`${RBAC}/roles`, binding.metadata.namespace ?? "", name);
  return (role?.rules ?? []) as readonly PolicyRule[];
}

/** The user that a service account is. */
export function serviceAccountUser(namespace: string, name: string): KubeUser {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    groups: [
      "system:serviceaccounts",
      `system:serviceaccounts:${namespace}`,
      "system:authenticated",
    ],
  };
}

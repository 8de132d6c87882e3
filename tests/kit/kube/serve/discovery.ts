import type { Kinds } from "../kinds.ts";
import type { JsonObject } from "../kube_object.ts";
import { apiVersionOf, type ServedKind } from "../served_kind.ts";
import { unknownPath } from "../status_error.ts";

/** What can be done with kinds of the server itself, and with those that were defined. */
const OWN_VERBS = [
  "create",
  "delete",
  "deletecollection",
  "get",
  "list",
  "patch",
  "update",
  "watch",
];
const CUSTOM_VERBS = [
  "delete",
  "deletecollection",
  "get",
  "list",
  "patch",
  "create",
  "update",
  "watch",
];
const PART_VERBS = ["get", "patch", "update"];

/** How clients ask for all groups at once. */
const AGGREGATED = "as=APIGroupDiscoveryList";

/** An answer of discovery. */
export interface DiscoveryAnswer {
  readonly body: JsonObject;
  readonly contentType: string;
}

/**
 * Says what is served.
 *
 * @param path such as `/apis` or `/apis/apps/v1`
 * @param accept as the client says
 * @returns nothing where the path is none of discovery, or names a group that is not there
 */
export async function discover(
  kinds: Kinds,
  path: string,
  accept: string | null,
): Promise<DiscoveryAnswer | undefined> {
  const parts = path.split("/").filter((part) => part !== "");
  const isAggregated = accept?.includes(AGGREGATED) ?? false;
  const [root, ...rest] = parts;
  if (root === "api" && rest.length === 0) {
    return isAggregated ? aggregate(kinds, (group) => group === "") : plain({
      kind: "APIVersions",
      versions: ["v1"],
      serverAddressByClientCIDRs: [],
    });
  }
  if (root === "apis" && rest.length === 0) {
    return isAggregated ? aggregate(kinds, (group) => group !== "") : plain({
      kind: "APIGroupList",
      apiVersion: "v1",
      groups: groupsOf(kinds).map((group) => describeGroup(kinds, group)),
    });
  }
  const [group, version] = root === "api" ? ["", rest[0]] : rest;
  const all = kinds.all.filter((kind) => kind.group === group);
  if (all.length === 0) return undefined;
  if (version === undefined) {
    return plain({ kind: "APIGroup", apiVersion: "v1", ...describeGroup(kinds, group ?? "") });
  }
  const served = all.filter((kind) => kind.version === version);
  if (served.length === 0) return undefined;
  return plain(await listResources(served));
}

function plain(body: JsonObject): DiscoveryAnswer {
  return { body, contentType: "application/json" };
}

function groupsOf(kinds: Kinds): string[] {
  return [...new Set(kinds.all.map(({ group }) => group))].filter((group) => group !== "");
}

function versionsOf(kinds: Kinds, group: string): string[] {
  return [
    ...new Set(kinds.all.filter((kind) => kind.group === group).map(({ version }) => version)),
  ];
}

function describeGroup(kinds: Kinds, name: string): JsonObject {
  const versions = versionsOf(kinds, name).map((version) => ({
    groupVersion: apiVersionOf({ group: name, version }),
    version,
  }));
  return { name, versions, preferredVersion: versions[0] };
}

async function listResources(kinds: readonly ServedKind[]): Promise<JsonObject> {
  const [first] = kinds;
  if (!first) throw unknownPath();
  const resources = await Promise.all(kinds.map(async (kind) => [{
    name: kind.plural,
    singularName: kind.singular,
    namespaced: kind.isNamespaced,
    kind: kind.kind,
    verbs: verbsOf(kind),
    ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
    ...(kind.categories.length > 0 && { categories: kind.categories }),
    storageVersionHash: await hashStorageVersion(kind),
  }, ...partsOf(kind)]));
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: apiVersionOf(first),
    resources: resources.flat(),
  };
}

function verbsOf(kind: ServedKind): readonly string[] {
  return kind.isCustom ? CUSTOM_VERBS : OWN_VERBS;
}

function partsOf(kind: ServedKind): JsonObject[] {
  const { plural, isNamespaced: namespaced } = kind;
  const part = (name: string, verbs: readonly string[], more: JsonObject) => ({
    name: `${plural}/${name}`,
    singularName: "",
    namespaced,
    ...more,
    verbs,
  });
  return [
    ...(kind.judge.hasStatus ? [part("status", PART_VERBS, { kind: kind.kind })] : []),
    ...(kind.hasScale
      ? [part("scale", PART_VERBS, { group: "autoscaling", version: "v1", kind: "Scale" })]
      : []),
    ...(isServiceAccounts(kind)
      ? [
        part("token", ["create"], {
          group: "authentication.k8s.io",
          version: "v1",
          kind: "TokenRequest",
        }),
      ]
      : []),
  ];
}

function isServiceAccounts({ group, plural }: ServedKind): boolean {
  return group === "" && plural === "serviceaccounts";
}

/** By which clients see that objects are kept in another version than before. */
async function hashStorageVersion({ group, version, kind }: ServedKind): Promise<string> {
  const text = new TextEncoder().encode(`${group}/${version}/${kind}`);
  const digest = await crypto.subtle.digest("SHA-256", text);
  return new Uint8Array(digest).subarray(0, 8).toBase64();
}

function aggregate(kinds: Kinds, isWanted: (group: string) => boolean): DiscoveryAnswer {
  const groups = [...new Set(kinds.all.map(({ group }) => group))].filter(isWanted);
  return {
    contentType: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
    body: {
      kind: "APIGroupDiscoveryList",
      apiVersion: "apidiscovery.k8s.io/v2",
      metadata: {},
      items: groups.map((group) => ({
        metadata: { ...(group && { name: group }) },
        versions: versionsOf(kinds, group).map((version) => ({
          version,
          freshness: "Current",
          resources: kinds.all
            .filter((kind) => kind.group === group && kind.version === version)
            .map(describeResource),
        })),
      })),
    },
  };
}

function describeResource(kind: ServedKind): JsonObject {
  const { group, version } = kind;
  return {
    resource: kind.plural,
    responseKind: { group, version, kind: kind.kind },
    scope: kind.isNamespaced ? "Namespaced" : "Cluster",
    singularResource: kind.singular,
    verbs: verbsOf(kind),
    ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
    ...(kind.categories.length > 0 && { categories: kind.categories }),
    subresources: partsOf(kind).map((part) => ({
      subresource: String(part.name).split("/")[1],
      responseKind: {
        group: part.group ?? group,
        version: part.version ?? version,
        kind: part.kind,
      },
      verbs: part.verbs,
    })),
  };
}

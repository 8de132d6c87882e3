import { builtinKinds } from "./builtin/builtin_kinds.ts";
import type { BuiltinKind } from "./judge.ts";
import type { KubeObject } from "./kube_object.ts";
import { createSchemaJudge } from "./schema/create_schema_judge.ts";
import {
  apiVersionOf,
  type PrinterColumn,
  resourceOf,
  type ScalePaths,
  type ServedKind,
} from "./served_kind.ts";

/** Groups whose kinds count changes of their `spec`. */
const COUNTING = ["apps", "batch", "networking.k8s.io", "policy", "apiextensions.k8s.io"];

/** What `kubectl get all` shows. */
const EVERYDAY = [
  "deployments",
  "horizontalpodautoscalers",
  "jobs",
  "pods",
  "services",
  "statefulsets",
];

/** Kinds whose names must be DNS labels. */
const LABELLED = ["namespaces", "services"];

/** What is served, which changes as kinds are defined and go. */
export class Kinds {
  readonly #byPath = new Map<string, ServedKind>();
  readonly #byName = new Map<string, ServedKind>();
  readonly #terminating = new Set<string>();

  constructor() {
    for (const kind of builtinKinds.map(serveBuiltin)) this.#add(kind);
  }

  /** The kind of a path, by its plural. */
  find(group: string, version: string, plural: string): ServedKind | undefined {
    return this.#byPath.get(`${group}/${version}/${plural}`);
  }

  /** The kind that an object says it has. */
  findKind(apiVersion: string, kind: string): ServedKind | undefined {
    return this.#byName.get(`${apiVersion}/${kind}`);
  }

  /** Every kind in every version. */
  get all(): readonly ServedKind[] {
    return [...this.#byPath.values()];
  }

  /** One kind for each place where objects are kept. */
  get resources(): readonly ServedKind[] {
    return [...new Map(this.all.map((kind) => [resourceOf(kind), kind])).values()];
  }

  /** Serves what a CustomResourceDefinition defines, in place of what it defined before. */
  define(crd: KubeObject): readonly ServedKind[] {
    this.undefine(crd);
    const kinds = serveCustom(crd);
    for (const kind of kinds) this.#add(kind);
    return kinds;
  }

  /** Serves it no longer. */
  undefine(crd: KubeObject): void {
    const { group, names } = crd.spec as CrdSpec;
    for (const kind of this.all) {
      if (kind.group !== group || kind.plural !== names.plural) continue;
      this.#byPath.delete(`${kind.group}/${kind.version}/${kind.plural}`);
      this.#byName.delete(`${apiVersionOf(kind)}/${kind.kind}`);
    }
    this.#terminating.delete(`${group}/${names.plural}`);
  }

  /** Takes no new objects of what a CustomResourceDefinition defines. */
  terminate(crd: KubeObject): void {
    const { group, names } = crd.spec as CrdSpec;
    this.#terminating.add(`${group}/${names.plural}`);
  }

  /** Whether a kind is on its way out. */
  isTerminating(kind: ServedKind): boolean {
    return this.#terminating.has(resourceOf(kind));
  }

  #add(kind: ServedKind): void {
    this.#byPath.set(`${kind.group}/${kind.version}/${kind.plural}`, kind);
    this.#byName.set(`${apiVersionOf(kind)}/${kind.kind}`, kind);
  }
}

/** What of a CustomResourceDefinition decides what is served. */
interface CrdSpec {
  readonly group: string;
  readonly scope: "Namespaced" | "Cluster";
  readonly names: {
    readonly plural: string;
    readonly singular?: string;
    readonly kind: string;
    readonly listKind?: string;
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
  };
  readonly versions: readonly {
    readonly name: string;
    readonly served: boolean;
    readonly subresources?: { readonly status?: unknown; readonly scale?: ScalePaths };
    readonly additionalPrinterColumns?: readonly PrinterColumn[];
    readonly selectableFields?: readonly { readonly jsonPath: string }[];
  }[];
}

function serveCustom(crd: KubeObject): ServedKind[] {
  const { group, scope, names, versions } = crd.spec as CrdSpec;
  return versions.filter(({ served }) => served).map((version) => ({
    group,
    version: version.name,
    kind: names.kind,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    listKind: names.listKind ?? `${names.kind}List`,
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    isNamespaced: scope === "Namespaced",
    isCustom: true,
    hasScale: version.subresources?.scale !== undefined,
    ...(version.subresources?.scale && { scalePaths: version.subresources.scale }),
    countsGenerations: true,
    ...(version.additionalPrinterColumns && { columns: version.additionalPrinterColumns }),
    nameRule: "subdomain",
    selectableFields: (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.slice(1)),
    judge: createSchemaJudge(crd, version.name),
  }));
}

function serveBuiltin(kind: BuiltinKind): ServedKind {
  const { judge, plural, singular, shortNames, isNamespaced, subresources } = kind;
  const { group, version } = judge;
  return {
    group,
    version,
    kind: judge.kind,
    plural,
    singular,
    listKind: `${judge.kind}List`,
    shortNames,
    categories: EVERYDAY.includes(plural) ? ["all"] : [],
    isNamespaced,
    isCustom: false,
    hasScale: subresources.includes("scale"),
    countsGenerations: COUNTING.includes(group),
    nameRule: group === "rbac.authorization.k8s.io"
      ? "path"
      : group === "" && LABELLED.includes(plural)
      ? "label"
      : "subdomain",
    selectableFields: SELECTABLE[`${group}/${plural}`] ?? [],
    judge,
  };
}

/** What lists of kinds of the server itself may be narrowed by. */
const SELECTABLE: Readonly<Record<string, readonly string[]>> = {
  "/pods": ["spec.nodeName", "spec.serviceAccountName", "status.phase", "status.podIP"],
  "/namespaces": ["status.phase"],
  "/secrets": ["type"],
  "batch/jobs": ["status.successful"],
  "events.k8s.io/events": [
    "reason",
    "type",
    "reportingController",
    "regarding.kind",
    "regarding.name",
    "regarding.namespace",
    "regarding.uid",
  ],
};

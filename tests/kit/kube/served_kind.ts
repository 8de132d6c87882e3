import type { Judge } from "./judge.ts";
import type { NameRule } from "./names.ts";
import type { Grouped } from "./status_error.ts";

/** Where a kind keeps what its scale is made of: JSON paths such as `.spec.replicas`. */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/** A column of a table beyond the name. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
}

/** A kind that the server answers for, in one version. */
export interface ServedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly isNamespaced: boolean;
  /** Whether it comes from a CustomResourceDefinition. */
  readonly isCustom: boolean;
  readonly hasScale: boolean;
  /** Of kinds that were defined: kinds of the server itself have a path of their own for it. */
  readonly scalePaths?: ScalePaths;
  /** Whether changes of what is wished are counted in `metadata.generation`. */
  readonly countsGenerations: boolean;
  readonly columns?: readonly PrinterColumn[];
  readonly nameRule: NameRule;
  /** Further fields that a list may be narrowed by. */
  readonly selectableFields: readonly string[];
  readonly judge: Judge;
}

/** Where the objects of a kind are kept, whichever version they are written in. */
export function resourceOf({ group, plural }: Pick<ServedKind, "group" | "plural">): string {
  return `${group}/${plural}`;
}

/** The `apiVersion` of a group and a version. */
export function apiVersionOf(kind: { readonly group: string; readonly version: string }): string {
  return kind.group ? `${kind.group}/${kind.version}` : kind.version;
}

/** How refusals about objects name it: `widgets.example.io`. */
export function asResource({ group, plural }: ServedKind): Grouped {
  return { group: homeOf(group), name: plural };
}

/** How refusals about what is in objects name it: `Widget.example.io`. */
export function asKind({ group, kind }: ServedKind): Grouped {
  return { group: homeOf(group), name: kind };
}

/** Events moved to a group of their own, and are still kept as what they were before. */
function homeOf(group: string): string {
  return group === "events.k8s.io" ? "" : group;
}

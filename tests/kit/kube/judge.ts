/**
 * What the API server thinks of objects, apart from where it keeps them: what it reads from a body,
 * what it fills in, what it refuses and in which words, and who owns which field of what it stores.
 *
 * A write goes through these steps, in this order:
 *
 * 1. `decode` reads the body: fields that the kind does not have are dropped, defaults filled in.
 *    (An apply starts with `applyPatch`, and what came of it is decoded.)
 * 2. `trackUpdate` notes who changed what. (`applyPatch` has done that for an apply.)
 * 3. `prepare` keeps what the caller may not write by this path: `status`, or everything else.
 * 4. `validate` says what is wrong with the outcome.
 * 5. Nothing is stored where `isUnchanged` says so.
 *
 * @module
 */
import type { MergeType } from "./apply/merge_type.ts";
import type { JsonObject, KubeObject } from "./kube_object.ts";
import type { StatusCause } from "./status_error.ts";

/** What happens to fields that a kind does not have: dropped, dropped and told, or refused. */
export type FieldValidation = "Ignore" | "Warn" | "Strict";

/** A part of an object with a path of its own; `""` is the object itself. */
export type Subresource = "" | "status" | "scale";

/** What was read from a body. */
export interface Decoded {
  readonly object: KubeObject;
  /** Sentences such as `unknown field "spec.bogus"`. */
  readonly warnings: readonly string[];
}

/** What the API server knows of one version of a kind. */
export interface Judge {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** How values of this kind are merged, and which parts of them can be owned. */
  readonly type: MergeType;
  /** What an object is before anything was said of it: kinds in Go have parts that always exist. */
  readonly blank: JsonObject;
  /** Whether `status` has a path of its own. */
  readonly hasStatus: boolean;
  /**
   * Reads a body.
   *
   * @throws StatusError 400 for one that cannot be read, or has unknown fields and may not
   */
  decode(body: KubeObject, fieldValidation: FieldValidation): Decoded;
  /** Keeps what may not be written by this path as it was. */
  prepare(object: KubeObject, old: KubeObject | undefined, subresource: Subresource): KubeObject;
  /** Everything that is wrong with an object, but for its metadata. */
  validate(
    object: KubeObject,
    old: KubeObject | undefined,
    subresource: Subresource,
  ): StatusCause[];
}

/** A kind that every API server has. */
export interface BuiltinKind {
  readonly plural: string;
  readonly singular: string;
  readonly isNamespaced: boolean;
  readonly shortNames: readonly string[];
  readonly subresources: readonly ("status" | "scale")[];
  readonly judge: Judge;
}

/** Who writes, how and when. */
export interface Writer {
  readonly manager: string;
  readonly subresource: Subresource;
  /** RFC 3339, in seconds. */
  readonly now: string;
}

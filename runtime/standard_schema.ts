/**
 * What every schema library that follows the Standard Schema convention offers: a way to check a
 * value. Zod, Valibot, ArkType and others are such schemas.
 *
 * Only the part that is needed here is described.
 *
 * @see https://standardschema.dev
 */
export interface StandardSchema<Out = unknown> {
  /** The schema's properties, under the name that the convention fixes. */
  readonly "~standard": {
    /** The convention's version. */
    readonly version: 1;
    /** Which library made the schema. */
    readonly vendor: string;
    /** Checks a value, and may convert it. */
    readonly validate: (value: unknown) => StandardResult<Out> | Promise<StandardResult<Out>>;
    /** Types only; never read. */
    readonly types?: { readonly input: unknown; readonly output: Out } | undefined;
  };
}

/** What came of checking a value. */
export type StandardResult<Out> =
  | { readonly value: Out; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** One thing that is wrong with a value. */
export interface StandardIssue {
  /** What is wrong, in words. */
  readonly message: string;
  /** Where it is wrong, from the outside in. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * Writes what a schema found as one sentence that names every place.
 *
 * @param what what was checked, `"payload"` for example
 * @param issues what is wrong with it; at least one
 * @example
 * ```ts
 * import { describeIssues } from "./standard_schema.ts";
 * import assert from "node:assert/strict";
 * const issues = [{ message: "Required", path: ["items", 0, "price"] }];
 * assert.equal(describeIssues("payload", issues), "payload.items[0].price: Required");
 * ```
 */
export function describeIssues(what: string, issues: readonly StandardIssue[]): string {
  return issues.map(({ message, path = [] }) => `${what}${path.map(keyText).join("")}: ${message}`)
    .join("; ");
}

function keyText(segment: PropertyKey | { readonly key: PropertyKey }): string {
  const key = typeof segment === "object" ? segment.key : segment;
  return typeof key === "number" ? `[${key}]` : `.${String(key)}`;
}

import { flag, integer, type Option } from "./option.ts";

/** How much of a list is wanted. */
export interface ListOptions {
  /** At most so many. */
  readonly limit: Option<number | undefined>;
  /** As many as there are. */
  readonly all: Option<boolean>;
}

/**
 * How much of a list is wanted.
 *
 * @param usual how many where nobody says how many
 */
export function listOptions(usual: number): ListOptions {
  const doc = `how many at most (${usual})`;
  return {
    limit: integer({ value: "N", doc, short: "n", min: 1, max: 1_000_000 }),
    all: flag({ doc: "all of them" }),
  };
}

/** What is wrong with how much was asked for, one sentence each. */
export function checkList(
  { limit, all }: { readonly limit: number | undefined; readonly all: boolean },
): string[] {
  return all && limit !== undefined
    ? ["--all and --limit are both given; allowed: one of them"]
    : [];
}

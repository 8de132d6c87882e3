import type { Branch, BranchState, FanOut } from "./branch_tree.ts";

/** Branches as a page shows them: those that matter one by one, the rest by how they get on. */
export interface Folded {
  /** One by one: failed ones first, then those that are worked on, then the others. */
  readonly shown: readonly Branch[];
  /** The rest, by state, each with those that are listed when it is opened. */
  readonly folded: readonly { readonly state: BranchState; readonly count: number }[];
}

/** What people look for, first. */
const ORDER: readonly BranchState[] = ["failed", "working", "waiting", "stopped", "done"];

/**
 * Chooses which branches of a fan-out are shown one by one.
 *
 * @param fanOut the fan-out
 * @param most how many at most
 */
export function foldBranches({ branches, states }: FanOut, most: number): Folded {
  const ordered = branches.toSorted((one, other) =>
    ORDER.indexOf(one.state) - ORDER.indexOf(other.state) || (one.index ?? 0) - (other.index ?? 0)
  );
  const chosen = ordered.slice(0, most);
  const shown = chosen.toSorted((one, other) => (one.index ?? 0) - (other.index ?? 0));
  const folded = ORDER.map((state) => {
    const listed = chosen.filter((branch) => branch.state === state).length;
    return { state, count: states[state] - listed };
  }).filter(({ count }) => count > 0);
  return { shown, folded };
}

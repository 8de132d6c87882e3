import { joinOptionsOf, parseBranch, readBookkeeping, type Route } from "@asya/protocol";

/**
 * The join that waits for a branch which ends early: where its siblings meet.
 *
 * A join closes the latest fan-out that is open, as a bracket does; a join ahead may belong to a
 * fan-out that is still ahead itself. Where the route says which step's fan-out a join closes, that
 * tells. Else it is the next join, unless a join behind it would then have nothing to close.
 *
 * @param route the route as the branch's last step received it
 * @param branch the lineage of what ended: one generation or more
 * @returns the join's index in the route, or `undefined` when no join waits for the branch
 * @example
 * ```ts
 * import { ownJoin } from "./own_join.ts";
 * import assert from "node:assert/strict";
 * const steps = ["books", "pages", "ocr", "book", "shelf"];
 * const route = { steps, current: 1, metadata: { asya: { joins: [3, 4] } } };
 * assert.equal(ownJoin(route, "/0:2:ab"), 4); // a book without pages
 * assert.equal(ownJoin({ ...route, current: 2 }, "/0:2:ab/1:3:cd"), 3); // a page
 * ```
 */
export function ownJoin(route: Route, branch: string): number | undefined {
  const { joins = [], empty: hasRun = false } = readBookkeeping(route);
  const { current, steps } = route;
  const ahead = joins.filter((index) => index > current && index < steps.length)
    .toSorted((one, other) => one - other)
    .map((index) => ({ index, opening: openingOf(route, index) }));
  const done = hasRun ? current + 1 : current;
  const generations = parseBranch(branch)?.length ?? 0;
  for (const { index, opening } of ahead) {
    const isOwn = opening === undefined
      ? isEachOpened(route, index, joins, generations - 1)
      : opening < done;
    if (isOwn) return index;
  }
  return undefined;
}

/** Whether each join behind one can have a fan-out: one that is open, or of a step between them. */
function isEachOpened(
  { steps }: Route,
  join: number,
  joins: readonly number[],
  stillOpen: number,
): boolean {
  let open = stillOpen;
  for (let index = join + 1; index < steps.length; index++) {
    open += joins.includes(index) ? -1 : 1;
    if (open < 0) return false;
  }
  return true;
}

/** Index of the step whose fan-out a join closes, where the route says so. */
function openingOf(route: Route, join: number): number | undefined {
  const { of } = joinOptionsOf(route, route.steps[join] ?? "");
  if (of === undefined) return undefined;
  const opening = route.steps.lastIndexOf(of, join - 1);
  return opening < 0 ? undefined : opening;
}

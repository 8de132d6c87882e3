import { branchOf, type BranchSegment, parentBranch, parseBranch } from "./lineage.ts";

/** One group of outputs that a message was fanned out into, and how many of them have ended. */
export interface FanOutGroup {
  /** `"<count>:<group>"`, as in the lineage. */
  readonly key: string;
  /** Outputs in the group, 1 or more. */
  readonly count: number;
  /** How many of them have ended. */
  readonly ended: number;
  /** Percent at which the fanned-out message stood: where its outputs begin. */
  readonly base: number;
}

/**
 * What a job remembers of its fan-outs: enough to follow its progress, and to know when all
 * branches may have ended, without looking at every branch. What a branch fanned out into is
 * remembered with that branch, so that this stays small.
 */
export interface FanOut {
  /** The furthest step that was reported before the first fan-out was heard of. */
  readonly fromStep: number;
  /** Branches known at present that have not fanned out themselves. */
  readonly leaves: number;
  /** Sum of their percents. */
  readonly sum: number;
  /** The groups that the job itself was fanned out into, in the order of being heard of. */
  readonly groups: readonly FanOutGroup[];
}

/** What is known of one branch. */
export interface Branch {
  /** One `"/<index>:<count>:<group>"` per generation, oldest first. */
  readonly lineage: string;
  /** How far it is, 0 to 100. */
  readonly percent: number;
  /** Whether its final report was counted. */
  readonly ended: boolean;
  /** The groups it was fanned out into, in the order of being heard of; absent where none is. */
  readonly groups?: readonly FanOutGroup[];
  /** The newest streamed chunk of it, so that a repeated one is recognised. */
  readonly lastPartial?: { readonly stepIndex: number; readonly seq: number };
}

/** A branch and its ancestors, by lineage; those never heard of are missing. */
export type KnownBranches = ReadonlyMap<string, Branch>;

/** A report about a branch, worked into the fan-out. */
export interface FanOutChange {
  /** What the job remembers from here on. */
  readonly fanOut: FanOut;
  /** The reported branch, as it stands after the report. */
  readonly branch: Branch;
  /** Ancestors of it that the report changed. */
  readonly ancestors: readonly Branch[];
  /** Whether every branch of some group of the first fan-out may have ended. */
  readonly mayBeComplete: boolean;
}

/**
 * The lineages that a report about a branch concerns: the branch and its ancestors.
 *
 * @param branch a lineage
 * @example
 * ```ts
 * import { lineageOf } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.deepEqual(lineageOf("/1:2:aa/0:3:bb"), ["/1:2:aa", "/1:2:aa/0:3:bb"]);
 * ```
 */
export function lineageOf(branch: string): string[] {
  const lineages: string[] = [];
  for (let at: string | undefined = branch; at !== undefined; at = parentBranch(at)) {
    lineages.unshift(at);
  }
  return lineages;
}

/**
 * Works a report about a branch into what is remembered of a job's fan-outs.
 *
 * Progress is the mean over all known branches; a fan-out makes its outputs known at once, each
 * beginning where its parent stood. Only the group of a parent that was heard of first counts.
 *
 * @param fanOut what was remembered; `undefined` before the first fan-out
 * @param known the branch and its ancestors, as far as they were heard of
 * @param report the branch, its percent by its own account, and whether it ended
 * @param root how far the job was before it fanned out
 * @example
 * ```ts
 * import { trackBranch } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const report = { lineage: "/0:2:ab", percent: 50, ended: true };
 * const root = { step: 0, percent: 40 };
 * const { fanOut, mayBeComplete } = trackBranch(undefined, new Map(), report, root);
 * assert.equal(fanOut.sum / fanOut.leaves, 70); // one at 100, one still at 40
 * assert.equal(mayBeComplete, false);
 * ```
 */
export function trackBranch(
  fanOut: FanOut | undefined,
  known: KnownBranches,
  report: { readonly lineage: string; readonly percent: number; readonly ended: boolean },
  root: { readonly step: number; readonly percent: number },
): FanOutChange {
  const first = { fromStep: root.step, leaves: 1, sum: root.percent, groups: [] };
  const line = new Line(fanOut ?? first);
  for (const segment of parseBranch(report.lineage) ?? []) line.descend(segment, known);
  const { branch: before, groups, isCounted } = line.last;
  const percent = Math.max(before.percent, report.ended ? 100 : report.percent);
  if (groups.length === 0 && isCounted) line.sum += percent - before.percent;
  const ends = report.ended && !before.ended && !hasCompleteGroup(groups);
  const mayBeComplete = ends && line.countEnd();
  return {
    fanOut: line.fanOut,
    branch: { ...before, percent, ended: before.ended || report.ended },
    ancestors: line.ancestors,
    mayBeComplete,
  };
}

/** The job itself, or one generation on the way from it to a branch. */
interface Place {
  /** As it was remembered, or as it begins; of the job itself, what a branch would be. */
  readonly branch: Branch;
  /** Key of its group among those of its parent. */
  readonly key: string;
  /** Whether every group on the way to it is the first that was heard of. */
  readonly isCounted: boolean;
  groups: readonly FanOutGroup[];
  isChanged: boolean;
}

/** The way from a job down to a branch, while a report about that branch is worked in. */
class Line {
  leaves: number;
  sum: number;
  readonly #before: FanOut;
  readonly #places: [Place, ...Place[]];

  constructor(before: FanOut) {
    const { leaves, sum, groups } = before;
    this.leaves = leaves;
    this.sum = sum;
    this.#before = before;
    const branch = { lineage: "", percent: sum / leaves, ended: false };
    this.#places = [{ branch, key: "", isCounted: true, groups, isChanged: false }];
  }

  get last(): Place {
    return this.#places.at(-1)!;
  }

  get fanOut(): FanOut {
    const { leaves, sum } = this;
    return { ...this.#before, leaves, sum, groups: this.#places[0].groups };
  }

  get ancestors(): Branch[] {
    return this.#places.slice(1, -1).filter(({ isChanged }) => isChanged)
      .map(({ branch, groups }) => ({ ...branch, groups }));
  }

  /** Goes one generation further, and makes its fan-out known where it was not. */
  descend({ index, count, group }: BranchSegment, known: KnownBranches): void {
    const parent = this.last;
    const key = `${count}:${group}`;
    const base = parent.groups.find((one) => one.key === key)?.base ??
      this.#hear(parent, { key, count, ended: 0, base: parent.branch.percent });
    const lineage = branchOf(parent.branch.lineage, { index, count, group });
    const branch = known.get(lineage) ?? { lineage, percent: base, ended: false };
    const isCounted = parent.isCounted && parent.groups[0]?.key === key;
    this.#places.push({ branch, key, isCounted, groups: branch.groups ?? [], isChanged: false });
  }

  /** Counts the end of the last place, and what it completes further up; says whether all is. */
  countEnd(): boolean {
    for (let at = this.#places.length - 1; at > 0; at--) {
      const { key } = this.#places[at]!;
      const parent = this.#places[at - 1]!;
      const wasComplete = parent.branch.ended || hasCompleteGroup(parent.groups);
      parent.groups = parent.groups.map((group) =>
        group.key === key ? { ...group, ended: group.ended + 1 } : group
      );
      parent.isChanged = true;
      if (wasComplete || !hasCompleteGroup(parent.groups)) return false;
    }
    return true;
  }

  /** The outputs of the first group of a branch take its place among the leaves. */
  #hear(parent: Place, group: FanOutGroup): number {
    if (parent.isCounted && parent.groups.length === 0) {
      this.leaves += group.count - 1;
      this.sum += group.base * (group.count - 1);
    }
    parent.groups = [...parent.groups, group];
    parent.isChanged = true;
    return group.base;
  }
}

function hasCompleteGroup(groups: readonly FanOutGroup[]): boolean {
  return groups.some((group) => group.ended >= group.count);
}

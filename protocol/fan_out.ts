import { parentBranch, parseBranch } from "./lineage.ts";

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
 * branches may have ended, without looking at every branch.
 */
export interface FanOut {
  /** The furthest step that was reported before the first fan-out was heard of. */
  readonly fromStep: number;
  /** Branches known at present that have not fanned out themselves. */
  readonly leaves: number;
  /** Sum of their percents. */
  readonly sum: number;
  /** Groups by the lineage that was fanned out, in the order in which they were heard of. */
  readonly groups: Readonly<Record<string, readonly FanOutGroup[]>>;
}

/** What is known of one branch. */
export interface Branch {
  /** One `"/<index>:<count>:<group>"` per generation, oldest first. */
  readonly lineage: string;
  /** How far it is, 0 to 100. */
  readonly percent: number;
  /** Whether its final report was counted. */
  readonly ended: boolean;
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
  const { lineage } = report;
  const first = { fromStep: root.step, leaves: 1, sum: root.percent, groups: {} };
  const heard = hear(fanOut ?? first, known, lineage);
  const before = known.get(lineage) ??
    { lineage, percent: groupOfBranch(heard, lineage)?.base ?? 0, ended: false };
  const percent = Math.max(before.percent, report.ended ? 100 : report.percent);
  const isLeaf = heard.groups[lineage] === undefined;
  const gained = isLeaf && isCounted(heard, lineage) ? percent - before.percent : 0;
  const moved = { ...heard, sum: heard.sum + gained };
  const branch = { ...before, percent, ended: before.ended || report.ended };
  if (!report.ended || before.ended || hasCompleteGroup(moved, lineage)) {
    return { fanOut: moved, branch, mayBeComplete: false };
  }
  return { branch, ...endBranch(moved, known, lineage) };
}

/** Makes every fan-out that a lineage tells of known. */
function hear(fanOut: FanOut, known: KnownBranches, lineage: string): FanOut {
  let heard = fanOut;
  for (const at of lineageOf(lineage)) {
    if (groupOfBranch(heard, at)) continue;
    const { parent, key, count } = placeOf(at);
    const base = known.get(parent)?.percent ?? groupOfBranch(heard, parent)?.base ??
      heard.sum / heard.leaves;
    const counts = heard.groups[parent] === undefined && isCounted(heard, parent);
    const group: FanOutGroup = { key, count, ended: 0, base };
    heard = {
      ...heard,
      leaves: heard.leaves + (counts ? count - 1 : 0),
      sum: heard.sum + (counts ? base * (count - 1) : 0),
      groups: { ...heard.groups, [parent]: [...heard.groups[parent] ?? [], group] },
    };
  }
  return heard;
}

/** Counts an ended branch in its group, and the group, once complete, in the one above it. */
function endBranch(
  fanOut: FanOut,
  known: KnownBranches,
  lineage: string,
): { fanOut: FanOut; mayBeComplete: boolean } {
  const { parent, key } = placeOf(lineage);
  const parentWasComplete = known.get(parent)?.ended || hasCompleteGroup(fanOut, parent);
  const siblings = (fanOut.groups[parent] ?? []).map((group) =>
    group.key === key ? { ...group, ended: group.ended + 1 } : group
  );
  const counted = { ...fanOut, groups: { ...fanOut.groups, [parent]: siblings } };
  if (parentWasComplete || !hasCompleteGroup(counted, parent)) {
    return { fanOut: counted, mayBeComplete: false };
  }
  return parent === ""
    ? { fanOut: counted, mayBeComplete: true }
    : endBranch(counted, known, parent);
}

function hasCompleteGroup(fanOut: FanOut, lineage: string): boolean {
  return fanOut.groups[lineage]?.some((group) => group.ended >= group.count) ?? false;
}

function groupOfBranch(fanOut: FanOut, lineage: string): FanOutGroup | undefined {
  if (lineage === "") return undefined;
  const { parent, key } = placeOf(lineage);
  return fanOut.groups[parent]?.find((group) => group.key === key);
}

/** Whether every group on the way to a branch is the first that was heard of. */
function isCounted(fanOut: FanOut, lineage: string): boolean {
  return lineage === "" || lineageOf(lineage).every((at) => {
    const { parent, key } = placeOf(at);
    return fanOut.groups[parent]?.[0]?.key === key;
  });
}

function placeOf(lineage: string): { parent: string; key: string; count: number } {
  const last = parseBranch(lineage)?.at(-1);
  const count = last?.count ?? 1;
  return { parent: parentBranch(lineage) ?? "", key: `${count}:${last?.group ?? ""}`, count };
}

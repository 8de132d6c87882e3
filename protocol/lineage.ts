import { createFailure, type Failure } from "./failure.ts";
import type { Json } from "./json.ts";

/** One generation of a fan-out: output `index` of `count`, in the group `group`. */
export interface BranchSegment {
  /** 0-based position among the outputs. */
  readonly index: number;
  /** Outputs in the group, 1 to {@linkcode MAX_FAN_OUT}. */
  readonly count: number;
  /** Short hash over all outputs of the group: a re-run handler may answer differently. */
  readonly group: string;
}

/** How one branch of a job ended. */
export interface BranchReport {
  /** Lineage, `"/<index>:<count>:<group>"` per generation. */
  readonly branch: string;
  /** `failed` means that it was given up; `empty` counts with `null` in its place. */
  readonly outcome: "succeeded" | "failed" | "empty";
  /** What a branch that succeeded came to; absent counts as `null`. */
  readonly result?: Json;
}

/** What the reports of a job's branches amount to. */
export interface Gathered {
  /** Whether every branch of a winning group has ended. */
  readonly complete: boolean;
  /** Whether a branch that still counts was given up. */
  readonly failed: boolean;
  /** Results in branch order, nested as the fan-outs were; `null` where none is there yet. */
  readonly results: Json[];
}

/** Outputs one fan-out may have: a lineage that claims more is not one. */
export const MAX_FAN_OUT = 100_000;

/** Fan-outs one behind the other a lineage may have. */
export const MAX_GENERATIONS = 256;

/**
 * Outputs that the fan-outs of a lineage may have together: so many branches are made known by it,
 * and so many places for their results.
 */
export const MAX_LINEAGE_OUTPUTS = 1_000_000;

const SEGMENT = /^(0|[1-9]\d{0,9}):([1-9]\d{0,9}):([0-9a-z]{1,64})$/;

/**
 * The lineage of one output of a fan-out.
 *
 * @param parent lineage of the message that was fanned out; `undefined` at the first fan-out
 * @param segment which output it is
 * @example
 * ```ts
 * import { branchOf } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(branchOf("/1:2:aa", { index: 0, count: 3, group: "bb" }), "/1:2:aa/0:3:bb");
 * ```
 */
export function branchOf(parent: string | undefined, segment: BranchSegment): string {
  return `${parent ?? ""}/${segment.index}:${segment.count}:${segment.group}`;
}

/**
 * Parses a lineage into its generations, oldest first.
 *
 * @param branch a lineage; `""` is a job that never fanned out
 * @returns the segments, or `undefined` when the text is no lineage
 * @example
 * ```ts
 * import { parseBranch } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseBranch("/0:2:ab"), [{ index: 0, count: 2, group: "ab" }]);
 * assert.equal(parseBranch("/5:2:ab"), undefined);
 * ```
 */
export function parseBranch(branch: string): BranchSegment[] | undefined {
  if (branch === "") return [];
  if (!branch.startsWith("/")) return undefined;
  const segments: BranchSegment[] = [];
  for (const text of branch.slice(1).split("/", MAX_GENERATIONS + 1)) {
    const [, index, count, group] = SEGMENT.exec(text) ?? [];
    if (index === undefined || count === undefined || group === undefined) return undefined;
    if (Number(index) >= Number(count)) return undefined;
    segments.push({ index: Number(index), count: Number(count), group });
  }
  return beyondLimits(segments) === undefined ? segments : undefined;
}

/**
 * Whether a message may fan out into so many outputs: what the lineage of its outputs cannot say
 * would be lost on the way.
 *
 * @param parent lineage of the message that fans out; `undefined` at the first fan-out
 * @param count how many outputs there are
 * @returns a `processing_error` that names the limit, or `undefined` when it may
 * @example
 * ```ts
 * import { checkFanOut } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(checkFanOut("/0:3:ab", 500), undefined);
 * assert.equal(checkFanOut(undefined, 1_000_000)?.code, "processing_error");
 * ```
 */
export function checkFanOut(parent: string | undefined, count: number): Failure | undefined {
  const beyond = beyondLimits([...parseBranch(parent ?? "") ?? [], { count }]);
  if (beyond === undefined) return undefined;
  return createFailure("processing_error", `the fan-out makes ${beyond}`);
}

/** Says which limit the fan-outs of a lineage exceed. */
function beyondLimits(segments: readonly Pick<BranchSegment, "count">[]): string | undefined {
  if (segments.length > MAX_GENERATIONS) {
    return `more than ${MAX_GENERATIONS} fan-outs one behind the other, which is the limit`;
  }
  const widest = Math.max(0, ...segments.map(({ count }) => count));
  if (widest > MAX_FAN_OUT) return `${widest} outputs; at most ${MAX_FAN_OUT} are allowed`;
  const outputs = segments.reduce((sum, { count }) => sum + count, 0);
  if (outputs <= MAX_LINEAGE_OUTPUTS) return undefined;
  return `${outputs} outputs, those of its ancestors included; ` +
    `at most ${MAX_LINEAGE_OUTPUTS} are allowed`;
}

/**
 * The lineage before the latest fan-out, as a join's merged message carries it.
 *
 * @param branch a lineage with at least one generation
 * @returns the parent's lineage; `undefined` when the parent never fanned out
 * @example
 * ```ts
 * import { parentBranch } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(parentBranch("/1:2:aa/0:3:bb"), "/1:2:aa");
 * assert.equal(parentBranch("/1:2:aa"), undefined);
 * ```
 */
export function parentBranch(branch: string): string | undefined {
  return branch.slice(0, branch.lastIndexOf("/")) || undefined;
}

/**
 * Puts the reports of a job's branches together.
 *
 * Within one parent the first group to complete wins; until one does, the group heard of first
 * stands for it. Reports of other groups do not count.
 *
 * @param reports in the order in which they came; a second report of a branch is ignored
 * @example
 * ```ts
 * import { gatherBranches } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const gathered = gatherBranches([
 *   { branch: "/1:2:ab", outcome: "empty" },
 *   { branch: "/0:2:ab", outcome: "succeeded", result: { page: 1 } },
 * ]);
 * assert.deepEqual(gathered, { complete: true, failed: false, results: [{ page: 1 }, null] });
 * ```
 */
export function gatherBranches(reports: readonly BranchReport[]): Gathered {
  const root: BranchNode = { groups: new Map() };
  reports.forEach((report, order) => insert(root, report, order));
  const group = winnerOf(root);
  if (!group) return { complete: false, failed: false, results: [] };
  return {
    complete: completedAt(group) !== undefined,
    failed: [...group.children.values()].some(hasFailed),
    results: resultsOf(group),
  };
}

interface BranchNode {
  readonly groups: Map<string, BranchGroup>;
  ended?: { readonly report: BranchReport; readonly order: number };
}

interface BranchGroup {
  readonly count: number;
  /** By index; those not heard of are not there. */
  readonly children: Map<number, BranchNode>;
}

function insert(root: BranchNode, report: BranchReport, order: number): void {
  let node = root;
  for (const { index, count, group } of parseBranch(report.branch) ?? []) {
    const key = `${count}:${group}`;
    const siblings = node.groups.get(key) ?? { count, children: new Map() };
    node.groups.set(key, siblings);
    node = siblings.children.get(index) ?? { groups: new Map() };
    siblings.children.set(index, node);
  }
  if (node !== root) node.ended ??= { report, order };
}

/** The order number of the report that completed a node or group; `undefined` while incomplete. */
function nodeCompletedAt(node: BranchNode): number | undefined {
  const own = node.ended ? [node.ended.order] : [];
  const groups = [...node.groups.values()].map(completedAt).filter((at) => at !== undefined);
  return own.length + groups.length > 0 ? Math.min(...own, ...groups) : undefined;
}

function completedAt(group: BranchGroup): number | undefined {
  if (group.children.size < group.count) return undefined;
  let latest = -1;
  for (const child of group.children.values()) {
    const at = nodeCompletedAt(child);
    if (at === undefined) return undefined;
    latest = Math.max(latest, at);
  }
  return latest;
}

function winnerOf(node: BranchNode): BranchGroup | undefined {
  let best: { group: BranchGroup; at: number } | undefined;
  for (const group of node.groups.values()) {
    const at = completedAt(group) ?? Infinity;
    if (!best || at < best.at) best = { group, at };
  }
  return best?.group;
}

/** The group that stands for a node, unless the node itself ended first. */
function standingGroup(node: BranchNode): BranchGroup | undefined {
  const group = winnerOf(node);
  if (!group || !node.ended) return group;
  return (completedAt(group) ?? Infinity) < node.ended.order ? group : undefined;
}

function hasFailed(node: BranchNode): boolean {
  const group = standingGroup(node);
  if (!group) return node.ended?.report.outcome === "failed";
  return [...group.children.values()].some(hasFailed);
}

function resultOf(node: BranchNode): Json {
  const group = standingGroup(node);
  if (group) return resultsOf(group);
  const report = node.ended?.report;
  return report?.outcome === "succeeded" ? report.result ?? null : null;
}

function resultsOf(group: BranchGroup): Json[] {
  const results: Json[] = Array(group.count).fill(null);
  for (const [index, child] of group.children) results[index] = resultOf(child);
  return results;
}

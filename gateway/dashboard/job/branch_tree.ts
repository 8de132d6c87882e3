import {
  branchOf,
  type BranchReport,
  type Job,
  parseBranch,
  readBookkeeping,
} from "@asya/protocol";
import type { BranchEnds } from "./branch_ends.ts";
import type { Visit, VisitState } from "./visit.ts";

/** How a branch gets on. */
export type BranchState = "waiting" | "working" | "done" | "failed" | "stopped";

/** A job's own way, or that of one output of a fan-out. */
export interface Branch {
  readonly lineage: string;
  /** Position among the outputs of its fan-out; `undefined` for the job itself. */
  readonly index?: number;
  readonly state: BranchState;
  /** Why it was given up, where its job went on. */
  readonly reason?: string;
  /** In the order in which they began. */
  readonly visits: readonly Visit[];
  readonly fanOuts: readonly FanOut[];
}

/** The outputs of one step that answered with several. */
export interface FanOut {
  readonly count: number;
  /** Of the branches that were heard of, in their order. */
  readonly branches: readonly Branch[];
  /** How many branches stand where; those that were not heard of wait. */
  readonly states: Readonly<Record<BranchState, number>>;
}

interface Node {
  readonly lineage: string;
  readonly index?: number;
  readonly visits: Visit[];
  readonly groups: Map<string, { count: number; nodes: Map<number, Node> }>;
}

/** What is known of a job's branches besides visits. */
export interface BranchNews extends BranchEnds {
  /** How they ended, where that is kept. */
  readonly reports: readonly BranchReport[];
}

/**
 * Puts visits in their places among a job's branches, however deep.
 *
 * @param job the job
 * @param visits every visit, in the order in which they began
 * @param news what else is known of branches
 * @returns the job's own way, with the branches behind it
 */
export function growBranches(job: Job, visits: readonly Visit[], news: BranchNews): Branch {
  const root: Node = { lineage: "", visits: [], groups: new Map() };
  for (const visit of visits) place(root, visit.branch)?.visits.push(visit);
  const { ended, failed } = news;
  for (const lineage of ended) place(root, lineage);
  const outcomes = new Map(news.reports.map(({ branch, outcome }) => [branch, outcome]));
  const joins = readBookkeeping(job.route).joins ?? [];
  const stateOf = ({ lineage, visits, groups }: Node, states: FanOut[]): BranchState => {
    if (failed.has(lineage) || outcomes.get(lineage) === "failed") return "failed";
    const last = visits.at(-1);
    if (job.status === "Succeeded" && lineage !== "" && last?.state === "stopped") return "stopped";
    if (job.status === "Succeeded" || outcomes.has(lineage) || ended.has(lineage)) return "done";
    if (groups.size > 0) return groupState(states, failed);
    if (last === undefined) return job.status === "Failed" ? "stopped" : "waiting";
    // Whoever is done with a join has gone on as what was joined, or failed as that.
    const isOver = last.state === "done" || last.state === "failed";
    return isOver && joins.includes(last.stepIndex) ? "done" : BY_VISIT[last.state];
  };
  const grow = (node: Node): Branch => {
    const fanOuts = [...node.groups.values()].map(({ count, nodes }): FanOut => {
      const branches = [...nodes.values()].sort((a, b) => (a.index ?? 0) - (b.index ?? 0)).map(
        grow,
      );
      const states = { waiting: 0, working: 0, done: 0, failed: 0, stopped: 0 };
      for (const { state } of branches) states[state]++;
      const unheard = job.status === "Succeeded"
        ? "done"
        : job.status === "Failed"
        ? "stopped"
        : "waiting";
      states[unheard] += count - branches.length;
      return { count, branches, states };
    });
    const { lineage, index, visits } = node;
    const state = stateOf(node, fanOuts);
    const reason = failed.get(lineage);
    return {
      lineage,
      ...(index !== undefined && { index }),
      state,
      ...(reason !== undefined && { reason }),
      visits,
      fanOuts,
    };
  };
  return grow(root);
}

const BY_VISIT: Readonly<Record<VisitState, BranchState>> = {
  waiting: "waiting",
  held: "waiting",
  working: "working",
  done: "waiting",
  joined: "done",
  again: "waiting",
  failed: "failed",
  stopped: "stopped",
};

/** How the branches of the first fan-out get on together; those left to their join fail nothing. */
function groupState([first]: readonly FanOut[], leftToJoin: BranchEnds["failed"]): BranchState {
  const { working = 0, waiting = 0, stopped = 0 } = first?.states ?? {};
  const hasFailed = first?.branches.some(({ state, lineage }) =>
    state === "failed" && !leftToJoin.has(lineage)
  );
  if (hasFailed) return "failed";
  if (working > 0) return "working";
  if (waiting > 0) return "waiting";
  return stopped > 0 ? "stopped" : "done";
}

/** The place of a lineage, which is made where there is none; what is no lineage has none. */
function place(root: Node, lineage: string): Node | undefined {
  let node = root;
  for (const segment of parseBranch(lineage) ?? []) {
    const key = `${segment.count}:${segment.group}`;
    const group = node.groups.get(key) ?? { count: segment.count, nodes: new Map() };
    node.groups.set(key, group);
    const { lineage: parent } = node;
    const { index } = segment;
    const known: Node = group.nodes.get(index) ??
      { lineage: branchOf(parent, segment), index, visits: [], groups: new Map() };
    group.nodes.set(index, known);
    node = known;
  }
  return node;
}

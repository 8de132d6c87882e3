import type { JobUpdate } from "@asya/protocol";

/** What a job's updates tell of branches that have ended. */
export interface BranchEnds {
  /** Lineages of all of them, however they ended. */
  readonly ended: ReadonlySet<string>;
  /** Why those were given up that a join was told of, by lineage. */
  readonly failed: ReadonlyMap<string, string>;
}

/**
 * Reads which branches have ended: those that were reported, and those that were given up before a
 * join, of which error-end tells and nobody reports.
 *
 * @param updates a job's updates, in order
 */
export function readBranchEnds(updates: readonly JobUpdate[]): BranchEnds {
  const ended = new Set<string>();
  const failed = new Map<string, string>();
  for (const { branch, step, branchOutcome, message } of updates) {
    if (branch === undefined) continue;
    if (step === undefined || branchOutcome !== undefined) ended.add(branch);
    if (branchOutcome === "failed") failed.set(branch, message);
  }
  return { ended, failed };
}

import type { Job } from "@asya/protocol";
import { type Caller, maySee } from "./access.ts";
import type { Refusal } from "./denial.ts";

/** Finds a job for a caller; one that is not theirs is as good as none. */
export type FindFor<S> = (id: string, caller: Caller, route: string) => Promise<S | undefined>;

/**
 * Finds jobs for callers, and tells of those who ask for jobs of others.
 *
 * @param find finds a job, whoever asks
 * @param refused is told
 */
export function createFindFor<S extends { readonly job: Job }>(
  find: (id: string) => Promise<S | undefined>,
  refused: (refusal: Refusal) => void,
): FindFor<S> {
  return async (id, caller, route) => {
    const found = await find(id);
    if (found === undefined || maySee(caller, found.job)) return found;
    refused({ reason: "owner", route, from: caller.from, caller: caller.name });
    return undefined;
  };
}

import { createJob } from "@asya/protocol";
import assert from "node:assert/strict";
import { SEARCHED_AT_ONCE, type SearchedRows, searchJobs } from "./search_jobs.ts";

const pure = { permissions: "none" } as const;

/** A store of so many jobs, of which every so many is found. */
function searchedOf(total: number, isHit: (serial: number) => boolean) {
  const asked: SearchedRows[] = [];
  const rows = (which: SearchedRows) => {
    asked.push(which);
    const jobs = [];
    for (let serial = which.below - 1; serial >= which.from; serial--) {
      if (jobs.length === which.count) break;
      const tool = isHit(serial) ? "needle" : "hay";
      const job = createJob(
        { id: `j${serial}`, tool, steps: ["a"], timeoutSeconds: 1 },
        new Date(0),
      );
      jobs.push({ serial, job });
    }
    return Promise.resolve(jobs);
  };
  return { asked, searched: { span: total > 0 ? { lowest: 1, highest: total } : undefined, rows } };
}

Deno.test(
  "[G16] a page of a search is bounded, and says where the search goes on",
  pure,
  async () => {
    const total = 2 * SEARCHED_AT_ONCE + 50;
    const { searched, asked } = searchedOf(total, (serial) => serial === 3);
    const cursors: (string | undefined)[] = [];
    const found: string[] = [];
    for (let cursor: string | undefined;;) {
      const page = await searchJobs({ limit: 5, cursor }, "needle", searched);
      found.push(...page.jobs.map(({ id }) => id));
      cursors.push(cursor = page.next);
      if (cursor === undefined) break;
    }
    assert.deepEqual(found, ["j3"]);
    assert.equal(cursors.length, 3);
    assert.ok(asked.every(({ below, from }) => below - from <= SEARCHED_AT_ONCE));
  },
);

Deno.test(
  "[G16] what is found more often than a page has room for is on the next pages",
  pure,
  async () => {
    const { searched } = searchedOf(2_000, (serial) => serial % 2 === 0);
    const first = await searchJobs({ limit: 2 }, "NEEDLE", searched);
    assert.deepEqual([first.jobs.map(({ id }) => id), first.next], [["j2000", "j1998"], "1998"]);
    const second = await searchJobs({ limit: 2, cursor: "1998" }, "needle", searched);
    assert.deepEqual(second.jobs.map(({ id }) => id), ["j1996", "j1994"]);
    assert.deepEqual(await searchJobs({ limit: 2 }, "x", searchedOf(0, () => true).searched), {
      jobs: [],
    });
  },
);

import {
  applyCancel,
  applyDeadline,
  applyFinal,
  applyProgress,
  createJob,
  type FinalReport,
  type Job,
  type Json,
  type ProgressReport,
} from "@asya/protocol";
import assert from "node:assert/strict";
import type { Census } from "../jobs/census.ts";
import type { Entry } from "../jobs/stored_job.ts";
import { encodeCounts, NO_COUNTS, parseCounts } from "../overview/pulse_slot.ts";
import type { Store } from "../stores/store.ts";

/** A store under test, with nothing in it. */
export interface StoreHarness {
  readonly store: Store;
  /** Ends it. */
  close(): Promise<void>;
}

/**
 * Registers the tests that every store passes.
 *
 * @param name what is under test
 * @param open makes a fresh store for each test
 */
export function testStore(name: string, open: () => Promise<StoreHarness>): void {
  for (const [title, run] of Object.entries(promises)) {
    Deno.test(`${name}: ${title}`, async () => {
      const harness = await open();
      try {
        await run(harness.store);
      } finally {
        await harness.close();
      }
    });
  }
}

const start = new Date("2026-01-01T00:00:00Z");
const startMs = start.getTime();

/** A job that begins at a given time. */
export function jobOf(id: string, more: Partial<Parameters<typeof createJob>[0]> = {}): Job {
  return createJob({ id, tool: "t", steps: ["a", "b"], timeoutSeconds: 60, ...more }, start);
}

/** A job that is to be stored and sent. */
export function entryOf(id: string, more: Partial<Entry> = {}): Entry {
  const headers = { traceparent: "00-1" };
  return {
    job: jobOf(id),
    payload: { n: id },
    updates: [],
    outgoing: { headers, dueMs: startMs + 10_000 },
    ...more,
  };
}

function progress(store: Store, id: string, report: Partial<ProgressReport> = {}) {
  const full: ProgressReport = {
    step: "a",
    stepIndex: 0,
    totalSteps: 2,
    status: "received",
    actorName: "a",
    message: "",
    ...report,
  };
  return store.change(id, full.branch, (state) => applyProgress(state, full, start));
}

function final(store: Store, id: string, report: Partial<FinalReport> = {}, now = start) {
  const full: FinalReport = { status: "succeeded", ...report };
  return store.change(id, full.branch, (state) => applyFinal(state, full, now));
}

/** A store that was opened just now counts as soon as it knows that nobody else does. */
async function censusOf(store: Store, limit: number): Promise<Census> {
  for (let turn = 0; turn < 500; turn++) {
    const census = await store.census(limit);
    if (census) return census;
    // Waits for the store to hear from its server.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("nobody counts what is in the store");
}

async function messagesOf(store: Store, id: string, after = 0, limit = 100): Promise<string[]> {
  const updates = await store.updatesAfter(id, after, limit) ?? [];
  return updates.map(({ seq, update }) => `${seq} ${update.message}`);
}

async function dueOf(store: Store, nowMs: number, untilMs = nowMs, limit = 10): Promise<string[]> {
  return (await store.takeDue(nowMs, untilMs, limit)).map(({ job }) => job.id);
}

const promises: Readonly<Record<string, (store: Store) => Promise<void>>> = {
  "what is stored is read, to the last field": async (store) => {
    const payload: Json = {
      text: 'a "quoted" ünïcode 😀 \u0000 line\n',
      deep: [{ x: null }],
      n: 1.5,
    };
    const entry = entryOf("j1", { payload, job: jobOf("j1", { metadata: { team: "ml" } }) });
    assert.equal(await store.create(entry), "stored");
    assert.deepEqual(await store.read("j1"), { job: entry.job, payload });
    assert.equal(await store.read("j2"), undefined);
    assert.equal(store.healthy, true);
  },

  "a job is stored with its end, where it has one": async (store) => {
    const job = jobOf("j1");
    const change = applyFinal({ job }, { status: "succeeded", result: [1] }, start);
    assert(change.kind === "changed");
    const { job: ended, updates, result = null } = change;
    await store.create({ job: ended, payload: 1, result, updates });
    assert.deepEqual(await store.read("j1"), { job: ended, payload: 1, result: [1] });
    assert.equal((await messagesOf(store, "j1")).length, updates.length);
    assert.deepEqual(await dueOf(store, startMs + 1e9), []);
    assert.equal(await store.deleteFinished(startMs + 1, 10), 1);
  },

  "[G12] of jobs with one key the first is stored, and what it has become is answered": async (
    store,
  ) => {
    const keyed = (id: string, key = "k", digest = "d") =>
      entryOf(id, { key: { id: key, digest } });
    assert.equal(await store.create(keyed("j1")), "stored");
    assert.deepEqual(await store.create(keyed("j2")), { job: jobOf("j1"), digest: "d" });
    assert.equal(await store.read("j2"), undefined);
    assert.deepEqual(await dueOf(store, startMs + 1e9), ["j1"]);
    await final(store, "j1");
    const again = await store.create(keyed("j3", "k", "other"));
    assert(typeof again === "object");
    assert.deepEqual(await store.findKey("k"), { job: again.job, digest: "d" });
    assert.equal(await store.findKey("unheard of"), undefined);
    assert.deepEqual([again.job.id, again.job.status, again.digest], ["j1", "Succeeded", "d"]);
    assert.equal(await store.create(keyed("j4", "another")), "stored");
    assert.equal(await store.create(entryOf("j5")), "stored");
    assert.equal(await store.create(entryOf("j6")), "stored");
  },

  "[G12] a key is free again when its job is deleted": async (store) => {
    const key = { id: "k", digest: "d" };
    await store.create(entryOf("j1", { key }));
    await final(store, "j1");
    assert.equal(await store.deleteFinished(startMs + 1, 10), 1);
    assert.equal(await store.create(entryOf("j2", { key })), "stored");
  },

  "[G12] of many jobs at once with few keys, one for each key is stored": async (store) => {
    const entries = Array.from(
      { length: 60 },
      (_, n) => entryOf(`j${n}`, { key: { id: `k${n % 7}`, digest: `d${n % 7}` } }),
    );
    const created = await Promise.all(entries.map((entry) => store.create(entry)));
    assert.equal(created.filter((one) => one === "stored").length, 7);
    const { jobs } = await store.list({ limit: 99 });
    const idOf = new Map<string, string>();
    entries.forEach(({ job, key }, index) => {
      const one = created[index];
      assert(one !== undefined && one !== "full");
      const id = one === "stored" ? job.id : one.job.id;
      assert.equal(idOf.get(key?.id ?? "") ?? id, id);
      idOf.set(key?.id ?? "", id);
    });
    assert.deepEqual(new Set(idOf.values()), new Set(jobs.map(({ id }) => id)));
  },

  "a change is decided on what is there, and recorded with its updates": async (store) => {
    await store.create(entryOf("j1"));
    const changed = await progress(store, "j1");
    assert.equal(changed?.before.status, "Pending");
    assert.equal(changed?.job.status, "Running");
    await progress(store, "j1", { status: "completed" });
    await final(store, "j1", { result: { answer: 42 } });
    const stored = await store.read("j1");
    assert.equal(stored?.job.status, "Succeeded");
    assert.deepEqual(stored?.result, { answer: 42 });
    assert.deepEqual(await messagesOf(store, "j1"), [
      "1 received: a",
      "2 completed: a",
      "3 processing in a",
      "4 received by b",
      "5 processing in b",
      "6 completed by b",
      "7 job succeeded",
    ]);
  },

  "a change of a job that is not there is none": async (store) => {
    assert.equal(await progress(store, "j1"), undefined);
    assert.equal(await store.updatesAfter("j1", 0, 10), undefined);
  },

  "a transition that decides for nothing changes nothing": async (store) => {
    await store.create(entryOf("j1"));
    await final(store, "j1", { result: 1 });
    const before = await store.read("j1");
    const changed = await final(store, "j1", { status: "failed" });
    assert.equal(changed?.change.kind, "unchanged");
    assert.deepEqual(await store.read("j1"), before);
  },

  "a null result is a result": async (store) => {
    await store.create(entryOf("j1"));
    await final(store, "j1", { result: null });
    assert.equal((await store.read("j1"))?.result, null);
  },

  "many changes at once are decided one after the other": async (store) => {
    await store.create(entryOf("j1", { job: jobOf("j1", { steps: ["a"], timeoutSeconds: 1e6 }) }));
    const branches = Array.from({ length: 50 }, (_, index) => `/${index}:50:ab`);
    await Promise.all(branches.flatMap((branch, index) => [
      progress(store, "j1", { branch }),
      final(store, "j1", { branch, result: index }),
    ]));
    const stored = await store.read("j1");
    assert.equal(stored?.job.status, "Succeeded");
    assert.deepEqual(stored?.result, branches.map((_, index) => index));
    const updates = await store.updatesAfter("j1", 0, 1_000) ?? [];
    assert.deepEqual(updates.map(({ seq }) => seq), updates.map((_, index) => index + 1));
    assert.equal(updates.length, stored?.job.updateCount);
  },

  "branches of a failed job fill its partial results": async (store) => {
    await store.create(entryOf("j1"));
    await final(store, "j1", { branch: "/0:3:ab", result: "x" });
    await final(store, "j1", { branch: "/1:3:ab", status: "failed", error: "e" });
    await final(store, "j1", { branch: "/2:3:ab", result: "z" });
    await final(store, "j1", { branch: "/2:3:ab", result: "again" });
    const stored = await store.read("j1");
    assert.equal(stored?.job.status, "Failed");
    assert.deepEqual(stored?.ended?.map(({ branch, result }) => [branch, result]), [
      ["/0:3:ab", "x"],
      ["/1:3:ab", undefined],
      ["/2:3:ab", "z"],
    ]);
  },

  "nested branches are gathered": async (store) => {
    await store.create(entryOf("j1"));
    for (const branch of ["/1:2:ab/1:2:cd", "/0:2:ab", "/1:2:ab/0:2:cd"]) {
      await progress(store, "j1", { branch });
      await final(store, "j1", { branch, result: branch });
    }
    assert.deepEqual((await store.read("j1"))?.result, [
      "/0:2:ab",
      ["/1:2:ab/0:2:cd", "/1:2:ab/1:2:cd"],
    ]);
  },

  "updates are read in slices, from any number on": async (store) => {
    await store.create(entryOf("j1"));
    for (const stepIndex of [0, 1]) await progress(store, "j1", { stepIndex });
    await progress(store, "j1", { partial: { chunk: 1 }, status: "processing" });
    assert.deepEqual(await messagesOf(store, "j1", 0, 2), ["1 received: a", "2 received: a"]);
    const [last] = await store.updatesAfter("j1", 2, 10) ?? [];
    assert.equal(last?.seq, 3);
    assert.deepEqual(last?.update.partial, { chunk: 1 });
    assert.deepEqual(await messagesOf(store, "j1", 3), []);
    assert.deepEqual(await messagesOf(store, "j1", 99), []);
  },

  "who watches a job is told of its updates and its deletion, and of nothing else": async (
    store,
  ) => {
    await store.create(entryOf("j1"));
    await store.create(entryOf("j2"));
    let told = 0;
    const unwatch = store.watch("j1", () => told++);
    await progress(store, "j2");
    assert.equal(told, 0);
    await progress(store, "j1");
    assert.equal(told, 1);
    await final(store, "j1");
    await final(store, "j1");
    assert.equal(told, 2);
    await store.deleteFinished(startMs + 1, 10);
    assert.equal(told, 3);
    unwatch();
    await progress(store, "j2");
    assert.equal(told, 3);
  },

  "the end that a watcher was told of can be read": async (store) => {
    await store.create(entryOf("j1"));
    const seen = Promise.withResolvers<string[]>();
    store.watch("j1", () => messagesOf(store, "j1").then(seen.resolve, seen.reject));
    await store.change("j1", undefined, ({ job }) => applyCancel(job, start));
    assert.deepEqual(await seen.promise, ["1 job cancelled"]);
  },

  "what is there is counted, up to a limit": async (store) => {
    const none = { Pending: 0, Running: 0, Succeeded: 0, Failed: 0 };
    const { jobs: counts, ...rest } = await censusOf(store, 10);
    assert.deepEqual([counts, rest.unsent, rest.oldestUnsentAt], [none, 0, undefined]);
    for (const id of ["a", "b", "c", "d", "e", "f"]) await store.create(entryOf(id));
    await progress(store, "b");
    await final(store, "c");
    await final(store, "d", { status: "failed" });
    await store.settle(["a", "b"]);
    const { jobs, unsent, oldestUnsentAt } = await censusOf(store, 10);
    assert.deepEqual(jobs, { Pending: 3, Running: 1, Succeeded: 1, Failed: 1 });
    assert.deepEqual([unsent, oldestUnsentAt], [2, jobOf("e").createdAt]);
    const few = await censusOf(store, 1);
    assert.deepEqual([few.jobs.Pending, few.unsent], [1, 1]);
  },

  "[L4] what gateways count is shared, rewritten in its place, and forgotten": async (store) => {
    const put = (gateway: string, slot: number, counts: string, before = 0) =>
      store.putPulse({ gateway, slot, counts }, before);
    await put("g1", 10, "1");
    await put("g1", 11, "2");
    await put("g2", 11, "3");
    await put("g1", 11, "4");
    const rows = async (from: number) =>
      (await store.readPulse(from)).map(({ gateway, slot, counts }) =>
        `${slot} ${gateway} ${counts}`
      )
        .sort();
    assert.deepEqual(await rows(10), ["10 g1 1", "11 g1 4", "11 g2 3"]);
    assert.deepEqual(await rows(11), ["11 g1 4", "11 g2 3"]);
    await put("g2", 355_000_000, "5", 11);
    assert.deepEqual(await rows(0), ["11 g1 4", "11 g2 3", "355000000 g2 5"]);
    // As long as such a text may be: what waits in a hundred queues with long names.
    const names = Array.from({ length: 100 }, (_, index) => `${index}${"\u{1f600}'\\".repeat(42)}`);
    const sample = { depths: new Map(names.map((name, index) => [name, index])), slots: 60 };
    await put("g1", 355_000_000, encodeCounts({ ...NO_COUNTS, sample }));
    const [mine] = (await store.readPulse(355_000_000)).filter(({ gateway }) => gateway === "g1");
    assert.deepEqual(parseCounts(mine?.counts ?? "").sample, sample);
    for (const id of ["a", "b", "c"]) await store.create(entryOf(id));
    await final(store, "c");
    const counted = { Pending: 2, Running: 0, Succeeded: 1, Failed: 0 };
    assert.deepEqual(await store.countJobs(9), counted);
    assert.equal((await store.countJobs(1)).Pending, 1);
  },

  "jobs are listed newest first, page by page": async (store) => {
    for (const id of ["a", "b", "c", "d", "e"]) await store.create(entryOf(id));
    const seen: string[][] = [];
    for (let cursor: string | undefined, page = 0; page < 9; page++) {
      const { jobs, next } = await store.list({ limit: 2, cursor });
      seen.push(jobs.map(({ id }) => id));
      cursor = next;
      if (next === undefined) break;
      if (page === 0) await store.create(entryOf("f"));
    }
    assert.deepEqual(seen, [["e", "d"], ["c", "b"], ["a"]]);
  },

  "jobs are listed by status, tool and owner": async (store) => {
    await store.create(entryOf("a", { job: jobOf("a", { tool: "x", owner: "me" }) }));
    await store.create(entryOf("b", { job: jobOf("b", { tool: "x", owner: "you" }) }));
    await store.create(entryOf("c", { job: jobOf("c", { tool: "y" }) }));
    await progress(store, "b");
    const list = async (query: object) =>
      (await store.list({ limit: 9, ...query })).jobs.map(({ id }) => id);
    assert.deepEqual(await list({ tool: "x" }), ["b", "a"]);
    assert.deepEqual(await list({ status: "Running" }), ["b"]);
    assert.deepEqual(await list({ owner: "me" }), ["a"]);
    assert.deepEqual(await list({ status: "Pending", tool: "x", owner: "me" }), ["a"]);
    assert.deepEqual(await list({ tool: "z" }), []);
  },

  "[G16] jobs are found by their ids, their tools, and what their errors say": async (store) => {
    const add = (id: string, more: object = {}) =>
      store.create(entryOf(id, { job: jobOf(id, more) }));
    const fail = (id: string, error: string, message: string) =>
      final(store, id, { status: "failed", error, errorDetails: { message, step: "Needle" } });
    await add("abc-1", { tool: "Read_Document" });
    await add("abd-2", { metadata: { note: "needle" } });
    await add("xyz-3", { owner: "me" });
    await add("xyz-4");
    await fail("xyz-3", "processing_error", 'a "Needle" in the 100% häystack');
    await fail("xyz-4", "timeout_error", "too slow");
    const find = async (q: string, more: object = {}) =>
      (await store.list({ limit: 9, q, ...more })).jobs.map(({ id }) => id);
    assert.deepEqual(await find("AB"), ["abd-2", "abc-1"]);
    assert.deepEqual(await find("bc-1"), []);
    assert.deepEqual(await find("d_doc"), ["abc-1"]);
    assert.deepEqual(await find("PROCESSING"), ["xyz-3"]);
    assert.deepEqual(await find("slow"), ["xyz-4"]);
    for (const q of ['"nEEdle"', "100%", "häy", "needle"]) {
      assert.deepEqual(await find(q), ["xyz-3"]);
    }
    assert.deepEqual(await find("_error"), ["xyz-4", "xyz-3"]);
    assert.deepEqual(await find("_error", { owner: "me" }), ["xyz-3"]);
    assert.deepEqual(await find("xyz", { status: "Pending" }), []);
    assert.deepEqual(await find("\u0000"), []);
    const first = await store.list({ limit: 1, q: "_error" });
    assert.deepEqual(first.jobs.map(({ id }) => id), ["xyz-4"]);
    assert.deepEqual(await find("_error", { cursor: first.next }), ["xyz-3"]);
  },

  "[G2] what is to be sent is taken by one at a time, until it is settled": async (store) => {
    await store.create(entryOf("j1"));
    await store.create(entryOf("j2"));
    await store.create(entryOf("quiet", { outgoing: undefined }));
    assert.deepEqual(await dueOf(store, startMs), []);
    const now = startMs + 10_000;
    assert.deepEqual(await dueOf(store, now, now + 5, 1), ["j1"]);
    assert.deepEqual(await dueOf(store, now, now + 5), ["j2"]);
    assert.deepEqual(await dueOf(store, now), []);
    assert.deepEqual(await store.hold(["j1"], now + 50), []);
    assert.deepEqual(await dueOf(store, now + 5, now + 60), ["j2"]);
    await store.settle(["j1", "unknown"]);
    assert.deepEqual(await dueOf(store, now + 1_000), ["j2"]);
  },

  "[G2] what is taken has all that its message is made of": async (store) => {
    const entry = entryOf("j1", { payload: [1, { a: "b" }] });
    await store.create(entry);
    const [unsent] = await store.takeDue(startMs + 10_000, startMs + 20_000, 1);
    assert.deepEqual(unsent, {
      job: entry.job,
      payload: [1, { a: "b" }],
      headers: { traceparent: "00-1" },
    });
  },

  "a job that ends before it is sent is not sent": async (store) => {
    await store.create(entryOf("j1"));
    await store.create(entryOf("j2"));
    await store.settle(["j2"]);
    await store.change("j1", undefined, ({ job }) => applyCancel(job, start));
    assert.deepEqual(await store.hold(["j1", "j2", "j3"], startMs), ["j1", "j2", "j3"]);
    assert.deepEqual(await dueOf(store, startMs + 1e9), []);
  },

  "[G8] jobs whose deadline has passed are found, ended ones are not": async (store) => {
    for (const [id, timeoutSeconds] of [["late", 1], ["later", 2], ["in time", 90]] as const) {
      await store.create(entryOf(id, { job: jobOf(id, { timeoutSeconds }) }));
    }
    const now = startMs + 60_000;
    assert.deepEqual(await store.overdue(startMs + 999, 10), []);
    assert.deepEqual(await store.overdue(now, 1), ["late"]);
    await store.change("late", undefined, ({ job }) => applyDeadline(job, new Date(now)));
    assert.deepEqual(await store.overdue(now, 10), ["later"]);
  },

  "finished jobs are deleted in slices, with all that belongs to them": async (store) => {
    for (const id of ["a", "b", "c", "active"]) await store.create(entryOf(id));
    for (const id of ["a", "b", "c"]) {
      await progress(store, id, { branch: "/0:2:ab" });
      await final(store, id, { branch: "/0:2:ab" });
      await final(store, id, { result: 1 });
    }
    assert.equal(await store.deleteFinished(startMs, 10), 0);
    assert.equal(await store.deleteFinished(startMs + 1, 2), 2);
    assert.equal(await store.deleteFinished(startMs + 1, 2), 1);
    assert.equal(await store.read("a"), undefined);
    assert.equal(await store.updatesAfter("a", 0, 10), undefined);
    assert.deepEqual((await store.list({ limit: 9 })).jobs.map(({ id }) => id), ["active"]);
    await store.create(entryOf("a"));
    assert.deepEqual(await messagesOf(store, "a"), []);
  },
};

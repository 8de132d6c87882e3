import assert from "node:assert/strict";
import type { ActorEvent } from "./event.ts";
import type { ReportOutcome } from "./gateway_answer.ts";
import type { StoredObject } from "./object_store.ts";
import { type Destinations, type Settled, settleOutcome } from "./settle.ts";

const pure = { permissions: "none" } as const;
const outcome = {
  key: "k/j1.json",
  document: { result: 7 },
  report: { jobId: "j1", status: "succeeded", result: 7 },
} as const;

/** Settles an outcome with scripted destinations; says what was done, in order. */
async function settle(answer?: ReportOutcome, put?: StoredObject["outcome"], what: object = {}) {
  const calls: string[] = [];
  const events: ActorEvent[] = [];
  const to: Destinations = {
    ...(put && {
      store: {
        put: (key: string, content: Uint8Array) => {
          calls.push(`put ${key} ${new TextDecoder().decode(content).replaceAll(/\s/g, "")}`);
          return Promise.resolve({ uri: `file:///${key}`, outcome: put });
        },
      },
    }),
    ...(answer && {
      reporter: {
        report: (final: { jobId: string; resultUri?: string }) => {
          calls.push(`report ${final.jobId} ${final.resultUri ?? "nowhere"}`);
          return Promise.resolve(answer);
        },
      },
    }),
  };
  const { signal } = new AbortController();
  const settled = await settleOutcome({ ...outcome, ...what }, to, {
    signal,
    onEvent: (event) => events.push(event),
  });
  return { settled, calls, events: events.map((event) => event.kind) };
}

Deno.test("[D10] an outcome is stored first, then reported with its place", pure, async () => {
  assert.deepEqual(await settle({ kind: "reported" }, "created"), {
    settled: { kind: "done", storedAt: "file:///k/j1.json" },
    calls: ['put k/j1.json {"result":7}', "report j1 file:///k/j1.json"],
    events: ["stored", "reported"],
  });
});

Deno.test("[D10] only what is configured is waited for", pure, async () => {
  assert.deepEqual((await settle()).settled, { kind: "done" });
  assert.deepEqual((await settle(undefined, "created")).calls.length, 1);
  assert.deepEqual((await settle({ kind: "reported" })).calls, ["report j1 nowhere"]);
});

Deno.test("[D10] an outcome that has no report is only stored", pure, async () => {
  const { calls } = await settle({ kind: "reported" }, "created", { report: undefined });
  assert.deepEqual(calls, ['put k/j1.json {"result":7}']);
});

Deno.test(
  "[D10] a job nobody knows is done when it is stored, else a dead letter",
  pure,
  async () => {
    const stored = await settle({ kind: "unknown_job" }, "unchanged");
    assert.equal(stored.settled.kind, "done");
    assert.deepEqual(stored.events, ["stored", "unknown_job"]);
    assert.deepEqual((await settle({ kind: "unknown_job" })).settled, {
      kind: "dead_letter",
      reason: "the gateway does not know the job",
    });
  },
);

Deno.test("[D10] a refusal is a dead letter, an outage is for later", pure, async () => {
  const refused = await settle({ kind: "refused", status: 422, detail: "no" }, "created");
  assert.deepEqual(refused.settled, {
    kind: "dead_letter",
    storedAt: "file:///k/j1.json",
    reason: "no",
  });
  assert.deepEqual(refused.events, ["stored", "report_refused"]);
  const away = await settle({ kind: "unavailable", detail: "gone", retryAfterSeconds: 3 });
  assert.deepEqual(away.settled, { kind: "try_later", reason: "gone", retryAfterSeconds: 3 });
});

Deno.test("[D22] what the store refuses is told, and then a dead letter", pure, async (t) => {
  const store = {
    put: () => Promise.resolve({ outcome: "refused", reason: "too large" } as const),
  };
  const { signal } = new AbortController();
  const reason = "the store refused it: too large";
  const table: [ReportOutcome | undefined, Settled][] = [
    [{ kind: "reported" }, { kind: "dead_letter", reason }],
    [undefined, { kind: "dead_letter", reason }],
    [{ kind: "unknown_job" }, {
      kind: "dead_letter",
      reason: "the gateway does not know the job",
    }],
    [{ kind: "unavailable", detail: "gone" }, { kind: "try_later", reason: "gone" }],
  ];
  for (const [answer, expected] of table) {
    await t.step(`the gateway: ${answer?.kind ?? "none"}`, async () => {
      const events: ActorEvent["kind"][] = [];
      const uris: (string | undefined)[] = [];
      const reporter = answer && {
        report: ({ resultUri }: { resultUri?: string }) => {
          uris.push(resultUri);
          return Promise.resolve(answer);
        },
      };
      const settled = await settleOutcome(outcome, { store, ...(reporter && { reporter }) }, {
        signal,
        onEvent: ({ kind }) => events.push(kind),
      });
      assert.deepEqual(settled, expected);
      assert.equal(events[0], "store_refused");
      assert.deepEqual(uris, answer ? [undefined] : []);
    });
  }
});

Deno.test(
  "[D10] a store that fails is for later, and keeps the report from being sent",
  pure,
  async () => {
    const reports: string[] = [];
    const to: Destinations = {
      store: { put: () => Promise.reject(new Error("the disk is full")) },
      reporter: {
        report: (final) => {
          reports.push(final.jobId);
          return Promise.resolve({ kind: "reported" });
        },
      },
    };
    const { signal } = new AbortController();
    assert.deepEqual(await settleOutcome(outcome, to, { signal, onEvent() {} }), {
      kind: "try_later",
      reason: "it cannot be stored: the disk is full",
    });
    assert.deepEqual(reports, []);
  },
);

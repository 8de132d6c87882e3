import assert from "node:assert/strict";
import { isStoreError } from "../store_error.ts";
import { type Answer, Batches } from "./batches.ts";

/** A desk whose answers a test gives when it likes. */
class Desk {
  readonly asked: string[][] = [];
  readonly #open: PromiseWithResolvers<void>[] = [];
  readonly batches: Batches<string, string>;

  constructor(
    options: { lanes?: number; maxQuestions?: number; sizeOf?: (q: string) => number } = {},
  ) {
    const { lanes = 1, maxQuestions = 100, sizeOf } = options;
    this.batches = new Batches({
      lanes,
      maxQuestions,
      ...(sizeOf && { sizeOf }),
      ask: async (questions) => {
        this.asked.push([...questions]);
        const open = Promise.withResolvers<void>();
        this.#open.push(open);
        await open.promise;
        return questions.map((question): Answer<string> =>
          question === "bad" ? { error: new Error("bad") } : { value: question.toUpperCase() }
        );
      },
    });
  }

  /** Answers the batch that was asked first. */
  answer(error?: Error): void {
    const open = this.#open.shift();
    if (error) open?.reject(error);
    else open?.resolve();
  }

  async waitFor(count: number): Promise<void> {
    while (this.asked.length < count) await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

Deno.test("what comes in one turn is asked at once, and what comes meanwhile in the next", async () => {
  const desk = new Desk();
  const first = ["a", "b"].map((question) => desk.batches.ask(question));
  await desk.waitFor(1);
  const next = ["c", "d", "e"].map((question) => desk.batches.ask(question));
  desk.answer();
  assert.deepEqual(await Promise.all(first), ["A", "B"]);
  await desk.waitFor(2);
  desk.answer();
  assert.deepEqual(await Promise.all(next), ["C", "D", "E"]);
  assert.deepEqual(desk.asked, [["a", "b"], ["c", "d", "e"]]);
});

Deno.test("no more batches are under way than there are lanes, none larger than allowed", async () => {
  const desk = new Desk({ lanes: 2, maxQuestions: 2 });
  const all = Promise.all(["a", "b", "c", "d", "e"].map((question) => desk.batches.ask(question)));
  await desk.waitFor(2);
  assert.deepEqual(desk.asked, [["a", "b"], ["c", "d"]]);
  const settled = desk.batches.settled();
  for (const _ of ["a", "c", "e"]) desk.answer();
  await desk.waitFor(3);
  desk.answer();
  await settled;
  assert.deepEqual(await all, ["A", "B", "C", "D", "E"]);
});

Deno.test("a batch of large questions has fewer", async () => {
  const desk = new Desk({ sizeOf: () => 3 * 1024 * 1024 });
  const all = Promise.all(["a", "b"].map((question) => desk.batches.ask(question)));
  await desk.waitFor(1);
  desk.answer();
  await desk.waitFor(2);
  desk.answer();
  assert.deepEqual(await all, ["A", "B"]);
});

Deno.test("a question that is wrong by itself fails alone", async () => {
  const desk = new Desk();
  const all = Promise.allSettled(["a", "bad"].map((question) => desk.batches.ask(question)));
  await desk.waitFor(1);
  desk.answer();
  const [good, bad] = await all;
  assert.equal(good?.status, "fulfilled");
  assert(bad?.status === "rejected" && isStoreError(bad.reason));
});

Deno.test("values that a statement does not take are found by asking each alone", async () => {
  const desk = new Desk();
  const all = Promise.allSettled(["a", "b"].map((question) => desk.batches.ask(question)));
  await desk.waitFor(1);
  const data = Object.assign(new Error("values"), { code: "22021" });
  desk.answer(data);
  await desk.waitFor(2);
  desk.answer(data);
  await desk.waitFor(3);
  desk.answer();
  assert.deepEqual((await all).map(({ status }) => status), ["rejected", "fulfilled"]);
  assert.deepEqual(desk.asked, [["a", "b"], ["a"], ["b"]]);
});

Deno.test("a server that is away fails the whole batch, and the next one is asked", async () => {
  const desk = new Desk();
  const all = Promise.allSettled(["a", "b"].map((question) => desk.batches.ask(question)));
  await desk.waitFor(1);
  desk.answer(Object.assign(new Error("away"), { code: "ECONNREFUSED" }));
  for (const one of await all) assert(one.status === "rejected" && isStoreError(one.reason));
  const next = desk.batches.ask("c");
  await desk.waitFor(2);
  desk.answer();
  assert.equal(await next, "C");
});

Deno.test("what waits is bounded, in number and in size", async () => {
  for (const [size, limit] of [[0, 20_000], [16 * 1024 * 1024, 4]] as const) {
    const desk = new Desk({ maxQuestions: limit, sizeOf: () => size });
    const asked = Array.from({ length: limit + 2 }, () => desk.batches.ask("a"));
    for (const beyond of asked.slice(limit)) await assert.rejects(beyond, /too much waits/);
    const taken = Promise.all(asked.slice(0, limit));
    // A batch of large ones has one.
    for (let answered = 1; answered <= (size === 0 ? 1 : limit); answered++) {
      await desk.waitFor(answered);
      desk.answer();
    }
    assert.equal((await taken).length, limit);
  }
});

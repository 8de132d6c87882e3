import assert from "node:assert/strict";
import { createHandlerContext } from "../handler_context.ts";
import summarise, { type Summary } from "./summarise.ts";

const text = "Bread is baked. Bread needs flour to be baked. It rains.";

async function run(payload: Record<string, unknown>, signal?: AbortSignal) {
  const pieces: string[] = [];
  const fractions: number[] = [];
  const progress = (fraction: number) => void fractions.push(fraction);
  const ctx = createHandlerContext({ progress, ...(signal && { signal }) });
  const words = summarise({ payload }, ctx);
  let step = await words.next();
  for (; !step.done; step = await words.next()) pieces.push(step.value.delta);
  const result: Summary = step.value;
  return { pieces, fractions, result };
}

Deno.test("the pieces joined are the summary", { permissions: "none" }, async () => {
  const { pieces, result } = await run({ text, sentences: 1, pause_ms: 0 });
  assert.deepEqual(pieces, ["Bread", " needs", " flour", " to", " be", " baked."]);
  assert.deepEqual(result, { summary: "Bread needs flour to be baked.", words: 6 });
  assert.equal(pieces.join(""), result.summary);
});

Deno.test("progress goes up to the whole", { permissions: "none" }, async () => {
  const { fractions } = await run({ text, sentences: 2, pause_ms: 0 });
  assert.deepEqual(fractions, fractions.toSorted((one, other) => one - other));
  assert.equal(fractions.at(-1), 1);
});

Deno.test("stops in the middle of a pause when nobody waits", { permissions: "none" }, async () => {
  const nobodyWaits = new AbortController();
  const running = run({ text, pause_ms: 60_000 }, nobodyWaits.signal);
  nobodyWaits.abort(new Error("cancelled"));
  await assert.rejects(running, /cancelled/);
});

for (const wrong of [undefined, "", 5]) {
  Deno.test(`refuses text: ${JSON.stringify(wrong)}`, { permissions: "none" }, async () => {
    await assert.rejects(run({ text: wrong }), { name: "ValidationError" });
  });
}

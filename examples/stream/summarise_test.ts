import { runHandler } from "@asya/runtime/testing";
import assert from "node:assert/strict";
import summarise, { type SummaryPiece } from "./summarise.ts";

const text = "Bread is baked. Bread needs flour to be baked. It rains.";

Deno.test("the pieces joined are the summary", { permissions: "none" }, async () => {
  const { partials, payloads } = await runHandler(summarise, { text, sentences: 1, pause_ms: 0 });
  const pieces = (partials as unknown as SummaryPiece[]).map(({ delta }) => delta);
  assert.deepEqual(pieces, ["Bread", " needs", " flour", " to", " be", " baked."]);
  assert.deepEqual(payloads, [{ summary: "Bread needs flour to be baked.", words: 6 }]);
});

Deno.test("progress goes up to the whole", { permissions: "none" }, async () => {
  const { progress } = await runHandler(summarise, { text, sentences: 2, pause_ms: 0 });
  const fractions = progress.map(({ fraction = 0 }) => fraction);
  assert.deepEqual(fractions, fractions.toSorted((one, other) => one - other));
  assert.equal(fractions.at(-1), 1);
});

Deno.test("stops in the middle of a pause when nobody waits", { permissions: "none" }, async () => {
  const nobodyWaits = new AbortController();
  const { signal } = nobodyWaits;
  const running = runHandler(summarise, { text, pause_ms: 60_000 }, { signal });
  nobodyWaits.abort();
  assert.equal((await running).failure?.type, "AbortError");
});

for (const wrong of [null, "", 5]) {
  Deno.test(`refuses text: ${JSON.stringify(wrong)}`, { permissions: "none" }, async () => {
    const { failure } = await runHandler(summarise, { text: wrong });
    assert.equal(failure?.code, "validation_error");
  });
}

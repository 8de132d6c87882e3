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

Deno.test("what the model takes and gives is measured", { permissions: "none" }, async () => {
  const { measured } = await runHandler(summarise, { text, sentences: 1, pause_ms: 1 });
  const [generation] = measured.filter((measure) => measure.kind === "generation");
  assert.equal(generation?.model, "shorten-1");
  assert.equal(generation.inputTokens, 11);
  assert.equal(generation.outputTokens, 6);
  const { firstTokenMs = NaN, durationMs = NaN } = generation;
  assert(0 < firstTokenMs && firstTokenMs < durationMs);
  const [stream] = measured.filter((measure) => measure.kind === "stream");
  assert.equal(stream?.chunks, 6);
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

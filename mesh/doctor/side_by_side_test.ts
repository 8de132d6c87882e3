import assert from "node:assert/strict";
import { sideBySide } from "./side_by_side.ts";

Deno.test("[M10] checks run side by side, each with its own patience", async () => {
  const meeting = Promise.withResolvers<string>();
  const untilEnded = (signal: AbortSignal) =>
    new Promise<string>((resolve) => {
      signal.addEventListener("abort", () => resolve("ended"), { once: true });
    });
  const results = await sideBySide<string>(
    [
      () => meeting.promise,
      () => Promise.resolve("quick").finally(() => meeting.resolve("met")),
      () => Promise.reject(new Error("no")),
      untilEnded,
    ],
    (error) => `failed: ${(error as Error).message}`,
    20,
  );
  assert.deepEqual(results, ["met", "quick", "failed: no", "ended"]);
});

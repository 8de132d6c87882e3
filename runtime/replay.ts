import { parseErrorEnvelope } from "@asya/protocol/envelope";
import { isJsonObject, type JsonObject, parseJson } from "@asya/protocol/json";
import type { Handler } from "./handler.ts";
import { type HandlerRun, readMessage, runMessage, type RunOptions } from "./run_handler.ts";

/**
 * Runs a handler with a message that was stored: a message as its queue had it, a dead letter, what
 * error-end keeps of a failed job, or what any sidecar tells error-end. The handler gets what the
 * step got that failed, and `ctx.attempt` is the try that failed.
 *
 * @param handler the function that the module exports
 * @param file path of the file, read with the caller's permission; or the text itself, as bytes
 * @param options the call's limits
 * @throws TypeError when there is no message in it, with the reason
 * @example
 * ```ts
 * import { replay } from "@asya/runtime/testing";
 * import assert from "node:assert/strict";
 *
 * const letter = new TextEncoder().encode(JSON.stringify({
 *   dead_letter: { version: 1 },
 *   error: "processing_error",
 *   original_message: '{"job_id":"j1","route":{"steps":["ocr"],"current":0},"payload":{"page":7}}',
 * }));
 * const run = await replay<{ page: number }>((msg) => ({ seen: msg.payload.page }), letter);
 * assert.deepEqual(run.payloads, [{ seen: 7 }]);
 * ```
 */
export async function replay<In extends object = JsonObject>(
  handler: Handler<In>,
  file: string | URL | Uint8Array,
  options: RunOptions = {},
): Promise<HandlerRun> {
  const bytes = file instanceof Uint8Array ? file : await Deno.readFile(file);
  return await runMessage(handler, readMessage(originalOf(bytes)), options);
}

/** The message within a dead letter or an error's document; anything else is one itself. */
function originalOf(bytes: Uint8Array): Uint8Array {
  const json = parseJson(bytes);
  if (!json.ok || !isJsonObject(json.value) || json.value.error === undefined) return bytes;
  if (json.value.original_message === undefined || json.value.original_message === null) {
    throw new TypeError(
      "the file is a failure without original_message; its body is where dead_letter.stored says",
    );
  }
  return parseErrorEnvelope(bytes).body;
}

/**
 * What the terminal actors keep of failed work is what an author of handlers can replay.
 *
 * @module
 */
import { createFailure, type FailedWork, parseErrorEnvelope, wrapFailure } from "@asya/protocol";
import type { HandlerContext, HandlerMessage } from "@asya/runtime";
import { replay } from "@asya/runtime/testing";
import assert from "node:assert/strict";
import { createDeadLetter } from "./dead_letter.ts";
import { failedOutcome } from "./give_up.ts";
import { encodeDocument } from "./outcome.ts";

const permissions = "none";

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const message = {
  job_id: "j1",
  route: { steps: ["ocr", "sort"], current: 1, metadata: { asya: { at: 1, attempt: 3 } } },
  payload: { page: 7 },
};
const body = encode(message);
const failure = createFailure("processing_error", "no ink");
const work: FailedWork = { failure, body, step: "sort", actor: "sort" };
const received = parseErrorEnvelope(wrapFailure(work, 16_384).body);
const now = new Date(0);
const letter = createDeadLetter({ failure, from: "error-end", jobId: "j1", body }, "dlq", 16_384);

const kept: [string, Uint8Array | undefined][] = [
  ["a dead letter", new TextEncoder().encode(letter?.body)],
  ["a stored failure", encodeDocument(failedOutcome(received, { sentAt: now, now }).document)],
  ["an envelope of ours", wrapFailure(work, 16_384).body],
  ["an envelope of others", encode({ error: "boom", original_message: JSON.stringify(message) })],
  ["the message itself", body],
];

for (const [what, file] of kept) {
  Deno.test(`[R11] [D9] ${what} is all that a replay needs`, { permissions }, async () => {
    const sort = (msg: HandlerMessage, ctx: HandlerContext) => ({
      job: ctx.jobId,
      attempt: ctx.attempt,
      ...msg.payload,
    });
    const { payloads } = await replay(sort, file ?? new Uint8Array());
    assert.deepEqual(payloads, [{ job: "j1", attempt: 3, page: 7 }]);
  });
}

/**
 * A step that fails on every fifth job for the first time.
 *
 * @module
 */
import { type HandlerContext, type HandlerMessage, RetryableError } from "@asya/runtime";
import { walk } from "./steps.ts";

/** Walks on, at the second attempt at the latest. */
export async function walkOrFail(
  { payload }: HandlerMessage,
  { attempt }: HandlerContext,
): Promise<unknown> {
  if (attempt === 1 && Number(payload.n) % 5 === 0) throw new RetryableError("the first time");
  return await walk({ payload });
}

import { type HandlerContext, type HandlerMessage, RetryableError } from "@asya/runtime";
import { walk } from "./steps.ts";

/** Walks at the second attempt, which comes as late as the payload says. */
export async function failOnce(
  { payload }: HandlerMessage,
  { attempt }: HandlerContext,
): Promise<unknown> {
  const { retryAfterS } = payload;
  if (attempt > 1 || typeof retryAfterS !== "number") return await walk({ payload });
  throw new RetryableError("not at the first attempt", { retryAfterSeconds: retryAfterS });
}

/**
 * A step that tells what it has so far.
 *
 * @module
 */
import type { HandlerMessage } from "@asya/runtime";
import { walk } from "./steps.ts";

/** Walks on, and streams three chunks of output before. */
export async function* chat({ payload }: HandlerMessage): AsyncGenerator<unknown, unknown> {
  for (let chunk = 0; chunk < 3; chunk++) yield { chunk };
  return await walk({ payload });
}

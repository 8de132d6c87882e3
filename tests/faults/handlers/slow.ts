import type { HandlerMessage } from "@asya/runtime";
import { walk } from "./steps.ts";

/** Walks, and takes as long as the payload says before it begins. */
export async function slow({ payload }: HandlerMessage): Promise<unknown> {
  const { slowMs } = payload;
  // Stands for long work.
  if (typeof slowMs === "number") await new Promise((resolve) => setTimeout(resolve, slowMs));
  return await walk({ payload });
}

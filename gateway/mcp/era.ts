import type { ServerCapabilities } from "@modelcontextprotocol/server";
import { TASKS_EXTENSION } from "./declares_tasks.ts";

/** The revision 2026-07-28, or those before it. */
export type Era = "modern" | "legacy";

/** The revision of the newer era. */
export const MODERN_VERSION = "2026-07-28";

const TASKS: Readonly<Record<Era, ServerCapabilities>> = {
  legacy: { tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } } },
  modern: { extensions: { [TASKS_EXTENSION]: {} } },
};

/**
 * What a server says that it can do.
 *
 * @param era the revision that it speaks
 * @param hasTasks whether calls can be tasks
 */
export function capabilitiesOf(era: Era, hasTasks: boolean): ServerCapabilities {
  return { tools: { listChanged: true }, ...(hasTasks && TASKS[era]) };
}

import type { JsonObject } from "@asya/protocol";
import type { Page } from "./gateway_client.ts";

/** As much as a gateway puts on a page. */
const PAGE_SIZE = 500;

/**
 * Reads a list page by page.
 *
 * @param readPage reads a page from a cursor on
 * @param most how many items at most; `Infinity` for all
 */
export async function readPages(
  readPage: (page: { limit: number; cursor?: string }) => Promise<Page>,
  most: number,
): Promise<JsonObject[]> {
  const items: JsonObject[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(PAGE_SIZE, most - items.length);
    const page = await readPage({ limit, ...(cursor !== undefined && { cursor }) });
    items.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined && items.length < most);
  return items.slice(0, most);
}

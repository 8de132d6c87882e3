import type { JsonObject } from "@asya/protocol";
import type { GatewayClient, Query } from "./gateway_client.ts";
import { GatewayError } from "./gateway_error.ts";
import { textOf } from "./job_event.ts";
import { readPages } from "./read_pages.ts";

/** Ids that are named where several begin with the same letters. */
const MOST_NAMED = 5;

/**
 * The dead letters of ids, or of the letters that ids begin with, each once, in that order.
 *
 * @param client the gateway
 * @param texts ids, or the begins of some
 * @throws GatewayError when there is none for one of them, or there are several
 */
export async function findLetters(
  client: GatewayClient,
  texts: readonly string[],
): Promise<JsonObject[]> {
  const found = new Map<string, JsonObject>();
  let all: readonly JsonObject[] | undefined;
  for (const text of texts) {
    const exact = await letterOf(client, text);
    all ??= exact ? undefined : await listLetters(client, {});
    const letters = exact ? [exact] : (all ?? []).filter(({ id }) => textOf(id).startsWith(text));
    const [letter] = letters;
    if (!letter) {
      throw new GatewayError(`there is no dead letter ${text}; asya dlq ls lists them`);
    }
    if (letters.length > 1) {
      const named = letters.slice(0, MOST_NAMED).map(({ id }) => `\n  ${textOf(id)}`);
      throw new GatewayError(`${letters.length} dead letters begin with ${text}:${named.join("")}`);
    }
    found.set(textOf(letter.id), letter);
  }
  return [...found.values()];
}

/**
 * All dead letters that a filter lets through.
 *
 * @param client the gateway
 * @param filter the query
 * @param most how many at most
 */
export function listLetters(
  client: GatewayClient,
  filter: Query,
  most = Infinity,
): Promise<JsonObject[]> {
  return readPages((page) => client.listLetters({ ...filter, ...page }), most);
}

async function letterOf(client: GatewayClient, id: string): Promise<JsonObject | undefined> {
  try {
    return await client.getLetter(id);
  } catch (error) {
    if (error instanceof GatewayError && error.status === 404) return undefined;
    throw error;
  }
}

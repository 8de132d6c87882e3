import type { JsonObject } from "@asya/protocol";
import { findLetters, listLetters } from "../../client/find_letters.ts";
import type { GatewayClient } from "../../client/gateway_client.ts";

/** Which dead letters a command line names. */
export interface LetterChoice {
  readonly ids: readonly string[];
  readonly step: string | undefined;
  readonly error: string | undefined;
  readonly tool: string | undefined;
  readonly job: string | undefined;
  readonly q: string | undefined;
  readonly all: boolean;
}

/** What is wrong with a choice: nothing may be meant by mistake, least of all everything. */
export function checkChoice(choice: LetterChoice): string[] {
  const ways = [
    choice.ids.length > 0 ? "ID" : undefined,
    hasFilter(choice) ? "--step, --error, --tool, --job or --q" : undefined,
    choice.all ? "--all" : undefined,
  ].filter((way) => way !== undefined);
  if (ways.length === 1) return [];
  const allowed = "allowed: IDs, or a filter (--step, --error, --tool, --job, --q), or --all";
  return ways.length === 0
    ? [`no dead letter is named; ${allowed}`]
    : [`${ways.join(" and ")} are given together; ${allowed}`];
}

/**
 * Reads the dead letters that a command line names, as they are at this moment.
 *
 * @param client the gateway
 * @param choice which ones
 */
export async function chooseLetters(
  client: GatewayClient,
  choice: LetterChoice,
): Promise<JsonObject[]> {
  if (choice.ids.length > 0) return await findLetters(client, choice.ids);
  const { step, error, tool, job, q } = choice;
  return await listLetters(client, { step, error, tool, job, q });
}

function hasFilter({ step, error, tool, job, q }: LetterChoice): boolean {
  return [step, error, tool, job, q].some((value) => value !== undefined);
}

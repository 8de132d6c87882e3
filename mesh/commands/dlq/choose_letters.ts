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

/**
 * What is said where no dead letter is there that was named.
 *
 * @param choice which ones
 * @example
 * ```ts
 * import { describeNone } from "./choose_letters.ts";
 * import assert from "node:assert/strict";
 * const anything = { step: undefined, error: undefined, tool: undefined, job: undefined, q: undefined };
 * assert.equal(describeNone(anything), "there are no dead letters");
 * assert.equal(describeNone({ ...anything, step: "ocr" }), "no dead letter is like that");
 * ```
 */
export function describeNone(choice: Omit<LetterChoice, "ids" | "all">): string {
  return hasFilter(choice) ? "no dead letter is like that" : "there are no dead letters";
}

function hasFilter({ step, error, tool, job, q }: Omit<LetterChoice, "ids" | "all">): boolean {
  return [step, error, tool, job, q].some((value) => value !== undefined);
}

import { isJsonObject, type Json, MAX_MESSAGE_DEPTH, parseJson } from "@asya/protocol";
import type { Letter, LetterReplay } from "./letter.ts";

/** What a form for a replay says, or what is wrong with it. */
export type ReadReplay =
  | { readonly ok: true; readonly wish: LetterReplay }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads the form for a replay. A payload that nobody changed is not sent: what the letter itself
 * holds is what the step gets.
 *
 * @param form what was typed
 * @param letter what it is about
 */
export function readReplay(form: URLSearchParams, letter: Letter): ReadReplay {
  const step = form.get("from_step") ?? "";
  if (!/^\d{0,4}$/.test(step)) {
    return { ok: false, problem: `the step is ${JSON.stringify(step)}; its number is allowed` };
  }
  const fromStep = step === "" ? undefined : Number(step);
  const text = form.get("payload");
  if (text === null || text.trim() === "") return { ok: true, wish: { fromStep } };
  const parsed = parseJson(text, MAX_MESSAGE_DEPTH);
  if (!parsed.ok) {
    return { ok: false, problem: `the payload is not JSON, which is allowed: ${parsed.reason}` };
  }
  const isSame = letter.payload !== undefined && fromStep === failedStepOf(letter) &&
    JSON.stringify(parsed.value) === JSON.stringify(letter.payload);
  return { ok: true, wish: isSame ? { fromStep } : { fromStep, payload: parsed.value } };
}

/** The whole way of a letter's job; none where it cannot be read. */
export function stepsOf({ route }: Letter): string[] {
  const steps: Json | undefined = isJsonObject(route) ? route.steps : undefined;
  return Array.isArray(steps) ? steps.map(String) : [];
}

/** The position of the step that failed, from 0. */
export function failedStepOf({ route }: Letter): number | undefined {
  const current = isJsonObject(route) ? route.current : undefined;
  return typeof current === "number" ? current : undefined;
}

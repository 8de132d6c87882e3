import { MAX_MESSAGE_DEPTH, parseJson } from "@asya/protocol";
import type { ShownLetter } from "../../dead_letters/letter_to_wire.ts";
import type { ReplayWish } from "../../dead_letters/plan_replay.ts";

/** What a form for a replay says, or what is wrong with it. */
export type ReadReplay =
  | { readonly ok: true; readonly wish: ReplayWish }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads the form for a replay. A payload that nobody changed is not sent: what the letter itself
 * holds is what the step gets.
 *
 * @param form what was typed
 * @param letter what it is about
 */
export function readReplay(form: URLSearchParams, letter: ShownLetter): ReadReplay {
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

/** The position of the step that failed in its job's route, from 0; none where it is not known. */
export function failedStepOf({ route, step }: ShownLetter): number | undefined {
  if (route === null) return undefined;
  const { steps, current } = route;
  if (step === null || steps[current] === step) return current;
  const index = steps.indexOf(step);
  return index < 0 ? undefined : index;
}

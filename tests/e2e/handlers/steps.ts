/**
 * The steps of the mesh that the end-to-end checks call.
 *
 * @module
 */
import { type HandlerContext, type HandlerMessage, RetryableError } from "@asya/runtime";

/** A number on its way. */
interface Calculation {
  readonly number?: number;
}

/** Adds one. */
export function add({ payload }: HandlerMessage<Calculation>): Calculation {
  return { ...payload, number: (payload.number ?? 0) + 1 };
}

/** Doubles. */
export function multiply({ payload }: HandlerMessage<Calculation>): Calculation {
  return { ...payload, number: (payload.number ?? 0) * 2 };
}

/** Streams each number up to the one it is given. */
export function* count({ payload }: HandlerMessage<Calculation>): Generator<object, Calculation> {
  const { number = 0 } = payload;
  for (let next = 1; next <= number; next++) yield { next };
  return { number };
}

/** Makes a branch with its square of each number. */
export function split(
  { payload }: HandlerMessage<{ readonly numbers: readonly number[] }>,
): Calculation[] {
  return payload.numbers.map((number) => ({ number: number * number }));
}

/** Fails at its first attempts, as many as it is told; for good with an error that stays. */
export function stumble(
  { payload }: HandlerMessage<{ readonly times: number; readonly for_good: boolean }>,
  { attempt }: HandlerContext,
): { readonly number: number } {
  const { times, for_good: isForGood } = payload;
  if (isForGood) throw new TypeError("it stumbles for good");
  if (attempt <= times) throw new RetryableError(`it stumbles at attempt ${attempt}`);
  return { number: attempt };
}

/** Takes its time, unless it is not wanted any more. */
export async function work(
  { payload }: HandlerMessage<{ readonly seconds: number }>,
  { signal }: HandlerContext,
): Promise<{ readonly worked: number }> {
  await new Promise<void>((resolve, reject) => {
    // Stands for work.
    const timer = setTimeout(resolve, payload.seconds * 1_000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
  return { worked: payload.seconds };
}

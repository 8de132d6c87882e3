/**
 * The one step of the mesh that official clients call.
 *
 * @module
 */
import { type HandlerMessage, TerminalError } from "@asya/runtime";

/** Greets: streams as many chunks as it is told to before, and takes its time, or fails. */
export async function* work({ payload }: HandlerMessage): AsyncGenerator<unknown, unknown> {
  const { name, chunks, workMs, failure } = payload;
  if (typeof failure === "string") throw new TerminalError(failure);
  for (let chunk = 1; chunk <= Number(chunks ?? 0); chunk++) yield { chunk };
  // Stands for long work.
  await new Promise((resolve) => setTimeout(resolve, Number(workMs ?? 0)));
  return { greeting: `Hello, ${name}!` };
}

import { type Json, parseJson } from "@asya/protocol";

/** What an option with JSON as its value came to. */
export type ReadInput =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly problem: string };

/** What an option with JSON as its value takes. */
export const JSON_INPUT = "JSON, or @FILE with it, or - for standard input";

/**
 * Reads JSON that stands on a command line, in a file, or on standard input.
 *
 * @param text JSON, `@` and a path, or `-`
 * @param name how the option is written
 * @param signal ends the waiting for standard input, which somebody may have to type
 * @throws what the signal was aborted with
 */
export async function readInput(
  text: string,
  name: string,
  signal: AbortSignal,
): Promise<ReadInput> {
  const read = await readText(text, name, signal);
  if (typeof read !== "string") return read;
  const json = parseJson(read);
  if (json.ok) return json;
  const where = text === "-" ? "standard input" : text.startsWith("@") ? text.slice(1) : "it";
  return {
    ok: false,
    problem: `${name}: ${where} is no JSON (${json.reason}); allowed: ${JSON_INPUT}`,
  };
}

async function readText(
  text: string,
  name: string,
  signal: AbortSignal,
): Promise<string | ReadInput & { ok: false }> {
  if (text === "-") {
    const passed = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
    return await new Response(Deno.stdin.readable.pipeThrough(passed, { signal })).text();
  }
  if (!text.startsWith("@")) return text;
  const path = text.slice(1);
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return { ok: false, problem: `${name} names ${path}, but there is no such file` };
    }
    if (!(error instanceof Deno.errors.IsADirectory)) throw error;
    return { ok: false, problem: `${name} names ${path}, which is a folder; allowed: a file` };
  }
}

/**
 * Does what the operator cannot start without. Where that fails, the program ends: with the reason in
 * one line on standard error, and an exit code.
 *
 * @param work what to do; its error says what was got and what is allowed
 * @param exitCode 2 where a setting is wrong
 */
export async function begin<T>(work: () => T | Promise<T>, exitCode: 1 | 2 = 1): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`operator cannot start; ${reason}`);
    Deno.exit(exitCode);
  }
}

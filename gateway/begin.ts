/**
 * Does what the gateway cannot start without. Where that fails, the program ends: with the reason in
 * one line on standard error, and exit code 1.
 *
 * @param work what to do; its error says what was got and what is allowed
 */
export async function begin<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`gateway cannot start; ${reason}`);
    Deno.exit(1);
  }
}

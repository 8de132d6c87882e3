/**
 * Makes as many branches of the payload as it says; without a number, one output.
 *
 * @param message its payload
 */
export function split(
  { payload }: { payload: Record<string, unknown> },
): Record<string, unknown> | Record<string, unknown>[] {
  const { branches, ...rest } = payload;
  return typeof branches === "number"
    ? Array.from({ length: branches }, (_, branch) => ({ ...rest, branch }))
    : rest;
}

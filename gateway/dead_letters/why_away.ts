/** Why letters cannot be looked at, by the code of the transport's error. */
const AWAY: Readonly<Record<string, string>> = {
  unreachable: "the broker cannot be reached at this moment; try again",
  closed: "the gateway is about to stop; try again",
  in_use: "somebody else takes messages from the queue of dead letters, or the broker lets the " +
    "gateway not read it; try again when it has no other consumer",
};

/**
 * Why letters cannot be looked at, in words for whoever asked.
 *
 * @param error what was thrown
 * @returns `undefined` where the broker is not the reason
 */
export function whyAway(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return Object.hasOwn(AWAY, code) ? AWAY[code] : undefined;
}

/**
 * Steps around a join.
 *
 * @module
 */

type Payload = Record<string, unknown>;

/** Works on one branch: the one that the payload names fails, or is slow. */
export async function work({ payload }: { payload: Payload }): Promise<Payload> {
  const { branch, fails, slow, slowMs, workMs } = payload;
  const ms = slow === branch ? slowMs : workMs;
  // Stands for work.
  if (typeof ms === "number") await new Promise((resolve) => setTimeout(resolve, ms));
  if (fails === branch) throw new RangeError("it cannot be done");
  return { branch, done: true };
}

/** Notes each merged payload that it gets, in a file that the environment names. */
export async function note(
  { payload }: { payload: Payload },
  { jobId }: { jobId: string },
): Promise<Payload> {
  const line = `${JSON.stringify({ jobId, payload })}\n`;
  await Deno.writeTextFile(Deno.env.get("NOTES_PATH")!, line, { append: true });
  return payload;
}

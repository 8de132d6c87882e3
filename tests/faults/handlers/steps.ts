/**
 * Steps of a mesh in tests.
 *
 * @module
 */

type Payload = Record<string, unknown>;

/** Adds its name to the payload's path, after as many milliseconds as the payload says. */
export async function walk({ payload }: { payload: Payload }): Promise<Payload> {
  const { workMs } = payload;
  // Stands for work.
  if (typeof workMs === "number") await new Promise((resolve) => setTimeout(resolve, workMs));
  return { ...payload, walked: Number(payload.walked ?? 0) + 1 };
}

/** Makes as many branches of the payload as it says; without a number, one output. */
export async function split({ payload }: { payload: Payload }): Promise<Payload | Payload[]> {
  const walked = await walk({ payload });
  const { branches, ...rest } = walked;
  return typeof branches === "number"
    ? Array.from({ length: branches }, (_, branch) => ({ ...rest, branch }))
    : walked;
}

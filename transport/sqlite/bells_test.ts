import assert from "node:assert/strict";
import { Bells } from "./bells.ts";

/** Two users of the same bells. */
async function withBells(
  run: (
    context: { folder: string; one: Bells; other: Bells; problems: unknown[] },
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const problems: unknown[] = [];
  const [one, other] = [folder, folder].map((path) =>
    new Bells(path, (error) => problems.push(error))
  );
  assert.ok(one && other);
  await run({ folder, one, other, problems });
  one.close();
  other.close();
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

Deno.test("who listens for a queue hears its bell again and again, and no other queue's", () =>
  withBells(async ({ one, other, problems }) => {
    let heard = Promise.withResolvers<void>();
    let strangers = 0;
    const stops = [
      other.listen(7, () => heard.resolve()),
      other.listen(8, () => strangers += 1),
    ];
    strangers = 0; // making the file may have been heard
    for (let round = 0; round < 3; round += 1) {
      heard = Promise.withResolvers<void>();
      one.ring(7);
      one.ring(7);
      await heard.promise;
    }
    for (const stop of stops) stop();
    assert.equal(strangers, 0);
    assert.deepEqual(problems, []);
  }));

Deno.test("bells that cannot be rung or heard are a problem, told once", () =>
  withBells(async ({ folder, one, other, problems }) => {
    await Deno.remove(folder, { recursive: true });
    const stop = other.listen(7, () => {});
    other.listen(8, () => {});
    stop();
    one.ring(7);
    one.ring(8);
    await Promise.resolve(); // ringing is done after this turn
    assert.equal(problems.length, 2);
    assert.ok(problems.every((problem) => problem instanceof Deno.errors.NotFound));
  }));

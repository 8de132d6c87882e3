import assert from "node:assert/strict";
import { PageReaders } from "./page_readers.ts";

function createFakes(count: number) {
  const closed: number[] = [];
  const fakes = Array.from({ length: count }, (_, id) => ({
    id,
    close: () => Promise.resolve(void closed.push(id)),
  }));
  return { fakes, closed };
}

Deno.test("lends a reader to one user at a time, in the order they ask", {
  permissions: "none",
}, async () => {
  const readers = new PageReaders(createFakes(1).fakes);
  const log: string[] = [];
  const first = Promise.withResolvers<void>();
  const uses = ["a", "b", "c"].map((user) =>
    readers.use(async () => {
      log.push(`${user} begins`);
      if (user === "a") await first.promise;
      log.push(`${user} ends`);
    })
  );
  assert.deepEqual(log, ["a begins"]);
  first.resolve();
  await Promise.all(uses);
  assert.deepEqual(log, ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});

Deno.test("lends all its readers at once", { permissions: "none" }, async () => {
  const readers = new PageReaders(createFakes(2).fakes);
  const bothLent = Promise.withResolvers<void>();
  let lent = 0;
  const lend = () =>
    readers.use(async ({ id }) => {
      if (++lent === 2) bothLent.resolve();
      await bothLent.promise;
      return id;
    });
  assert.deepEqual((await Promise.all([lend(), lend()])).toSorted(), [0, 1]);
});

Deno.test("a reader comes back from a failure", { permissions: "none" }, async () => {
  const readers = new PageReaders(createFakes(1).fakes);
  await assert.rejects(readers.use(() => Promise.reject(new Error("torn page"))), /torn page/);
  assert.equal(await readers.use(({ id }) => Promise.resolve(id)), 0);
});

Deno.test("ends every reader", { permissions: "none" }, async () => {
  const { fakes, closed } = createFakes(2);
  await new PageReaders(fakes).close();
  assert.deepEqual(closed, [0, 1]);
});

import assert from "node:assert/strict";
import { seededRandom } from "../../tests/kit/random.ts";
import { Agenda } from "./agenda.ts";

const none = { permissions: "none" } as const;

Deno.test("agenda: things happen in the order of their time, then of their entry", none, () => {
  const random = seededRandom(1);
  const agenda = new Agenda<number>();
  const entered = Array.from({ length: 500 }, (_, what) => {
    const atS = Math.floor(random() * 20);
    agenda.add(atS, what);
    return { atS, what };
  });
  const expected = entered.toSorted((one, other) => one.atS - other.atS || one.what - other.what);
  const happened = entered.map(() => agenda.next()).map((entry) => ({
    atS: entry?.atS,
    what: entry?.what,
  }));
  assert.deepEqual(happened, expected);
  assert.equal(agenda.next(), undefined);
});

Deno.test("agenda: what is entered meanwhile takes its place", none, () => {
  const agenda = new Agenda<string>();
  agenda.add(1, "first");
  agenda.add(9, "last");
  assert.equal(agenda.next()?.what, "first");
  agenda.add(5, "between");
  assert.equal(agenda.next()?.what, "between");
  assert.equal(agenda.next()?.what, "last");
});

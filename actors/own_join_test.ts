import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Json, Route } from "@asya/protocol";
import { ownJoin } from "./own_join.ts";

const pure = { permissions: "none" } as const;
const OUTER = "/0:2:ab";
const INNER = `${OUTER}/1:3:cd`;

/** Reads `books pages ocr (book of pages) (shelf)`: what is in brackets is a join. */
function route(text: string, current: number, asya: Record<string, Json> = {}): Route {
  const steps: string[] = [];
  const joins: number[] = [];
  const join: Record<string, Json> = {};
  for (const [, bracket, of, plain] of text.matchAll(/\((\w+)(?: of (\w+))?\)|(\w+)/g)) {
    if (bracket !== undefined) joins.push(steps.length);
    if (bracket !== undefined && of !== undefined) join[bracket] = { of };
    steps.push(bracket ?? plain ?? "");
  }
  return { steps, current, metadata: { asya: { joins, join, ...asya } } };
}

Deno.test(
  "[J2] a branch that ends early is told to the join where its siblings meet",
  pure,
  () => {
    const nested = "books pages ocr (book) (shelf)";
    const empty = (current: number) => ({ at: current, empty: true });
    const cases: [string, Route, string, number | undefined][] = [
      ["one fan-out", route("split work (gather) sum", 1), OUTER, 2],
      ["behind the join", route("split (gather) again work", 3), OUTER, undefined],
      ["an output that is empty", route("split work (gather)", 0, empty(0)), OUTER, 2],
      ["two fan-outs in a row", route("a work (b) c work (d)", 1), OUTER, 2],
      ["two in a row, said", route("a work (b of a) c work (d of c)", 1), OUTER, 2],
      ["nested: the inner", route(nested, 2), INNER, 3],
      ["nested: the outer, before the inner", route(nested, 1), OUTER, 4],
      ["nested: the outer, between the joins", route("a b (c) work (d)", 3), OUTER, 4],
      [
        "only the inner is joined, said",
        route("books pages ocr (book of pages)", 1),
        OUTER,
        undefined,
      ],
      ["an empty one of that", route("books pages (book of pages)", 0, empty(0)), OUTER, undefined],
      ["an empty inner one of that", route("books pages (book of pages)", 1, empty(1)), INNER, 2],
      ["an inner one of that", route("books pages ocr (book of pages)", 2), INNER, 3],
      ["with a step between the joins: the next", route("a b w (c) d (e)", 1), OUTER, 3],
      ["the same, said", route("a b w (c of b) d (e of a)", 1), OUTER, 5],
      ["nested: all said", route("a b w (c of b) (d of a)", 1), OUTER, 4],
      ["nested: the inner said", route("a b w (c of b) (d)", 1), OUTER, 4],
      ["a step that is not there says nothing", route("a w (b of x)", 1), OUTER, 2],
    ];
    for (const [name, at, branch, expected] of cases) {
      assert.equal(ownJoin(at, branch), expected, name);
    }
  },
);

/** A route in which every fan-out has its join, said or not; `+` fans out, `-` joins, `w` works. */
const bracketed = fc.letrec<{ route: string[] }>((tie) => ({
  route: fc.array(
    fc.oneof(
      { maxDepth: 3 },
      fc.constant(["w"]),
      tie("route").map((inner) => ["+", ...inner, "-"]),
    ),
    { maxLength: 3 },
  ).map((parts) => parts.flat()),
})).route;

Deno.test("[J2] where each join says whose it is, every branch finds its own", pure, () => {
  fc.assert(fc.property(bracketed, fc.nat(), (kinds, place) => {
    const current = kinds.length === 0 ? 0 : place % kinds.length;
    const open: number[] = [];
    const closing = new Map<number, number>();
    kinds.forEach((kind, index) => {
      if (kind === "+") open.push(index);
      if (kind === "-") closing.set(open.pop()!, index);
    });
    const enclosing = [...closing].filter(([from, to]) => from < current && current < to)
      .toSorted(([one], [other]) => one - other);
    const branch = enclosing.map((_, depth) => `/0:2:g${depth}`).join("");
    const steps = kinds.map((kind, index) => `${kind}${index}`);
    const join = Object.fromEntries(
      [...closing].map(([from, to]) => [steps[to]!, { of: steps[from]! }]),
    );
    const joins = [...closing.values()];
    const at = { steps, current, metadata: { asya: { joins, join } } };
    if (branch !== "") assert.equal(ownJoin(at, branch), enclosing.at(-1)?.[1]);
  }));
});

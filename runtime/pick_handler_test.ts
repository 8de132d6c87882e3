import assert from "node:assert/strict";
import { defineHandler } from "./define_handler.ts";
import type { HandlerContext } from "./handler.ts";
import { pickHandler } from "./pick_handler.ts";
import { parseSpecifier } from "./specifier.ts";

function pick(exports: Record<string, unknown>, fragment: string) {
  const parsed = parseSpecifier(`./m.ts${fragment}`, ["file"]);
  assert(parsed.ok);
  return pickHandler(exports, parsed.specifier);
}

const ctx = {} as HandlerContext;

class Model {
  readonly calls: string[] = [];
  factor = 1;
  init() {
    this.calls.push("init");
    this.factor = 2;
    return Promise.resolve();
  }
  predict(msg: { payload: Record<string, unknown> }) {
    return { n: Number(msg.payload.n) * this.factor };
  }
  close() {
    this.calls.push("close");
    return this.calls;
  }
}

Deno.test(
  "[R6] a class is constructed once, started, bound and closed",
  { permissions: "none" },
  async () => {
    let constructed = 0;
    class Counted extends Model {
      constructor() {
        super();
        constructed++;
      }
    }
    const picked = await pick({ Counted }, "#Counted.predict");
    assert(picked.ok);
    assert.deepEqual(picked.handler.call({ payload: { n: 4 } }, ctx), { n: 8 });
    assert.deepEqual(picked.handler.call({ payload: { n: 5 } }, ctx), { n: 10 });
    assert.deepEqual(picked.handler.close?.(), ["init", "close"]);
    assert.equal(constructed, 1);
  },
);

Deno.test("[R6] what init throws is passed on", { permissions: "none" }, async () => {
  class Broken {
    init() {
      throw new Error("no model file");
    }
    predict() {}
  }
  await assert.rejects(pick({ Broken }, "#Broken.predict"), /no model file/);
});

Deno.test(
  "traits come from the definition, or from the class",
  { permissions: "none" },
  async () => {
    class Join {
      static readonly traits = { answers: ["absorbed"], terminal: true };
      join() {}
    }
    const joined = await pick({ Join }, "#Join.join");
    assert.deepEqual(joined.ok && joined.handler.traits, { answers: ["absorbed"], terminal: true });
    const defined = defineHandler({ answers: ["sends"], handle: () => null });
    const picked = await pick({ default: defined }, "");
    assert.deepEqual(picked.ok && picked.handler.traits, { answers: ["sends"], terminal: false });
  },
);

Deno.test("the module's onGpuOom goes along", { permissions: "none" }, async () => {
  const picked = await pick({ default: () => null, onGpuOom: () => "freed" }, "");
  assert.equal(picked.ok && picked.handler.onGpuOom?.(), "freed");
});

const problems: readonly [
  name: string,
  exports: Record<string, unknown>,
  fragment: string,
  says: string,
][] = [
  [
    "a missing default export",
    { predict: () => null, version: 3 },
    "",
    "./m.ts has no default export. It exports: predict (a function), version (a number)",
  ],
  [
    "a misspelled export",
    { predict: () => null },
    "#pedict",
    './m.ts has no export "pedict"; did you mean "predict"? It exports: predict (a function)',
  ],
  ["an empty module", {}, "#run", './m.ts has no export "run". It exports nothing'],
  [
    "an export that is no function",
    { run: { a: 1 } },
    "#run",
    'the export "run" of ./m.ts is an object. It exports: run (an object)',
  ],
  [
    "a class without method",
    { Model },
    "#Model",
    'the export "Model" of ./m.ts is a class; say which of its methods to call: ' +
    "./m.ts#Model.predict. It exports: Model (a class)",
  ],
  [
    "a misspelled method",
    { Model },
    "#Model.pedict",
    'the export "Model" of ./m.ts has no method "pedict"; did you mean "predict"? ' +
    "Its methods: predict. It exports: Model (a class)",
  ],
  [
    "a method of what has none",
    { run: 7 },
    "#run.go",
    'the export "run" of ./m.ts is a number, which has no methods to call. It exports: run (a number)',
  ],
];

for (const [name, exports, fragment, says] of problems) {
  Deno.test(`[R2] ${name} is told with what there is`, { permissions: "none" }, async () => {
    const picked = await pick(exports, fragment);
    assert.equal(!picked.ok && picked.problem, says);
  });
}

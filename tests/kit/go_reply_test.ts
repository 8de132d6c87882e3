import assert from "node:assert/strict";
import { parseGoReply } from "./go_reply.ts";

const zero = {
  payload: undefined,
  route: { steps: [], current: 0, metadata: {} },
  error: "",
  details: { message: "", type: "", traceback: "" },
};

function parse(text: string) {
  return parseGoReply(new TextEncoder().encode(text));
}

Deno.test({
  name: "what Go's decoder takes is taken, with its zero values",
  permissions: "none",
  fn() {
    const taken: [string, unknown[]][] = [
      ["null", []],
      ["[]", []],
      ["[null]", [zero]],
      ["[{}]", [zero]],
      ['[{"unknown":1,"error":null,"route":null}]', [zero]],
      [
        '[{"Payload":{"a":1.5},"ROUTE":{"steps":["x",null],"current":-1,"metadata":{"b":[2]}}}]',
        [{
          ...zero,
          payload: { a: 1.5 },
          route: { steps: ["x", ""], current: -1, metadata: { b: [2] } },
        }],
      ],
      ['[{"payload":null}]', [{ ...zero, payload: null }]],
      [
        '[{"error":"e","details":{"message":"m","type":"t","traceback":"s","severity":"fatal"}}]',
        [{ ...zero, error: "e", details: { message: "m", type: "t", traceback: "s" } }],
      ],
    ];
    for (const [text, items] of taken) assert.deepEqual(parse(text), { ok: true, items });
  },
});

Deno.test({
  name: "what Go's decoder refuses is refused",
  permissions: "none",
  fn() {
    for (
      const text of [
        "",
        "{}",
        '{"status":"ok","result":{}}',
        '"x"',
        "[1]",
        "[[]]",
        "[{}] x",
        '[{"route":[]}]',
        '[{"route":{"steps":"x"}}]',
        '[{"route":{"steps":[1]}}]',
        '[{"route":{"current":"0"}}]',
        '[{"route":{"current":1.0}}]',
        '[{"route":{"current":1e0}}]',
        '[{"route":{"metadata":[]}}]',
        '[{"error":{}}]',
        '[{"error":true}]',
        '[{"details":"x"}]',
        '[{"details":{"message":1}}]',
      ]
    ) {
      assert.equal(parse(text).ok, false, text);
    }
  },
});

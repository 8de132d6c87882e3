import assert from "node:assert/strict";
import { chunkText } from "./assets/chunk_text.js";

Deno.test({
  name: "chunks: texts go on, values have lines, and another's begin with who streams them",
  permissions: "none",
  fn() {
    const [step, branch] = ["write", "/2:3:ab/0:2:cd"];
    assert.equal(chunkText({ step, branch: "", value: "one " }, undefined), "one ");
    assert.equal(chunkText({ step, branch: "", value: "two" }, { step, branch: "" }), "two");
    assert.equal(chunkText({ step, branch: "", value: [1] }, { step, branch: "" }), "[1]\n");
    const other = chunkText({ step, branch, value: "three" }, { step, branch: "" });
    assert.equal(other, "\n— write, branch 3.1 —\nthree");
    assert.match(chunkText({ step: "b", branch: "", value: "" }, { step, branch: "" }), /— b —/);
    assert.equal(chunkText({ step, branch, value: "\u202e" }, undefined), "\\u{202e}");
  },
});

import assert from "node:assert/strict";
import { visibleText } from "./visible_text.ts";

Deno.test({
  name: "texts: what cannot be seen is written out, the rest stays as it is",
  permissions: "none",
  fn() {
    const shown: readonly (readonly [text: string, shown: string])[] = [
      ["plain, ümläute, 漢字, 😀 & <b>", "plain, ümläute, 漢字, 😀 & <b>"],
      ["a\tb\nc", "a\tb\nc"],
      ["a\u0000b\u001b[31m", "a\\u{0}b\\u{1b}[31m"],
      ["exe.\u202etxt", "exe.\\u{202e}txt"],
      ["zero\u200bwidth\ufeff\u00ad", "zero\\u{200b}width\\u{feff}\\u{ad}"],
      ["tag\u{e0041}", "tag\\u{e0041}"],
      ["\ud800 alone", "\ufffd alone"],
    ];
    for (const [text, expected] of shown) assert.equal(visibleText(text), expected);
    assert.equal(visibleText("abcdef", 3), "abc…");
    assert.equal(visibleText("ab😀", 3), "ab\ufffd…");
    assert.equal(visibleText("abc", 3), "abc");
  },
});

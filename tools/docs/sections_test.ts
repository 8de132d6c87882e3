import assert from "node:assert/strict";
import { fillSections } from "./sections.ts";

const permissions = "none";
const contents = new Map([["fruit", "| a |\n"], ["settings of x", "table"]]);

Deno.test("sections: what stands between the markers is replaced", { permissions }, () => {
  const text = "# A\n<!-- begin fruit -->\nold\nolder\n<!-- end fruit -->\nrest\n";
  const filled = fillSections(text, contents);
  assert.equal(filled.text, "# A\n<!-- begin fruit -->\n\n| a |\n\n<!-- end fruit -->\nrest\n");
  assert.deepEqual(filled.names, ["fruit"]);
  assert.deepEqual(filled.problems, []);
});

Deno.test("sections: filling twice changes nothing", { permissions }, () => {
  const text = "<!-- begin settings of x -->\n<!-- end settings of x -->\n";
  const once = fillSections(text, contents).text;
  assert.equal(fillSections(once, contents).text, once);
});

const wrong: [string, string, RegExp][] = [
  ["an unknown name", "<!-- begin nuts -->\n<!-- end nuts -->", /nuts; allowed: fruit, settings/],
  ["no end", "<!-- begin fruit -->", /fruit has no end/],
  ["an end alone", "<!-- end fruit -->", /"<!-- end fruit -->" stands where it cannot/],
  ["one in another", "<!-- begin fruit -->\n<!-- begin fruit -->\n<!-- end fruit -->", /cannot/],
];

for (const [what, text, expected] of wrong) {
  Deno.test(`sections: ${what} is a problem`, { permissions }, () => {
    assert.match(fillSections(text, contents).problems.join(), expected);
  });
}

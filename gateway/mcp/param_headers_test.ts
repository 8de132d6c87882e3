import assert from "node:assert/strict";
import { ParamHeaders } from "./param_headers.ts";

const schema = {
  type: "object",
  properties: {
    region: { type: "string", "x-mcp-header": "Region" },
    count: { type: "integer", "x-mcp-header": "Count" },
    place: { type: "object", properties: { hot: { type: "boolean", "x-mcp-header": "Hot" } } },
    strange: { type: "string", "x-mcp-header": "no header: at all" },
    plain: { type: "string" },
  },
};

const CASES: readonly [string, Record<string, string>, object, RegExp | undefined][] = [
  ["nothing to repeat", {}, { plain: "x", strange: "y" }, undefined],
  ["a header too many", { "mcp-param-region": "eu" }, {}, undefined],
  ["an argument that is null", {}, { region: null }, undefined],
  ["a text", { "mcp-param-region": "eu" }, { region: "eu" }, undefined],
  ["another text", { "mcp-param-region": "us" }, { region: "eu" }, /Region says.*: region$/],
  ["a header that is missing", {}, { region: "eu" }, /Region is missing/],
  ["a number", { "mcp-param-count": "42.0" }, { count: 42 }, undefined],
  ["another number", { "mcp-param-count": "41" }, { count: 42 }, /Count says/],
  ["no number", { "mcp-param-count": "0x2a" }, { count: 42 }, /Count says/],
  ["an inner one", { "mcp-param-hot": "true" }, { place: { hot: true } }, undefined],
  ["another inner one", { "mcp-param-hot": "false" }, { place: { hot: true } }, /: place\.hot$/],
  ["Base64", { "mcp-param-region": "=?base64?w7zDtg==?=" }, { region: "üö" }, undefined],
  ["nothing in Base64", { "mcp-param-region": "=?base64??=" }, { region: "" }, undefined],
  ["Base64 cut short", { "mcp-param-region": "=?base64?w7zDtg?=" }, { region: "üö" }, /Base64/],
  ["Base64 of no text", { "mcp-param-region": "=?base64?/w==?=" }, { region: "x" }, /Base64/],
  ["half a mark", { "mcp-param-region": "=?base64?w7zDtg==" }, { region: "üö" }, /says/],
];

Deno.test("headers that repeat arguments", { permissions: "none" }, async (t) => {
  const paramHeaders = new ParamHeaders();
  for (const [name, headers, args, expected] of CASES) {
    await t.step(name, () => {
      const problem = paramHeaders.check(schema, { ...args }, new Headers(headers));
      if (expected === undefined) assert.equal(problem, undefined);
      else assert.match(problem ?? "", expected);
    });
  }
});

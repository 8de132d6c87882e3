import assert from "node:assert/strict";
import { composeImportMap } from "./import_map.ts";
import { parseJsonc } from "./jsonc.ts";
import { findProject } from "./project.ts";

function find(module: string, files: Record<string, string>) {
  const project = findProject(module, (path) => files[path]);
  return project && [project.nearest.path, project.root.path];
}

Deno.test(
  "the nearest configuration counts, and its workspace's root",
  { permissions: "none" },
  () => {
    const workspace = '{"workspace": ["./a", "packages/*", "./deep/*/x"]}';
    const cases: [
      name: string,
      module: string,
      files: Record<string, string>,
      expected: unknown,
    ][] = [
      ["none", "/a/b/m.ts", {}, undefined],
      ["one above", "/a/b/m.ts", { "/a/deno.json": "{}" }, ["/a/deno.json", "/a/deno.json"]],
      ["jsonc", "/a/m.ts", { "/a/deno.jsonc": "{}" }, ["/a/deno.jsonc", "/a/deno.jsonc"]],
      ["at the root of all", "/m.ts", { "/deno.json": "{}" }, ["/deno.json", "/deno.json"]],
      [
        "a member",
        "/w/a/m.ts",
        { "/w/deno.json": workspace, "/w/a/deno.json": "{}" },
        ["/w/a/deno.json", "/w/deno.json"],
      ],
      [
        "a member by pattern",
        "/w/packages/p/src/m.ts",
        { "/w/deno.json": workspace, "/w/packages/p/deno.json": "{}" },
        ["/w/packages/p/deno.json", "/w/deno.json"],
      ],
      [
        "a deep member by pattern",
        "/w/deep/q/x/m.ts",
        { "/w/deno.json": workspace, "/w/deep/q/x/deno.json": "{}" },
        ["/w/deep/q/x/deno.json", "/w/deno.json"],
      ],
      [
        "a stranger below a workspace",
        "/w/other/m.ts",
        { "/w/deno.json": workspace, "/w/other/deno.json": "{}" },
        ["/w/other/deno.json", "/w/other/deno.json"],
      ],
    ];
    for (const [name, module, files, expected] of cases) {
      assert.deepEqual(find(module, files), expected, name);
    }
  },
);

Deno.test(
  "comments and trailing commas are read over, strings are not",
  { permissions: "none" },
  () => {
    const text = `{
    // a comment, with "quotes"
    "url": "https://x/y", /* "a": 1, */
    "tricky": "\\"// no comment",
    "list": [1, 2,],
  }`;
    assert.deepEqual(parseJsonc(text), {
      url: "https://x/y",
      tricky: '"// no comment',
      list: [1, 2],
    });
    assert.equal(parseJsonc("[]"), undefined);
    assert.equal(parseJsonc("{"), undefined);
  },
);

Deno.test("two maps become one, and neither changes the other", { permissions: "none" }, () => {
  const project = {
    imports: {
      "lib": "./lib/mod.ts",
      "lib/": "./lib/",
      "@std/async": "jsr:@std/async@1",
      "zod": "npm:zod@4",
      "@asya/runtime": "jsr:@asya/runtime@^0.1",
      "odd": 7,
    },
    scopes: { "./vendor/": { "lib": "./vendor/lib.ts" } },
  };
  const own = {
    scopes: ["file:///asya/runtime/"],
    names: { "@asya/protocol": "file:///asya/protocol/mod.ts" },
    offered: { "@asya/runtime": "file:///asya/runtime/mod.ts" },
  };
  assert.deepEqual(composeImportMap(project, "file:///me/deno.json", own), {
    imports: {
      "lib": "file:///me/lib/mod.ts",
      "lib/": "file:///me/lib/",
      "@std/async": "jsr:@std/async@1",
      "@std/async/": "jsr:/@std/async@1/",
      "zod": "npm:zod@4",
      "zod/": "npm:/zod@4/",
      "@asya/runtime": "jsr:@asya/runtime@^0.1",
      "@asya/runtime/": "jsr:/@asya/runtime@^0.1/",
    },
    scopes: {
      "file:///me/vendor/": { "lib": "file:///me/vendor/lib.ts" },
      "file:///asya/runtime/": own.names,
    },
  });
});

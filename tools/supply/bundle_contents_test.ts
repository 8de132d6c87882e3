import assert from "node:assert/strict";
import { findContents, nameContent } from "./bundle_contents.ts";
import { createPackage } from "./testing/create_package.ts";

const packages = ["ajv@8.20.0", "@x/core@1.0.0", "@x/server@2.0.0"].map((title) =>
  createPackage(title)
);

const copy = "/cache/@x/node_modules/.pnpm/ajv@8.18.0/node_modules/ajv/dist/ajv.js";

const cases = [
  { name: "our own files are nobody's package", files: ["/asya/gateway/main.ts"], found: [] },
  {
    name: "a package is told by its folder, once, whatever files of it there are",
    files: ["/cache/ajv/8.20.0/a.js", "/cache/@x/core/1.0.0/b.js", "/cache/ajv/8.20.0/c.js"],
    found: ["@x/core@1.0.0", "ajv@8.20.0"],
  },
  {
    name: "what a package says that it was made from is that package",
    files: ["/cache/@x/server/src/protocol.ts"],
    found: ["@x/server@2.0.0"],
  },
  { name: "a copy has its own version", files: [copy], found: ["ajv@8.18.0 (a copy)"] },
  {
    name: "a copy of what is there anyway is not told apart",
    files: ["/cache/ajv/8.20.0/a.js", copy.replace("8.18.0", "8.20.0")],
    found: ["ajv@8.20.0"],
  },
  {
    name: "in any order",
    files: [copy.replace("8.18.0", "8.20.0"), "/cache/ajv/8.20.0/a.js"],
    found: ["ajv@8.20.0"],
  },
];

for (const { name, files, found } of cases) {
  Deno.test(`[C11] in a bundle: ${name}`, { permissions: "none" }, () => {
    const contents = findContents(files, packages, "/asya/");
    const titles = contents.map((content) =>
      `${nameContent(content)}${content.copiedVersion === undefined ? "" : " (a copy)"}`
    );
    assert.deepEqual(titles, found);
  });
}

Deno.test("[C11] a file that is nobody's is not passed over", { permissions: "none" }, () => {
  assert.throws(
    () => findContents(["/elsewhere/file.js"], packages, "/asya/"),
    /\/elsewhere\/file\.js is in a bundle, and in no known package/,
  );
});

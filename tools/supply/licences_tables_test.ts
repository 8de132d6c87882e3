import assert from "node:assert/strict";
import { besidesLists, budgetsTable, bundledTable, splitPackages } from "./licences_tables.ts";
import { titleOf } from "./package.ts";
import { createPackage } from "./testing/create_package.ts";

const packages = [
  createPackage("amqplib@2.0.0"),
  createPackage("@kubernetes/client-node@2.0.0", { dependencies: ["undici@8.0.0"] }),
  createPackage("undici@8.0.0"),
  createPackage("undici@7.0.0"),
  createPackage("supports-color@5.0.0"),
  createPackage("fast-check@4.0.0", { licence: "Apache-2.0", dependencies: ["undici@7.0.0"] }),
];

const split = splitPackages(packages, ["amqplib@2.0.0", "@kubernetes/client-node@2.0.0"]);

Deno.test("[C11] of several versions, the one that a program reaches is bundled", () => {
  assert.deepEqual(split.bundled.map((entry) => titleOf(entry.package)), [
    "@kubernetes/client-node@2.0.0",
    "amqplib@2.0.0",
    "supports-color@5.0.0", // which nobody declares
    "undici@8.0.0",
  ]);
  assert.deepEqual(split.besides.map(titleOf), ["fast-check@4.0.0", "undici@7.0.0"]);
});

Deno.test("[C11] tables name each package with its licence, and where it is", () => {
  assert.match(bundledTable(split), /\| `undici` +\| 8\.0\.0 +\| MIT +\| operator +\|/);
  assert.match(
    besidesLists(split),
    /Apache-2\.0: 1<\/summary>\n\n```text\nfast-check@4\.0\.0\n```/,
  );
  assert.match(budgetsTable(), /\| `asya` +\| \d+ kB +\|/);
});

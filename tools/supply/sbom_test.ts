import assert from "node:assert/strict";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { createNotices } from "./notices.ts";
import { createSbom } from "./sbom.ts";
import { createPackage } from "./testing/create_package.ts";

const described = {
  name: "gateway",
  version: "1.2.3",
  files: [{ name: "main.js", sha256: "ab".repeat(32) }],
  denoVersion: "2.9.6",
};

const contents = [
  { package: createPackage("@x/core@1.0.0", { dependencies: ["b@2.0.0", "unused@1.0.0"] }) },
  { package: createPackage("b@2.0.0", { licence: "Apache-2.0", texts: [] }) },
  { package: createPackage("b@2.0.0"), copiedVersion: "1.9.0" },
];

Deno.test("[C11] a bill of materials is as CycloneDX has it", async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  const sbom = createSbom(described, contents, new Set(["@x/core"]));
  assert.equal(await validator.validate(JSON.stringify(sbom)), null);
  assert.notEqual(await validator.validate(JSON.stringify({ ...sbom, components: [{}] })), null);
});

Deno.test("[C11] a bill of materials names everything, and who needs it", () => {
  const sbom = createSbom(described, contents, new Set(["@x/core"]));
  assert.deepEqual(sbom.dependencies, [
    {
      ref: "pkg:generic/asya-gateway@1.2.3",
      dependsOn: ["pkg:generic/deno@2.9.6", "pkg:npm/%40x/core@1.0.0"],
    },
    { ref: "pkg:npm/%40x/core@1.0.0", dependsOn: ["pkg:npm/b@2.0.0"] },
    { ref: "pkg:npm/b@2.0.0", dependsOn: [] },
  ]);
  assert(Array.isArray(sbom.components));
  const [, core, , copy] = sbom.components;
  assert.deepEqual(core, {
    type: "library",
    "bom-ref": "pkg:npm/%40x/core@1.0.0",
    group: "@x",
    name: "core",
    version: "1.0.0",
    hashes: [{ alg: "SHA-512", content: "00".repeat(64) }],
    licenses: [{ license: { id: "MIT" } }],
    purl: "pkg:npm/%40x/core@1.0.0",
  });
  assert.equal(copy.version, "1.9.0");
  assert.equal(copy.hashes, undefined, "the checksum that is known is of another version");
});

Deno.test("[C11] a serial number is that of the contents", () => {
  const serialOf = (files: typeof described.files) =>
    createSbom({ ...described, files }, contents, new Set()).serialNumber;
  assert.equal(serialOf(described.files), serialOf(described.files));
  assert.notEqual(serialOf(described.files), serialOf([{ name: "main.js", sha256: "0" }]));
  assert.match(String(serialOf([])), /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8/);
});

Deno.test("[C11] notices have the words of every licence, shared ones once", () => {
  const shared = createPackage("c@1.0.0", { texts: ["Copyright b@2.0.0\r\n"] });
  const text = createNotices("gateway", [...contents, { package: shared }], "Copyright Deno");
  assert(text.includes("b@2.0.0 (Apache-2.0)"));
  assert(text.includes("The words of this licence are those in LICENSE."));
  assert(text.includes("b@1.9.0 (MIT)\nc@1.0.0 (MIT)"));
  assert.equal(text.split("Copyright b@2.0.0").length, 2);
  assert(text.endsWith("Copyright Deno\n"));
  assert.match(createNotices("runtime", [], ""), /no code of others/);
});

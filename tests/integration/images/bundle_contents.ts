import assert from "node:assert/strict";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { programs } from "../../../tools/images/plan_executables.ts";
import { describeBundles, takeSourceMap } from "../../../tools/supply/describe_bundles.ts";
import { judgeBundles } from "../../../tools/supply/judge_bundles.ts";
import { pathOf, type TempFolder } from "../../kit/mod.ts";

/**
 * Weighs every program. The `asya` command runs from a checkout: it is bundled here to be weighed
 * with the others.
 *
 * @param folder with the bundles in `dist`
 */
export async function weighAll(folder: TempFolder): Promise<void> {
  // Executables are made of bundles, and are none.
  await Deno.remove(folder.at("dist/compiled"), { recursive: true });
  const output = folder.at("dist/mesh/main.js");
  const bundled = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--minify", "--sourcemap=external", "-o", output, "mesh/main.ts"],
    cwd: pathOf(""),
  }).output();
  assert(bundled.success, new TextDecoder().decode(bundled.stderr));
  await describeBundles([await takeSourceMap(output)]);
  assert.deepEqual(await judgeBundles(folder.at("dist")), []);
}

/**
 * Reads what lies beside bundles: what is in them, whose that is, and under which licences.
 *
 * @param folder with the bundles in `dist`
 */
export async function readContents(folder: TempFolder): Promise<void> {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  for (const name of programs) {
    const at = (file: string) => folder.at(`dist/${name}/${file}`);
    const text = await Deno.readTextFile(at("sbom.cdx.json"));
    assert.equal(await validator.validate(text), null, name);
    const { metadata, components } = JSON.parse(text);
    for (const file of metadata.component.components) {
      const bytes = await Deno.readFile(at(file.name));
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
      assert.equal(file.hashes[0].content, hash, `${name}/${file.name}`);
    }
    const notices = await Deno.readTextFile(at("THIRD_PARTY_NOTICES.txt"));
    const libraries = components.filter(({ type }: { type: string }) => type === "library");
    for (const { group, name, version, licenses } of libraries) {
      const title = `${group ? `${group}/` : ""}${name}@${version} (${licenses[0].license.id})`;
      assert(notices.split("\n").includes(title), title);
    }
    assert((await Deno.readTextFile(at("LICENSE"))).includes("Apache License"));
  }
}

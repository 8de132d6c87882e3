import assert from "node:assert/strict";
import { makeTempFolder, type TempFolder } from "../../tests/kit/temp_folder.ts";
import { createSchemaCompiler } from "./json_schema.ts";
import { ToolsFile } from "./tools_file.ts";

const tool = (name: string) => `tools: [{ name: ${name}, route: [a] }]\n`;

function fileAt(path: string): ToolsFile {
  return new ToolsFile(path, createSchemaCompiler());
}

/** What it reads: names of tools, or problems without the folder that they are in. */
async function readFrom(file: ToolsFile, folder: TempFolder): Promise<readonly string[]> {
  const parsed = await file.read();
  return parsed.ok
    ? parsed.tools.map(({ name }) => name)
    : parsed.problems.map((problem) => problem.replaceAll(folder.path, ""));
}

/** Whether a change is seen once, and not before it has settled. */
async function seesChange(file: ToolsFile): Promise<boolean> {
  return !await file.hasChanged() && await file.hasChanged();
}

/** A volume as Kubernetes mounts a ConfigMap, whose content is then another. */
async function mount(folder: TempFolder, version: number, content: string): Promise<void> {
  await folder.write(`..v${version}/tools.yaml`, content);
  await Deno.symlink(`..v${version}`, folder.at("..data_tmp"));
  await Deno.rename(folder.at("..data_tmp"), folder.at("..data"));
  if (version === 1) return await Deno.symlink("..data/tools.yaml", folder.at("tools.yaml"));
  await Deno.remove(folder.at(`..v${version - 1}`), { recursive: true });
}

Deno.test("[G15] tools file: a change is seen when it has settled, and once", async () => {
  await using folder = await makeTempFolder();
  const file = fileAt(await folder.write("tools.yaml", tool("one")));
  assert.deepEqual(await readFrom(file, folder), ["one"]);
  assert.equal(await seesChange(file), false);
  await folder.write("tools.yaml", tool("two"));
  assert.equal(await file.hasChanged(), false, "somebody may still be writing");
  await folder.write("tools.yaml", tool("three"));
  assert.equal(await seesChange(file), true);
  assert.deepEqual(await readFrom(file, folder), ["three"]);
  assert.equal(await seesChange(file), false);
});

Deno.test("[G15] tools file: an editor puts another file in its place", async () => {
  await using folder = await makeTempFolder();
  const path = await folder.write("tools.yaml", tool("one"));
  const file = fileAt(path);
  await file.read();
  for (const name of ["two", "six"]) {
    await Deno.rename(await folder.write("new", tool(name)), path);
    assert.equal(await seesChange(file), true, name);
    assert.deepEqual(await readFrom(file, folder), [name]);
  }
});

Deno.test("[G15] tools file: what is away for a moment is as it was; for longer, it is a problem", async () => {
  await using folder = await makeTempFolder();
  const path = await folder.write("tools.yaml", tool("one"));
  const file = fileAt(path);
  await file.read();
  await Deno.rename(path, folder.at("away"));
  assert.equal(await file.hasChanged(), false);
  await Deno.rename(folder.at("away"), path);
  assert.equal(await file.hasChanged(), false);

  await Deno.remove(path);
  assert.equal(await seesChange(file), true);
  assert.deepEqual(await readFrom(file, folder), [
    "/tools.yaml: there is nothing here; allowed: a YAML file, or a folder of them",
  ]);
  assert.equal(await seesChange(file), false, "it is told once");
  await folder.write("tools.yaml", tool("two"));
  assert.equal(await seesChange(file), true);
  assert.deepEqual(await readFrom(file, folder), ["two"]);
});

Deno.test("[G15] tools file: a ConfigMap is replaced, mounted as a folder or looked at as a file", async () => {
  for (const at of ["", "tools.yaml"]) {
    await using folder = await makeTempFolder();
    await mount(folder, 1, tool("one"));
    const file = fileAt(at === "" ? folder.path : folder.at(at));
    assert.deepEqual(await readFrom(file, folder), ["one"]);
    for (const [version, name] of [[2, "two"], [3, "six"]] as const) {
      await mount(folder, version, tool(name));
      assert.equal(await seesChange(file), true, `${at} ${name}`);
      assert.deepEqual(await readFrom(file, folder), [name]);
    }
  }
});

Deno.test("[G15] tools file: files of a folder come and go", async () => {
  await using folder = await makeTempFolder();
  await folder.write("b.yaml", tool("b"));
  const file = fileAt(folder.path);
  assert.deepEqual(await readFrom(file, folder), ["b"]);
  await folder.write("a.yml", tool("a"));
  assert.equal(await seesChange(file), true);
  assert.deepEqual(await readFrom(file, folder), ["a", "b"]);
  await Deno.remove(folder.at("b.yaml"));
  assert.equal(await seesChange(file), true);
  assert.deepEqual(await readFrom(file, folder), ["a"]);
  // What editors and people leave beside them is none of ours.
  await folder.write(".b.yaml.swp", "x");
  await folder.write(".hidden.yaml", "x");
  await folder.write("b.yaml~", "x");
  await folder.write("README.md", "x");
  await Deno.mkdir(folder.at("more.yaml"));
  assert.equal(await seesChange(file), false);
  await Deno.remove(folder.at("a.yml"));
  assert.equal(await seesChange(file), true);
  assert.deepEqual(await readFrom(file, folder), [
    ": the folder has no file that ends in .yaml or .yml; allowed: one or more",
  ]);
});

Deno.test("[G1] tools file: everything that is wrong in a folder is told at once", async () => {
  await using folder = await makeTempFolder();
  await folder.write("a.yaml", tool("same"));
  await folder.write(
    "b.yaml",
    `tools:\n  - { name: same, route: [a] }\n  - { name: x, route: [] }\n`,
  );
  await folder.write("c.yaml", "tools: [");
  await Deno.writeFile(folder.at("d.yaml"), new Uint8Array([0x61, 0x3a, 0x0a, 0x20, 0xff, 0x0a]));
  await Deno.symlink("nowhere", folder.at("e.yaml"));
  const file = fileAt(folder.path);
  const problems = await readFrom(file, folder);
  const expected = [
    /^\/c\.yaml:1:9: /,
    /^\/d\.yaml:2:2: these bytes are no text in UTF-8; allowed: UTF-8$/,
    /^\/e\.yaml: there is nothing here; allowed: a YAML file, or a folder of them$/,
    /^\/b\.yaml:2:13: "same" is given twice; the first is at \/a\.yaml:1:17$/,
    /^\/b\.yaml:3:23: the route is empty; allowed: at least one step$/,
  ];
  assert.equal(problems.length, expected.length, problems.join("\n"));
  expected.forEach((pattern, index) => assert.match(problems[index] ?? "", pattern));
});

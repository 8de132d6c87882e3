import { type Command, defineCommand } from "./command.ts";
import { jsonOption } from "./gateway_options.ts";
import { choice, option, optional } from "./option.ts";
import manifest from "../deno.json" with { type: "json" };
import { asName, NAME_RULE } from "../file/read_name.ts";
import { describeScaffold, nameOfFolder } from "../init/describe_scaffold.ts";
import { originOf } from "../init/origin.ts";
import { scaffold } from "../init/scaffold.ts";
import { TEMPLATE_NAMES, templates } from "../init/templates.ts";
import { absoluteFolder, readKept, writeScaffold } from "../init/write_scaffold.ts";
import { EXIT } from "../run/run_mesh.ts";

/** The mesh to begin with where nobody asks for another. */
const DEFAULT_TEMPLATE = "plain";

/** `asya init`: makes a mesh to begin with. */
export const init: Command = defineCommand({
  name: "init",
  summary: "make a mesh to begin with: a handler, its test, mesh.yaml",
  about:
    "Makes a folder with a handler, a test of it that needs no mesh, a mesh.yaml with a tool " +
    "that calls it, a deno.json and a README. Nothing is asked, and no file that is there is " +
    "changed.",
  positionals: {
    folder: optional({
      value: "FOLDER",
      doc: "where; made where it is missing, this folder when it is left out",
      completes: "folders",
    }),
  },
  options: {
    name: option({
      value: "NAME",
      doc: "what the mesh is called; as a rule like its folder",
      allowed: NAME_RULE.replace(/,$/, ""),
      parse: asName,
    }),
    template: choice({ value: "TEMPLATE", doc: "what it shows (see below)", of: TEMPLATE_NAMES }),
    json: jsonOption("print the paths of the files as one line of JSON"),
  },
  notes: `TEMPLATE is one of

${TEMPLATE_NAMES.map((name) => `  ${name.padEnd(9)} ${templates[name].summary}`).join("\n")}`,
  examples: [
    { line: "asya init hello", doc: "the smallest mesh, in a new folder" },
    { line: "asya init --template agent", doc: "an agent's loop, in this folder" },
  ],
  async run({ folder = ".", name, template = DEFAULT_TEMPLATE, json }, { screen }) {
    const path = absoluteFolder(folder);
    const options = {
      name: name ?? nameOfFolder(path),
      template: templates[template],
      origin: originOf(import.meta.url, manifest.version),
    };
    const written = await writeScaffold(path, scaffold(options));
    if (json) screen.out(JSON.stringify({ folder: path, ...written }));
    else {
      const own = await readKept(path, "deno.json", written);
      for (const line of describeScaffold(folder, options, written, own)) screen.out(line);
    }
    return EXIT.ok;
  },
});

import { type Command, defineCommand } from "./command.ts";
import { jsonOption } from "./gateway_options.ts";
import { DEFAULT_FILE, fileArgument, transportOption, transportTopic } from "./mesh_options.ts";
import { flag, option, text } from "./option.ts";
import { exportFiles, objectsText } from "../export/export_files.ts";
import { exportMesh } from "../export/export_mesh.ts";
import { writeExport } from "../export/write_export.ts";
import { asName, NAME_RULE } from "../file/read_name.ts";
import manifest from "../deno.json" with { type: "json" };
import { readMesh } from "../run/read_mesh.ts";
import { readToolkit } from "../run/read_toolkit.ts";
import { EXIT } from "../run/run_mesh.ts";

/** Where files go where nobody says a folder. */
const DEFAULT_FOLDER = "kubernetes";

/** What stands for standard output. */
const STDOUT = "-";

/** `asya export`: writes a mesh as a cluster takes it. */
export const exportCommand: Command = defineCommand({
  name: "export",
  summary: "write a mesh as resources of Kubernetes, with values for the charts",
  about:
    "Writes what a cluster needs for the same mesh: an AsyncActor for each actor, the ConfigMap " +
    "with the tools that the gateway reads, values for the charts of the gateway and the terminal " +
    "actors, and a README with the commands that apply them. The same mesh gives the same files. " +
    "No password is written: the files refer to Secrets. What a cluster cannot have as this " +
    "machine has it is said on standard error, and in the files.",
  positionals: { file: fileArgument },
  options: {
    out: text({
      value: "FOLDER",
      doc: `where; made where it is missing, ${DEFAULT_FOLDER} when it is left out; - prints the ` +
        "objects, without values, to standard output",
      completes: "folders",
    }),
    namespace: option({
      value: "NAME",
      doc: "the namespace; not given: the one that the files are applied to",
      allowed: NAME_RULE.replace(/,$/, ""),
      parse: asName,
    }),
    image: text({ value: "IMAGE", doc: "the image with the handlers; not given: MESH:latest" }),
    actorsImage: text({
      value: "IMAGE",
      doc: "the image with the handler of joins; not given: asya-actors of this version",
    }),
    scaling: flag({
      doc: "do not scale actors by their queues; there are as many as the file says",
      isOn: true,
    }),
    transport: transportOption,
    force: flag({ doc: "overwrite files that are there with other content" }),
    json: jsonOption("print the folder, the files and what is to be known as one line of JSON"),
  },
  topics: [transportTopic],
  examples: [
    { line: "asya export", doc: "the mesh of this folder, into kubernetes/" },
    { line: "asya export --transport amqp://asya@rabbitmq.queues:5672", doc: "where RabbitMQ is" },
    {
      line: "asya export --image registry.example.com/papers:3 --out - | kubectl apply -f -",
      doc: "straight into a cluster",
    },
  ],
  async run(
    { file = DEFAULT_FILE, out = DEFAULT_FOLDER, namespace, image, transport, ...flags },
    { screen },
  ) {
    const read = await readMesh(file, transport);
    if (!read.ok) {
      screen.err(read.problem);
      return EXIT.wrongInput;
    }
    const { mesh, broker } = read;
    const options = {
      image: image ?? `${mesh.name}:latest`,
      ...(namespace !== undefined && { namespace }),
      isScaled: flags.scaling,
      actorsImage: flags.actorsImage ?? `asya-actors:${manifest.version}`,
      denoVersion: Deno.version.deno,
    };
    const { permissions } = readToolkit();
    const made = exportMesh(mesh, {
      ...options,
      ...(broker && { broker: broker.config }),
      joinPermissions: permissions.actors,
    });
    if (!made.ok) {
      for (const problem of made.problems) screen.err(problem);
      return EXIT.wrongInput;
    }
    const { exported } = made;
    if (out === STDOUT) screen.out(objectsText(exported).trimEnd());
    else {
      const files = exportFiles(mesh, exported, options);
      const written = await writeExport(out, files, flags.force);
      if (!written.ok) {
        const names = written.differing.join(", ");
        screen.err(`${out} has other content in ${names}; nothing is written without --force`);
        return EXIT.failed;
      }
      const names = Object.keys(files);
      if (flags.json) {
        screen.out(JSON.stringify({ folder: out, files: names, notes: exported.notes }));
      } else for (const name of names) screen.out(`${out}/${name}`);
    }
    if (!flags.json) { for (const note of exported.notes) screen.err(`- ${note}`); }
    return EXIT.ok;
  },
});

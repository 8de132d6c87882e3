import { printable } from "@asya/program";
import { isJsonObject } from "@asya/protocol";
import { type Command, type CommandContext, defineCommand } from "./command.ts";
import { type Candidate, completeWords, type Completion } from "./complete_words.ts";
import { DEFAULT_FILE } from "./mesh_options.ts";
import { openGateway } from "./open_gateway.ts";
import { many } from "./option.ts";
import { reasonOf, textOf } from "../client/job_event.ts";
import { parseMeshFile } from "../file/mesh_file.ts";
import { EXIT } from "../run/run_mesh.ts";

/** A shell does not wait longer for what a gateway has to say. */
const ANSWER_WITHIN_MS = 800;

/** As many jobs and dead letters are offered, the newest ones. */
const MOST_OFFERED = 50;

/** `asya complete`: what shells ask while a command line is written. */
export const complete: Command = defineCommand({
  name: "complete",
  summary: "say what may be written next",
  about:
    "Says what may be written next on a command line, for the scripts of asya completions: a " +
    "word and what it is in each line; :files or :folders where the shell knows better.",
  hidden: true,
  positionals: { words: many({ value: "WORD", doc: "the words behind asya so far", least: 0 }) },
  options: {},
  examples: [{ line: "asya complete -- jobs wa", doc: "prints watch" }],
  async run({ words }, context) {
    const completion = completeWords(words, context.table);
    const current = words.at(-1) ?? "";
    for (const { word, doc } of await candidatesOf(completion, context)) {
      if (word.startsWith(current) || word.startsWith(":") || completion.kind === "words") {
        context.screen.out(`${printable(word)}\t${printable(doc)}`.replaceAll(/\t$/g, ""));
      }
    }
    return EXIT.ok;
  },
});

async function candidatesOf(
  completion: Completion,
  context: CommandContext,
): Promise<readonly Candidate[]> {
  if (completion.kind === "words") return completion.candidates;
  if (completion.kind === "files" || completion.kind === "folders") {
    return [{ word: `:${completion.kind}`, doc: "" }];
  }
  try {
    return await ask(completion, context);
  } catch {
    // Whoever writes a command line does not want to read why nothing is offered.
    return [];
  }
}

async function ask(
  { kind, given }: Exclude<Completion, { kind: "words" }>,
  context: CommandContext,
): Promise<readonly Candidate[]> {
  if (kind === "actors") return await readActors();
  if (kind === "commands") {
    return context.table.commands.filter(({ hidden }) => !hidden)
      .map(({ name, summary }) => ({ word: name, doc: summary }));
  }
  const soon = AbortSignal.timeout(ANSWER_WITHIN_MS);
  // Without a screen: whoever is in the middle of a line is told nothing.
  const client = await openGateway(undefined, {
    config: context.config,
    signals: { ...context.signals, first: soon },
  });
  switch (kind) {
    case "tools":
      return (await client.listTools()).map(({ name, description }) => ({
        word: name,
        doc: description,
      }));
    case "arguments": {
      const tool = (await client.listTools()).find(({ name }) => name === given.tool);
      const properties = isJsonObject(tool?.inputSchema.properties)
        ? tool.inputSchema.properties
        : {};
      return Object.entries(properties).map(([name, schema]) => ({
        word: `${name}=`,
        doc: isJsonObject(schema) ? textOf(schema.description) : "",
      }));
    }
    case "jobs":
      return (await client.listJobs({ limit: MOST_OFFERED })).items.map((job) => ({
        word: textOf(job.id),
        doc: [job.tool, job.status].map((value) => textOf(value)).join(" ") +
          (job.status === "Failed" ? `: ${reasonOf(job)}` : ""),
      }));
    case "letters":
      return (await client.listLetters({ limit: MOST_OFFERED })).items.map((letter) => ({
        word: textOf(letter.id),
        doc: [letter.step, letter.error].map((value) => textOf(value ?? "")).join(" "),
      }));
    case "files":
    case "folders":
      return [];
  }
}

/** The actors of the mesh in this folder. */
async function readActors(): Promise<Candidate[]> {
  const parsed = parseMeshFile(await Deno.readTextFile(DEFAULT_FILE));
  if (!parsed.ok) return [];
  return [...parsed.mesh.actors.map(({ name }) => name), "gateway", "happy-end", "error-end"]
    .map((word) => ({ word, doc: "" }));
}

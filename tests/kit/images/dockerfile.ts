import {
  Copy,
  type Dockerfile,
  DockerfileParser,
  From,
  type Instruction,
  JSONInstruction,
  PropertyInstruction,
} from "dockerfile-ast";

/** One `COPY`: from which stage, or from the build's own folder, what, and to where. */
export interface CopiedFiles {
  readonly from?: string;
  readonly sources: readonly string[];
  /** A folder, where it ends with a slash or where there are several sources. */
  readonly to: string;
}

/** One stage of a Dockerfile. */
export interface Stage {
  readonly name: string;
  /** A stage, or an image of somebody else, with its arguments filled in. */
  readonly parent: string;
  /** What stands in it, in order; its `FROM` does not. */
  readonly instructions: readonly Instruction[];
}

/** What an image is by its Dockerfile. */
export interface Image {
  readonly name: string;
  /** The image of somebody else that it stands on. */
  readonly base: string;
  readonly user: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly copies: readonly CopiedFiles[];
}

/**
 * Reads the stages of a Dockerfile.
 *
 * @param text its text
 */
export function readStages(text: string): Stage[] {
  const file = DockerfileParser.parse(text);
  const stages: { name: string; parent: string; instructions: Instruction[] }[] = [];
  for (const instruction of file.getInstructions()) {
    if (instruction instanceof From) {
      const parent = fill(instruction.getImage() ?? "", file, instruction);
      stages.push({ name: instruction.getBuildStage() ?? "", parent, instructions: [] });
    } else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

/**
 * What an image is: what its stage says, and every stage below that.
 *
 * @param stages of the Dockerfile
 * @param name of its stage
 * @throws Error where there is no such stage
 */
export function imageOf(stages: readonly Stage[], name: string): Image {
  const stage = stages.find((stage) => stage.name === name);
  if (!stage) throw new Error(`there is no stage ${name}`);
  const isStage = stages.some(({ name }) => name === stage.parent);
  let image: Image = isStage ? { ...imageOf(stages, stage.parent), name } : {
    ...{ name, base: stage.parent, user: "", workdir: "/", env: {}, labels: {} },
    ...{ entrypoint: [], copies: [] },
  };
  for (const instruction of stage.instructions) image = extend(image, instruction);
  return image;
}

function extend(image: Image, instruction: Instruction): Image {
  const words = instruction.getArguments().map((argument) => argument.getValue());
  switch (instruction.getKeyword()) {
    case "USER":
      return { ...image, user: words[0] ?? "" };
    case "WORKDIR":
      return { ...image, workdir: words[0] ?? "" };
    case "ENV":
      return { ...image, env: { ...image.env, ...propertiesOf(instruction) } };
    case "LABEL":
      return { ...image, labels: { ...image.labels, ...propertiesOf(instruction) } };
    case "ENTRYPOINT":
      return { ...image, entrypoint: wordsOf(instruction) };
    case "COPY":
      return { ...image, copies: [...image.copies, copiedBy(instruction, words)] };
    default:
      return image;
  }
}

function propertiesOf(instruction: Instruction): Record<string, string> {
  if (!(instruction instanceof PropertyInstruction)) return {};
  return Object.fromEntries(
    instruction.getProperties().map((property) => [property.getName(), property.getValue() ?? ""]),
  );
}

/** The words of a command in the form of JSON, the only one that needs no shell. */
function wordsOf(instruction: Instruction): string[] {
  if (!(instruction instanceof JSONInstruction)) return [];
  return instruction.getJSONStrings().map((word) => JSON.parse(word.getValue()));
}

function copiedBy(instruction: Instruction, words: readonly string[]): CopiedFiles {
  const from = instruction instanceof Copy ? instruction.getFromFlag()?.getValue() : undefined;
  return { ...(from && { from }), sources: words.slice(0, -1), to: words.at(-1) ?? "" };
}

/** Puts arguments of the build in the places of their names, as far as they have a default. */
function fill(words: string, file: Dockerfile, at: Instruction): string {
  const line = at.getRange().start.line;
  return words.replace(
    /\$\{(\w+)(?::-([^}]*))?\}/g,
    (whole, name: string, otherwise?: string) =>
      file.resolveVariable(name, line) ?? otherwise ?? whole,
  );
}

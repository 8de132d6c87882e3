import { parseArgs } from "node:util";
import { hidePassword, nearestName } from "@asya/program";

/** What the user of `asya` wants done. */
export type Command =
  | { readonly kind: "help"; readonly topic?: Topic }
  | {
    readonly kind: "up";
    readonly file: string;
    /** Names of the parts to start; empty for all. */
    readonly only: readonly string[];
    readonly json: boolean;
    readonly transportUrl?: string;
  }
  | {
    readonly kind: "demo";
    readonly file: string;
    readonly json: boolean;
    readonly transportUrl?: string;
  }
  | {
    readonly kind: "call";
    readonly tool: string;
    /** Names and values as they were written. */
    readonly args: readonly (readonly [string, string])[];
    readonly url?: string;
    readonly json: boolean;
  }
  | { readonly kind: "tools"; readonly url?: string; readonly json: boolean };

/** The commands, by name. */
export const TOPICS = ["up", "demo", "call", "tools"] as const;

/** One of {@linkcode TOPICS}. */
export type Topic = (typeof TOPICS)[number];

/** A command, or what is wrong with the arguments. */
export type ParsedArguments =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly problem: string; readonly topic?: Topic };

/** What an option may carry. */
interface Option {
  readonly type: "boolean" | "string";
  readonly multiple?: boolean;
}

const FLAG: Option = { type: "boolean" };
const TEXT: Option = { type: "string" };

const OPTIONS: Readonly<Record<Topic, Readonly<Record<string, Option>>>> = {
  up: { help: FLAG, only: TEXT, json: FLAG, transport: TEXT },
  demo: { help: FLAG, json: FLAG, transport: TEXT },
  call: { help: FLAG, arg: { type: "string", multiple: true }, url: TEXT, json: FLAG },
  tools: { help: FLAG, url: TEXT, json: FLAG },
};

/** The mesh that is meant when none is named. */
const DEFAULT_FILE = "mesh.yaml";

/**
 * Parses the command line of `asya`.
 *
 * @param args the arguments behind the program's name
 * @example
 * ```ts
 * import { parseArguments } from "./arguments.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseArguments(["up", "--only", "ocr,gateway"]), {
 *   ok: true,
 *   command: { kind: "up", file: "mesh.yaml", only: ["ocr", "gateway"], json: false },
 * });
 * assert.deepEqual(parseArguments(["upp"]), {
 *   ok: false, problem: '"upp" is no command; did you mean up?',
 * });
 * ```
 */
export function parseArguments(args: readonly string[]): ParsedArguments {
  const [name = "help", ...rest] = args;
  if (["help", "--help", "-h"].includes(name)) return help(rest[0]);
  const topic = TOPICS.find((topic) => topic === name);
  if (topic === undefined) {
    return refuse(`${JSON.stringify(name)} is no command; ${hint(name, TOPICS)}`);
  }
  const split = splitArguments(topic, rest);
  if (typeof split === "string") return refuse(split, topic);
  if (split.values.help === true) return help(topic);
  const command = createCommand(topic, split);
  return typeof command === "string" ? refuse(command, topic) : { ok: true, command };
}

/** What stands on a command line, by name. */
interface Split {
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
}

/** Takes a command line apart; a sentence when something on it is not allowed. */
function splitArguments(topic: Topic, args: readonly string[]): Split | string {
  const options = OPTIONS[topic];
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (!option) {
      const known = Object.keys(options).map((name) => `--${name}`);
      return `${token.rawName} is no option of ${topic}; ${hint(token.rawName, known)}`;
    }
    if (option.type === "string" && !token.value) return `${token.rawName} needs a value behind it`;
    if (option.type === "boolean" && token.value) return `${token.rawName} takes no value`;
  }
  return { values, positionals };
}

function createCommand(topic: Topic, { values, positionals }: Split): Command | string {
  const [first, ...more] = positionals;
  const json = values.json === true;
  const url = textOf(values.url);
  const transportUrl = textOf(values.transport);
  if (more.length > 0 || (topic === "tools" && first !== undefined)) {
    const extra = topic === "tools" ? first : more[0];
    return `${JSON.stringify(extra)} is one argument too many`;
  }
  if (url !== undefined && !isHttpUrl(url)) {
    return `--url is ${JSON.stringify(url)}; a URL that begins with http: or https: is allowed`;
  }
  switch (topic) {
    case "up":
      return {
        kind: topic,
        file: first ?? DEFAULT_FILE,
        only: textOf(values.only)?.split(",").map((name) => name.trim()).filter(Boolean) ?? [],
        json,
        ...(transportUrl !== undefined && { transportUrl }),
      };
    case "demo":
      return {
        kind: topic,
        file: first ?? DEFAULT_FILE,
        json,
        ...(transportUrl !== undefined && { transportUrl }),
      };
    case "tools":
      return { kind: topic, json, ...(url !== undefined && { url }) };
    case "call": {
      if (first === undefined) return "the name of a tool is missing; asya tools lists them";
      const args = parsePairs(Array.isArray(values.arg) ? values.arg : []);
      if (typeof args === "string") return args;
      return { kind: topic, tool: first, args, json, ...(url !== undefined && { url }) };
    }
  }
}

function parsePairs(texts: readonly string[]): (readonly [string, string])[] | string {
  const pairs: (readonly [string, string])[] = [];
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at < 1) return `--arg is ${JSON.stringify(text)}; name=value is allowed`;
    const name = text.slice(0, at);
    if (pairs.some(([other]) => other === name)) return `--arg ${name}=… is given twice`;
    pairs.push([name, text.slice(at + 1)]);
  }
  return pairs;
}

function isHttpUrl(text: string): boolean {
  return ["http:", "https:"].includes(URL.parse(text)?.protocol ?? "");
}

function help(name: string | undefined): ParsedArguments {
  const topic = TOPICS.find((topic) => topic === name);
  return { ok: true, command: { kind: "help", ...(topic !== undefined && { topic }) } };
}

function hint(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? `allowed: ${known.join(", ")}` : `did you mean ${nearest}?`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Whatever stands on a command line may be a URL in the wrong place. */
function refuse(text: string, topic?: Topic): ParsedArguments {
  const problem = hidePassword(text);
  return { ok: false, problem, ...(topic !== undefined && { topic }) };
}

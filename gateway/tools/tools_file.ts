import { createEchoTool } from "./builtin_tools.ts";
import { type ParsedTools, parseTools } from "./parse_tools.ts";
import type { SchemaCompiler } from "./json_schema.ts";
import type { Tool } from "./tool.ts";
import { parseYaml, showPlace, type YamlDocument } from "./yaml_document.ts";

/**
 * The tools of a gateway where they are kept: a file, or every `*.yaml` and `*.yml` file of a
 * folder, in the order of their names. Without one, there is the built-in `echo`.
 */
export class ToolsFile {
  readonly #path: string | undefined;
  readonly #compiler: SchemaCompiler;
  #lookWhenRead: string | undefined;
  #lastLook: string | undefined;

  /**
   * @param path the file or folder, if there is one
   * @param compiler compiles the tools' schemas
   */
  constructor(path: string | undefined, compiler: SchemaCompiler) {
    this.#path = path;
    this.#compiler = compiler;
  }

  /**
   * Reads the tools.
   *
   * @returns the tools, or every problem with its file, line and column
   */
  async read(): Promise<ParsedTools> {
    const path = this.#path;
    if (path === undefined) return { ok: true, tools: [createEchoTool(this.#compiler)] };
    // What changes while it is read is seen as another change.
    this.#lastLook = this.#lookWhenRead = await lookAt(path);
    return await readAll(path, this.#compiler);
  }

  /**
   * Reads the tools that a gateway starts with, or ends the program: with every problem on standard
   * error, and exit code 2.
   */
  async require(): Promise<readonly Tool[]> {
    const parsed = await this.read();
    if (parsed.ok) return parsed.tools;
    const lines = ["the gateway cannot start; its tools are bad:", ...parsed.problems];
    console.error(lines.join("\n  "));
    Deno.exit(2);
  }

  /**
   * Whether it looks otherwise than when it was read. To be asked again and again: a change counts
   * when two looks in a row see the same, so that a file that is being written, or that is away for
   * a moment while another one takes its place, is not read too early.
   */
  async hasChanged(): Promise<boolean> {
    if (this.#path === undefined) return false;
    const look = await lookAt(this.#path);
    const isSettled = look === this.#lastLook;
    this.#lastLook = look;
    return isSettled && look !== this.#lookWhenRead;
  }
}

async function readAll(path: string, compiler: SchemaCompiler): Promise<ParsedTools> {
  const documents: YamlDocument[] = [];
  const problems: string[] = [];
  try {
    const files = await listFiles(path);
    if (files.length === 0) {
      problems.push(
        `${path}: the folder has no file that ends in .yaml or .yml; allowed: one or more`,
      );
    }
    for (const file of files) {
      const parsed = await readFile(file);
      if (parsed.ok) documents.push(parsed.document);
      else problems.push(...parsed.problems);
    }
  } catch (error) {
    problems.push(describeFailure(path, error));
  }
  const tools = parseTools(documents, compiler);
  if (problems.length === 0) return tools;
  return { ok: false, problems: [...problems, ...(tools.ok ? [] : tools.problems)] };
}

async function readFile(file: string): Promise<ReturnType<typeof parseYaml>> {
  try {
    const bytes = await Deno.readFile(file);
    const text = new TextDecoder().decode(bytes);
    const badAt = text.indexOf("\ufffd");
    return badAt < 0 || isValidUtf8(bytes) ? parseYaml(file, text) : notUtf8(file, text, badAt);
  } catch (error) {
    return { ok: false, problems: [describeFailure(file, error)] };
  }
}

function isValidUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false; // that is the answer
  }
}

function notUtf8(file: string, text: string, badAt: number): ReturnType<typeof parseYaml> {
  const lines = text.slice(0, badAt).split("\n");
  const place = showPlace({ file, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 });
  return { ok: false, problems: [`${place}: these bytes are no text in UTF-8; allowed: UTF-8`] };
}

/** How the files look from outside, without reading them; the same for the same content. */
async function lookAt(path: string): Promise<string> {
  try {
    return (await Promise.all((await listFiles(path)).map(lookAtFile))).join("\n");
  } catch (error) {
    return describeFailure(path, error);
  }
}

async function lookAtFile(file: string): Promise<string> {
  try {
    // Through every link: the files of a ConfigMap are links into a folder that is replaced.
    const { ino, size, mtime, ctime } = await Deno.stat(file);
    return [file, ino, size, mtime?.getTime(), ctime?.getTime()].join(" ");
  } catch (error) {
    return describeFailure(file, error);
  }
}

async function listFiles(path: string): Promise<string[]> {
  const { isDirectory } = await Deno.stat(path);
  if (!isDirectory) return [path];
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    const counts = !isDirectory && /^[^.].*\.ya?ml$/.test(name);
    if (counts) files.push(`${path.replace(/\/$/, "")}/${name}`);
  }
  return files.sort();
}

function describeFailure(path: string, error: unknown): string {
  if (error instanceof Deno.errors.NotFound) {
    return `${path}: there is nothing here; allowed: a YAML file, or a folder of them`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `${path}: the system does not let the gateway read this; allowed: what it may read`;
  }
  return `${path}: ${error instanceof Error ? error.message : String(error)}`;
}

import { createEchoTool } from "./builtin_tools.ts";
import { type ParsedTools, parseTools } from "./parse_tools.ts";
import type { SchemaCompiler } from "./json_schema.ts";
import type { Tool } from "./tool.ts";
import { parseYaml, type YamlDocument } from "./yaml_document.ts";

/**
 * Loads the tools of a gateway: those of its file, or without one the built-in `echo`.
 *
 * @param path the file or folder, if there is one
 * @param compiler compiles the tools' schemas
 */
export async function loadTools(
  path: string | undefined,
  compiler: SchemaCompiler,
): Promise<ParsedTools> {
  if (path === undefined) return { ok: true, tools: [createEchoTool(compiler)] };
  return await readToolsFile(path, compiler);
}

/**
 * Loads the tools that a gateway starts with, or ends the program: with every problem on standard
 * error, and exit code 2.
 *
 * @param path the file or folder, if there is one
 * @param compiler compiles the tools' schemas
 */
export async function requireTools(
  path: string | undefined,
  compiler: SchemaCompiler,
): Promise<readonly Tool[]> {
  const parsed = await loadTools(path, compiler);
  if (parsed.ok) return parsed.tools;
  console.error(["the gateway cannot start; its tools are bad:", ...parsed.problems].join("\n  "));
  Deno.exit(2);
}

/**
 * Reads the tools of a file, or of every `*.yaml` and `*.yml` file of a folder, in the order of
 * their names.
 *
 * @param path the file or folder
 * @param compiler compiles the tools' schemas
 * @returns the tools, or every problem with its file, line and column
 */
export async function readToolsFile(path: string, compiler: SchemaCompiler): Promise<ParsedTools> {
  const documents: YamlDocument[] = [];
  const problems: string[] = [];
  try {
    const files = await listFiles(path);
    if (files.length === 0) problems.push(`${path}: the folder has no *.yaml or *.yml file`);
    for (const file of files) {
      const parsed = parseYaml(file, await Deno.readTextFile(file));
      if (parsed.ok) documents.push(parsed.document);
      else problems.push(...parsed.problems);
    }
  } catch (error) {
    problems.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const tools = parseTools(documents, compiler);
  if (problems.length === 0) return tools;
  return { ok: false, problems: [...problems, ...(tools.ok ? [] : tools.problems)] };
}

async function listFiles(path: string): Promise<string[]> {
  const { isDirectory } = await Deno.stat(path);
  if (!isDirectory) return [path];
  const names: string[] = [];
  for await (const { name } of Deno.readDir(path)) {
    // Kubernetes mounts the files of a ConfigMap as links, so that all but folders count.
    if (/^[^.].*\.ya?ml$/.test(name)) names.push(name);
  }
  return names.sort().map((name) => `${path.replace(/\/$/, "")}/${name}`);
}

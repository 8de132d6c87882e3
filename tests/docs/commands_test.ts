/**
 * Command lines of `asya` on the pages of the documentation are ones that it takes.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Command } from "../../mesh/commands/command.ts";
import { table } from "../../mesh/commands/table.ts";
import { listFiles } from "../../tools/list_files.ts";
import { pathOf } from "../kit/mod.ts";

const root = new URL("../../", import.meta.url);

/** Every command line of `asya` on a page: in code within a sentence, and alone on a line. */
function linesOn(page: string): string[] {
  const inSentences = Array.from(page.matchAll(/`(asya [a-z][^`]*)`/g), ([, line = ""]) => line);
  const alone = Array.from(page.matchAll(/^\s*(asya [a-z][^\n]*)$/gm), ([, line = ""]) => line);
  return [...inSentences, ...alone].map((line) => line.replace(/\s#.*| [|&;].*/g, "").trim());
}

/** The command of a line, found by its first words. */
function commandOf(words: readonly string[]): Command | undefined {
  const named = [words.slice(0, 2).join(" "), words[0] ?? ""];
  return table.commands.find(({ name }) => named.includes(name));
}

function problemOf(line: string): string | undefined {
  const [, ...words] = line.split(/\s+/);
  const isGroup = table.groups.some(({ name }) => name === words[0]) && words.length === 1;
  const command = commandOf(words);
  if (!command) return isGroup ? undefined : `${line}: no such command`;
  const known = Object.keys(command.options)
    .map((name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`))
    .flatMap((name) => [`--${name}`, `--no-${name}`]);
  const options = words.filter((word) => /^--[a-z]/.test(word))
    .map((word) => word.replace(/=.*/, ""));
  const unknown = options.filter((option) => option !== "--help" && !known.includes(option));
  return unknown.length > 0 ? `${line}: ${command.name} has no ${unknown.join(", ")}` : undefined;
}

Deno.test("[T2] command lines of asya in the documentation are ones that it takes", async () => {
  const paths = (await listFiles(root)).filter((path) =>
    path.endsWith(".md") && !path.startsWith("docs/adr/")
  );
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(pathOf(path))));
  const lines = texts.flatMap((text, index) =>
    linesOn(text).map((line) => ({ line, page: paths[index] ?? "" }))
  );
  assert.ok(lines.length > 50);
  const problems = lines.flatMap(({ line, page }) => {
    const problem = problemOf(line);
    return problem === undefined ? [] : [`${page}: ${problem}`];
  });
  assert.deepEqual(problems, []);
});

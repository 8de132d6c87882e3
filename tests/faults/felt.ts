import assert from "node:assert/strict";
import type { OutputLine, TestMesh } from "../kit/mod.ts";

/**
 * Every line that processes of a mesh wrote, also those that have ended.
 *
 * @param mesh the mesh
 * @param part part of a process' name, such as `sidecar` or `first.runtime`
 */
export function linesOf(mesh: TestMesh, part = ""): OutputLine[] {
  return [...mesh.processes]
    .filter(([name]) => name.includes(part))
    .flatMap(([, { lives }]) => lives.flatMap(({ lines }) => lines));
}

/**
 * How many log lines say something.
 *
 * @param lines log lines
 * @param message their constant words
 * @param fields what else they say
 */
export function countLines(
  lines: readonly OutputLine[],
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
): number {
  return lines.filter((line) =>
    line.message === message &&
    Object.entries(fields).every(([name, value]) => line.fields[name] === value)
  ).length;
}

/**
 * Prints what was seen of a fault, and fails where something of it did not happen.
 *
 * @param fault what was done, in a few words
 * @param felt numbers that are 0 when it did not happen
 * @param figures further numbers, of which nothing is asked
 */
export function assertFelt(
  fault: string,
  felt: Readonly<Record<string, number>>,
  figures: Readonly<Record<string, unknown>> = {},
): void {
  console.log(JSON.stringify({ fault, ...figures, felt }));
  for (const [name, value] of Object.entries(felt)) assert.ok(value > 0, `${name} is ${value}`);
}

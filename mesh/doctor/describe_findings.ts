import type { Finding, Level } from "./finding.ts";

const SIGNS: Readonly<Record<Level, readonly [sign: string, colour: number]>> = {
  ok: ["✓", 32],
  unknown: ["?", 36],
  warning: ["!", 33],
  broken: ["✗", 31],
};

const WORDS: readonly (readonly [Level, string])[] = [
  ["broken", "broken"],
  ["warning", "to look at"],
  ["unknown", "not checked"],
  ["ok", "fine"],
];

/**
 * Writes findings for a person: what is wrong, why it matters, what to do, and at the end how many
 * there are of each kind.
 *
 * @param findings in the order in which they are shown
 * @param colour whether to use ANSI colours
 * @example
 * ```ts
 * import { describeFindings } from "./describe_findings.ts";
 * import { finding, ok } from "./finding.ts";
 * import assert from "node:assert/strict";
 *
 * const lines = describeFindings([
 *   ok("deno", "2.9.6"),
 *   finding("port", "broken", "8080 is taken", "no gateway can start", "take another"),
 * ], false);
 * assert.deepEqual(lines, [
 *   "✓ deno  2.9.6",
 *   "✗ port  8080 is taken",
 *   "        why: no gateway can start",
 *   "        do:  take another",
 *   "",
 *   "1 broken, 1 fine",
 * ]);
 * ```
 */
export function describeFindings(findings: readonly Finding[], colour: boolean): string[] {
  const width = Math.max(0, ...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ level, check, what, why, todo }) => {
    const [sign, code] = SIGNS[level];
    const shown = colour ? `\x1b[${code}m${sign}\x1b[0m` : sign;
    const indent = " ".repeat(width + 4);
    return [
      `${shown} ${check.padEnd(width)}  ${what.replaceAll("\n", `\n${indent}`)}`,
      ...why === undefined ? [] : [`${indent}why: ${why}`],
      ...todo === undefined ? [] : [`${indent}do:  ${todo}`],
    ];
  });
  const counts = WORDS.flatMap(([level, word]) => {
    const count = findings.filter((finding) => finding.level === level).length;
    return count > 0 ? [`${count} ${word}`] : [];
  });
  return [...lines, "", counts.join(", ")];
}

/** Whether something does not work. */
export function isBroken(findings: readonly Finding[]): boolean {
  return findings.some(({ level }) => level === "broken");
}

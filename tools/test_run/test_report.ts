import { citedIds } from "./citations.ts";

/** How one test ended. */
export interface TestResult {
  /** The test's name; a step's name stands behind its test's. */
  readonly name: string;
  /** The file. */
  readonly path: string;
  /** How it ended. */
  readonly outcome: "passed" | "failed" | "skipped";
}

const testCase = /<testcase name="([^"]*)" classname="([^"]*)"[^>]*>([^]*?)<\/testcase>/g;

/**
 * Reads the report that `deno test --junit-path` writes.
 *
 * @param xml The report.
 * @returns Every test and every step.
 */
export function parseJUnitReport(xml: string): TestResult[] {
  return Array.from(xml.matchAll(testCase), ([, name = "", path = "", body = ""]) => ({
    name: unescapeXml(name),
    path: unescapeXml(path),
    outcome: /<(failure|error)\b/.test(body)
      ? "failed"
      : body.includes("<skipped")
      ? "skipped"
      : "passed",
  }));
}

/**
 * Turns skipped tests into failed ones, since a machine that is there to run tests has to run them.
 * Only tests of `deno compile` may be skipped, which needs a download that can be refused.
 *
 * @param results Every test.
 * @returns The same, with what may not be skipped as failed.
 */
export function forbidSkips(results: readonly TestResult[]): TestResult[] {
  return results.map((result) =>
    result.outcome === "skipped" && !result.name.includes("deno compile")
      ? { ...result, outcome: "failed" }
      : result
  );
}

/**
 * Says what was skipped, by the promise that is unproven for it.
 *
 * @param results Every test.
 * @param requirements The promises by id.
 * @returns Lines of text; none when nothing was skipped.
 */
export function describeSkipped(
  results: readonly TestResult[],
  requirements: Readonly<Record<string, string>>,
): string[] {
  const byPromise = new Map<string, string[]>();
  for (const { name, path, outcome } of results) {
    if (outcome !== "skipped") continue;
    const ids = citedIds(name);
    for (const id of ids.length > 0 ? ids : [""]) {
      byPromise.set(id, [...byPromise.get(id) ?? [], `  ${path}: ${name}`]);
    }
  }
  return [...byPromise].sort(([a], [b]) => a < b ? -1 : 1).flatMap(([id, tests]) => [
    id === "" ? "skipped, without a promise:" : `skipped, for [${id}] ${requirements[id] ?? "?"}`,
    ...tests,
  ]);
}

/**
 * Counts tests in the one line that ends every run.
 *
 * @param results Every test.
 * @returns `N passed, N failed`, and `, N skipped` where some were.
 */
export function summarize(results: readonly TestResult[]): string {
  const count = (outcome: TestResult["outcome"]) =>
    results.filter((result) => result.outcome === outcome).length;
  const skipped = count("skipped");
  const counted = `${count("passed")} passed, ${count("failed")} failed`;
  return skipped === 0 ? counted : `${counted}, ${skipped} skipped`;
}

function unescapeXml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
    amp: "&",
  };
  return text.replaceAll(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return names[name] ?? whole;
  });
}

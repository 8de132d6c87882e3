/** What may be selected, for messages. */
export const selections =
  "unit, unit-FOLDER, integration, integration-PROGRAM, all, or nothing for all but tests/e2e";

/**
 * Picks test files: `unit` tests stand beside the code, `integration` tests in `tests/`.
 *
 * @param selection `unit`, `unit-sidecar` (its folder), `integration`, `integration-gateway` (files
 *   of `tests/integration/` that begin so), `all`, or `undefined` for all but `tests/e2e/`.
 * @param paths Every file of the repository, from its root.
 * @returns The test files, or a sentence that says what could be selected.
 */
export function selectTests(
  selection: string | undefined,
  paths: readonly string[],
): readonly string[] | string {
  const tests = paths.filter((path) => path.endsWith("_test.ts"));
  const [kind, part] = split(selection);
  const selected = tests.filter((path) => isSelected(path, kind, part));
  if (selected.length > 0) return selected;
  if (part === undefined || (kind !== "unit" && kind !== "integration")) {
    return `no tests are selected by ${JSON.stringify(selection)}; allowed: ${selections}`;
  }
  const parts = kind === "unit"
    ? tests.filter((path) => !path.startsWith("tests/")).map((path) => path.split("/")[0])
    : tests.filter((path) => path.startsWith("tests/integration/"))
      .map((path) => path.slice("tests/integration/".length).split(/[/_]/)[0]);
  return `there are no ${kind} tests of ${part}; there are some of: ${
    [...new Set(parts)].join(", ") || "nothing"
  }`;
}

function split(selection: string | undefined): [string | undefined, string | undefined] {
  const dash = selection?.indexOf("-") ?? -1;
  return dash < 0
    ? [selection, undefined]
    : [selection?.slice(0, dash), selection?.slice(dash + 1)];
}

function isSelected(path: string, kind: string | undefined, part: string | undefined): boolean {
  const isUnit = !path.startsWith("tests/");
  switch (kind) {
    case undefined:
      return !path.startsWith("tests/e2e/");
    case "all":
      return part === undefined;
    case "unit":
      return isUnit && (part === undefined || path.startsWith(`${part}/`));
    case "integration":
      if (part === undefined) return !isUnit && !path.startsWith("tests/e2e/");
      return path.startsWith(`tests/integration/${part}/`) ||
        path.startsWith(`tests/integration/${part}_`);
    default:
      return false;
  }
}

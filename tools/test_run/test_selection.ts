/** What may be selected, for messages. */
export const selections =
  "unit, unit-FOLDER, integration, integration-PROGRAM, conformance, faults, all, or nothing for " +
  "all but tests/e2e and tests/faults/long";

/**
 * Picks test files: `unit` tests stand beside the code, those of `faults` in `tests/faults/`, those
 * of `conformance` in `tests/conformance/`, and `integration` tests elsewhere in `tests/`.
 *
 * @param selection `unit`, `unit-sidecar` (its folder), `integration`, `integration-gateway` (files
 *   of `tests/integration/` that begin so), `conformance`, `faults`, `all`, or `undefined` for all
 *   that needs neither a cluster (`tests/e2e/`) nor much time (`tests/faults/long/`).
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
  const isFault = path.startsWith("tests/faults/");
  const isConformance = path.startsWith("tests/conformance/");
  const isEndToEnd = path.startsWith("tests/e2e/");
  switch (kind) {
    case undefined:
      return !isEndToEnd && !path.startsWith("tests/faults/long/");
    case "all":
      return part === undefined;
    case "unit":
      return isUnit && (part === undefined || path.startsWith(`${part}/`));
    case "integration":
      if (part === undefined) return !isUnit && !isFault && !isConformance && !isEndToEnd;
      return path.startsWith(`tests/integration/${part}/`) ||
        path.startsWith(`tests/integration/${part}_`);
    case "conformance":
      return part === undefined && isConformance;
    case "faults":
      return part === undefined && isFault;
    default:
      return false;
  }
}

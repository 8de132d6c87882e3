/**
 * Runs tests, tells what was skipped by the promise that stays unproven for it, and ends with one
 * line, `N passed, N failed`. With `CI` in the environment, a skipped test counts as failed.
 *
 * Its arguments are a selection of tests (see `test_selection.ts`) and options of `deno test`, such
 * as `--coverage` or `--filter=WORD`.
 *
 * @module
 */

import { requirements } from "../tests/requirements.ts";
import { listFiles } from "./list_files.ts";
import {
  describeSkipped,
  forbidSkips,
  parseJUnitReport,
  summarize,
} from "./test_run/test_report.ts";
import { selectTests } from "./test_run/test_selection.ts";

/**
 * What all tests together need. Tests of processes start the programs with their own, narrower
 * flags, talk to them on loopback and over sockets in temporary folders, whose paths `--allow-net`
 * would have to know. Tests of cores give up everything with `permissions: "none"`.
 */
const permissionFlags = [
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  "--allow-net",
  "--allow-env",
  "--allow-run",
  "--allow-sys",
];

/**
 * Test files run beside each other, since most of their time is waiting for processes; what they
 * leave open fails them.
 */
const testFlags = ["--parallel", "--sanitize-ops", "--sanitize-resources"];

/**
 * How many of them at a time: one more than there are processors, since they wait so much, but not
 * many, since some start brokers and databases, which need room.
 */
const jobs = Deno.env.get("DENO_JOBS") ?? String(Math.min(navigator.hardwareConcurrency + 1, 4));

const root = new URL("..", import.meta.url);

async function runTests(paths: readonly string[], options: readonly string[]) {
  const folder = await Deno.makeTempDir();
  try {
    const report = `${folder}/report.xml`;
    const flags = [...testFlags, `--junit-path=${report}`];
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["test", ...permissionFlags, ...flags, ...options, ...paths],
      cwd: root,
      env: { DENO_JOBS: jobs },
    }).spawn().status;
    return { success, results: parseJUnitReport(await readReport(report)) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** There is no report when the tests did not even compile. */
async function readReport(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

const options = Deno.args.filter((argument) => argument.startsWith("-"));
const [selection] = Deno.args.filter((argument) => !argument.startsWith("-"));
const paths = selectTests(selection, await listFiles(root));
if (typeof paths === "string") {
  console.error(paths);
  Deno.exit(2);
}
const { success, results } = await runTests(paths, options);
for (const line of describeSkipped(results, requirements)) console.log(line);
const counted = Deno.env.get("CI") === undefined ? results : forbidSkips(results);
const failed = counted.some(({ outcome }) => outcome === "failed");
// a run that fails without a failed test (it did not compile) counts as one failure
const unnamed = { name: "the run itself", path: "", outcome: "failed" } as const;
console.log(summarize(success || failed ? counted : [...counted, unnamed]));
if (!success || failed) Deno.exit(1);

import { pathOf, platformEnv } from "../kit/mod.ts";

/** What an official suite can be asked to run: the scenarios of one revision. */
export interface ConformanceSuite {
  /** The revision and the suite, as a failure names them. */
  readonly name: string;
  readonly revision: string;
  /** The promise that it proves. */
  readonly promise: string;
  /** The program in this folder that is the suite. */
  readonly program: string;
  /** Arguments that run every scenario of the revision. */
  readonly everything: readonly string[];
  /** Arguments beside a scenario's name that run it as the revision has it. */
  readonly single: readonly string[];
}

/** Every suite that this project keeps to. */
export const SUITES: readonly ConformanceSuite[] = [
  {
    name: "2025-11-25, by 0.1.16",
    revision: "2025-11-25",
    promise: "P1",
    program: "suite_2025.ts",
    everything: ["--suite", "all"],
    single: [],
  },
  {
    name: "2025-11-25, by 0.2.0-alpha.12",
    revision: "2025-11-25",
    promise: "P1",
    program: "suite_2026.ts",
    everything: ["--requirements", "2025-11-25"],
    single: ["--spec-version", "2025-11-25"],
  },
  {
    name: "2026-07-28 and its tasks, by 0.2.0-alpha.12",
    revision: "2026-07-28",
    promise: "P2",
    program: "suite_2026.ts",
    everything: ["--requirements", "2026-07-28"],
    single: ["--spec-version", "2026-07-28"],
  },
];

/** One thing that a scenario looks at. */
export interface Check {
  /** Several checks of a scenario may share one. */
  readonly id: string;
  readonly status: "SUCCESS" | "FAILURE" | "WARNING" | "INFO" | "SKIPPED";
  readonly name: string;
  readonly errorMessage?: string;
}

/** What a scenario came to. */
export interface ScenarioResult {
  readonly scenario: string;
  readonly checks: readonly Check[];
}

/** What a suite's run may take; it takes up to fifteen seconds on a quiet machine. */
const TIMEOUT_MS = 120_000;

/** The folder of a scenario's results: its name, and when it ran. */
const RESULT_FOLDER = /^server-(.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/;

/**
 * Runs an official suite against a server, as a process that reaches nothing else.
 *
 * @param suite which one, and of which revision
 * @param url the server's endpoint, on a port of 127.0.0.1
 * @param folder where results may be written; it need not exist
 * @param scenario the only one to run; nothing said: all
 * @returns each scenario in the order in which it ran
 */
export async function runSuite(
  suite: ConformanceSuite,
  url: string,
  folder: string,
  scenario?: string,
): Promise<ScenarioResult[]> {
  const selection = scenario ? ["--scenario", scenario, ...suite.single] : suite.everything;
  const { host } = new URL(url);
  // It reads files of its own, wherever packages are kept.
  const permissions = [
    "--ignore-env",
    "--allow-read",
    `--allow-write=${folder}`,
    `--allow-net=${host}`,
  ];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--cached-only", ...permissions],
      ...[pathOf(`tests/conformance/${suite.program}`), "server", "--url", url],
      ...["--output-dir", folder, ...selection],
    ],
    env: platformEnv(),
    clearEnv: true,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).output();
  const text = new TextDecoder();
  const output = `${text.decode(stdout)}${text.decode(stderr)}`;
  const ran = scenario
    ? [scenario]
    : Array.from(output.matchAll(/^=== Running scenario: (.+) ===$/gm), ([, name = ""]) => name);
  const results = await readResults(folder);
  if (ran.length === 0) throw new Error(`the suite of ${suite.name} ran nothing:\n${output}`);
  return ran.map((name) => {
    const checks = results.get(name);
    if (!checks) throw new Error(`the suite of ${suite.name} gave up on ${name}:\n${output}`);
    return { scenario: name, checks };
  });
}

async function readResults(folder: string): Promise<Map<string, readonly Check[]>> {
  const results = new Map<string, readonly Check[]>();
  for await (const { name } of Deno.readDir(folder)) {
    const scenario = RESULT_FOLDER.exec(name)?.[1];
    if (scenario === undefined) continue;
    results.set(scenario, JSON.parse(await Deno.readTextFile(`${folder}/${name}/checks.json`)));
  }
  return results;
}

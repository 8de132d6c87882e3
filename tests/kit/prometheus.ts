import { stringify } from "yaml";
import { announceMissing } from "./announce_missing.ts";
import { answersOk } from "./answers_ok.ts";
import { freePort } from "./free_port.ts";
import { type Machine, thisMachine } from "./machine.ts";
import { poll } from "./poll.ts";
import { RunningProcess } from "./running_process.ts";
import { findServer, type ServerKind } from "./server_source.ts";
import { pathOf, platformEnv } from "./start_program.ts";
import { makeTempFolder, type TempFolder } from "./temp_folder.ts";

/** The Prometheus that tests of this run have, if any. */
export interface PrometheusForTests {
  /** Whether there is none: then the tests that need one are skipped. */
  readonly isMissing: boolean;
  /** Where prometheus and promtool are. */
  readonly folder: string;
  /** Runs promtool; what it prints, and its exit code. */
  promtool(args: readonly string[]): Promise<{ readonly code: number; readonly output: string }>;
  /** Starts one that nobody else uses. */
  start(config: PrometheusConfig): Promise<TestPrometheus>;
}

/** What a Prometheus does: reads metrics, and looks at rules. */
export interface PrometheusConfig {
  /** How often both are done, in seconds. */
  readonly everySeconds: number;
  /** Paths of files with rules. */
  readonly ruleFiles: readonly string[];
  /** Addresses of metrics, by what they are of. */
  readonly targets: readonly ScrapeTarget[];
}

/** Something with metrics. */
export interface ScrapeTarget {
  /** What it is, as label `job`. */
  readonly job: string;
  readonly url: string;
}

/** One series that a query gave, with its latest value. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A rule as Prometheus sees it. */
export interface SeenRule {
  readonly name: string;
  readonly type: "alerting" | "recording";
  readonly health: string;
  /** Of an alert: `inactive`, `pending` or `firing`. */
  readonly state?: string;
  readonly lastError?: string;
}

const OWN_FOLDER = pathOf(".tools/prometheus");

/** Prometheus with promtool, by the folder that they are in. */
const prometheusKind: ServerKind<string> = {
  name: "Prometheus",
  givenBy: "ASYA_TEST_PROMETHEUS",
  hasCompose: false,
  debianPackages: [],
  async findInstalled(machine) {
    for (const folder of ["/usr/bin", "/usr/local/bin", OWN_FOLDER]) {
      if (await isIn(machine, folder)) return folder;
    }
    const installer = pathOf("scripts/install_prometheus.sh");
    return await machine.succeeds(installer, []) ? OWN_FOLDER : undefined;
  },
};

async function isIn(machine: Machine, folder: string): Promise<boolean> {
  for (const program of ["prometheus", "promtool"]) {
    const path = `${folder}/${program}`;
    if (!await machine.exists(path) || !await machine.succeeds(path, ["--version"])) return false;
  }
  return true;
}

/**
 * Looks for Prometheus for tests: in the folder that `ASYA_TEST_PROMETHEUS` names, an installed one,
 * or the one that `scripts/install_prometheus.sh` brings. Call it once, at the top of a test file.
 *
 * @throws Error when there is none and `CI` is set; a person's machine gets a warning instead
 */
export async function findPrometheus(): Promise<PrometheusForTests> {
  const source = await findServer(prometheusKind, thisMachine);
  if (source.kind === "given") return createPrometheus(source.url);
  if (source.kind === "installed") return createPrometheus(source.found);
  announceMissing(prometheusKind, "scripts/install_prometheus.sh says why");
  const missing = () => Promise.reject(new Error("there is no Prometheus here"));
  return { isMissing: true, folder: "", promtool: missing, start: missing };
}

function createPrometheus(folder: string): PrometheusForTests {
  return {
    isMissing: false,
    folder,
    async promtool(args) {
      const { code, stdout, stderr } = await new Deno.Command(`${folder}/promtool`, {
        args: [...args],
        env: platformEnv(),
        clearEnv: true,
      }).output();
      const text = new TextDecoder();
      return { code, output: text.decode(stdout) + text.decode(stderr) };
    },
    start: (config) => TestPrometheus.start(`${folder}/prometheus`, config),
  };
}

/** A Prometheus of one's own; disposing ends it and removes what it kept. */
export class TestPrometheus implements AsyncDisposable {
  readonly url: string;
  readonly #process: RunningProcess;
  readonly #folder: TempFolder;

  private constructor(url: string, process: RunningProcess, folder: TempFolder) {
    this.url = url;
    this.#process = process;
    this.#folder = folder;
  }

  /**
   * Starts one, and waits until it answers.
   *
   * @param command the program
   * @param config what it does
   */
  static async start(command: string, config: PrometheusConfig): Promise<TestPrometheus> {
    const folder = await makeTempFolder();
    await folder.write("prometheus.yml", stringify(toFile(config)));
    const address = `127.0.0.1:${freePort()}`;
    const process = new RunningProcess({
      name: "prometheus",
      command,
      args: [
        `--config.file=${folder.at("prometheus.yml")}`,
        `--storage.tsdb.path=${folder.at("data")}`,
        `--web.listen-address=${address}`,
        "--log.level=warn",
      ],
      env: platformEnv(),
    });
    const started = new TestPrometheus(`http://${address}`, process, folder);
    try {
      await poll("Prometheus to be ready", () => {
        if (process.status) throw new Error(`it has ended:\n${process.output}`);
        return answersOk(`${started.url}/-/ready`);
      });
      return started;
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Asks for the values of now.
   *
   * @param query PromQL
   * @throws Error with Prometheus' own words when it refuses the query
   */
  async query(query: string): Promise<Sample[]> {
    const { resultType, result } = await this.#get<Answer>(
      `query?${new URLSearchParams({ query })}`,
    );
    if (resultType === "scalar") return [{ metric: {}, value: Number(result[1]) }];
    return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** All rules, with how their last evaluation went. */
  async rules(): Promise<SeenRule[]> {
    const { groups } = await this.#get<{ groups: { rules: SeenRule[] }[] }>("rules");
    return groups.flatMap(({ rules }) => rules);
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}/api/v1/${path}`);
    const answer: { data: T; error?: string } = await response.json();
    if (!response.ok) throw new Error(`${path}: ${answer.error}`);
    return answer.data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.kill();
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** What Prometheus answers to a query. */
type Answer =
  | { readonly resultType: "scalar"; readonly result: readonly [number, string] }
  | {
    readonly resultType: "vector";
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };

function toFile({ everySeconds, ruleFiles, targets }: PrometheusConfig) {
  const interval = `${everySeconds}s`;
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ruleFiles,
    scrape_configs: targets.map(({ job, url }, index) => {
      const { protocol, host, pathname, searchParams } = new URL(url);
      const names = [...new Set(searchParams.keys())];
      return {
        job_name: `${index}`,
        scheme: protocol.replace(":", ""),
        metrics_path: pathname,
        params: Object.fromEntries(names.map((name) => [name, searchParams.getAll(name)])),
        static_configs: [{ targets: [host], labels: { job } }],
      };
    }),
  };
}

import {
  answersOk,
  freePort,
  makeTempFolder,
  poll,
  Queues,
  type RunningProcess,
  startProgram,
} from "../../../tests/kit/mod.ts";

/** Requests that are under way at a time. */
const CALLERS = 32;

/** A gateway's process, whose jobs nobody works on but the benchmark. */
export class BenchGateway implements AsyncDisposable {
  readonly port: number;
  readonly process: RunningProcess;
  readonly url: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(port: number, process: RunningProcess, stack: AsyncDisposableStack) {
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.process = process;
    this.#stack = stack;
  }

  /**
   * Starts one.
   *
   * @param databaseUrl says where its jobs are, beside a folder
   */
  static async start(databaseUrl: (folder: string) => string): Promise<BenchGateway> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await makeTempFolder());
    await folder.write("tools.yaml", "tools: [{ name: scan, route: [step], timeout: 3600 }]");
    await using _queues = await Queues.open(folder.at("queues.db"), ["step"]);
    const port = freePort();
    const process = stack.use(
      await startProgram("gateway", {
        env: {
          ASYA_GATEWAY_PORT: String(port),
          ASYA_DATABASE_URL: databaseUrl(folder.path),
          ASYA_SQLITE_PATH: folder.at("queues.db"),
          ASYA_CONFIG_PATH: folder.at("tools.yaml"),
          ASYA_LOG_LEVEL: "WARN",
        },
        cwd: folder.path,
      }),
    );
    const gateway = new BenchGateway(port, process, stack.move());
    await poll("the gateway to be ready", () => answersOk(`${gateway.url}/readyz`));
    return gateway;
  }

  /** Creates jobs; answers with their ids. */
  async createJobs(count: number): Promise<string[]> {
    const ids: string[] = [];
    let left = count;
    await Promise.all(Array.from({ length: CALLERS }, async () => {
      while (left-- > 0) {
        const answer = await this.#post("/tools/call", { name: "scan", arguments: {} });
        ids.push(answer.structuredContent.job_id);
      }
    }));
    return ids;
  }

  /** Reports the end of a job; answers with when it did, in milliseconds since the epoch. */
  async finish(jobId: string): Promise<number> {
    const sentAtMs = performance.timeOrigin + performance.now();
    await this.#post(`/jobs/${jobId}/final`, { status: "succeeded", result: { pages: 3 } });
    return sentAtMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #post(path: string, body: unknown) {
    const response = await fetch(`${this.url}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  }
}

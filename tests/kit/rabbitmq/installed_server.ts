import { freePort } from "../free_port.ts";
import { poll } from "../poll.ts";
import { waitForNoProcess } from "../look_at_process.ts";
import { pathOf, platformEnv } from "../start_program.ts";
import { RabbitmqAdmin } from "./admin.ts";
import { runCommand } from "./run_command.ts";
import {
  COMMON_CONFIG,
  type TestServer,
  type TestServerOptions,
  tlsConfig,
} from "./test_server.ts";

/** How to make a broker from installed files. */
export interface InstalledServerOptions extends TestServerOptions {
  /** The path of RabbitMQ's own start script. */
  readonly server: string;
  /** Environment that differs from that of a broker by itself. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How long a broker may take to start: 8 s on an idle machine. */
const START_LIMIT_MS = 90_000;

/** A broker from installed files, with its own ports and folders. */
export class InstalledServer implements TestServer {
  readonly ports = {
    amqp: freePort(),
    amqps: freePort(),
    admin: freePort(),
    metrics: freePort(),
    distribution: freePort(),
    mapper: freePort(),
    control: freePort(),
  };
  readonly admin: RabbitmqAdmin;
  readonly #options: InstalledServerOptions;

  /** @param options where it lives */
  constructor(options: InstalledServerOptions) {
    this.#options = options;
    this.admin = new RabbitmqAdmin(`http://127.0.0.1:${this.ports.admin}`, "guest", "guest");
  }

  async start(): Promise<void> {
    const { folder, server } = this.#options;
    await this.#configure();
    await runCommand("sh", [
      "-c",
      `sh "$0" "$@" >>'${folder}/output.log' 2>&1 </dev/null &`,
      pathOf("tests/kit/rabbitmq/serve.sh"),
      String(Deno.pid),
      folder,
      server,
    ], this.#env());
    try {
      await this.#answers();
    } catch (error) {
      const output = await Deno.readTextFile(`${folder}/output.log`);
      throw new Error(`RabbitMQ did not start; it wrote:\n${output}`, { cause: error });
    }
  }

  async stop(): Promise<void> {
    await this.#end("TERM");
  }

  async kill(): Promise<void> {
    await this.#end("KILL");
  }

  control(...args: readonly string[]): Promise<string> {
    return runCommand(
      this.#options.server.replace(/-server$/, "ctl"),
      ["--quiet", ...args],
      this.#env(),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.#options.folder, { recursive: true });
  }

  /** Waits until it answers; its process may end before. */
  async #answers(): Promise<void> {
    const pidFile = `${this.#options.folder}/broker.pid`;
    const pid = await poll("RabbitMQ's process", () => readPid(pidFile));
    await poll("an answer of RabbitMQ", async () => {
      if (await readPid(pidFile) !== pid) throw new Error("its process has ended");
      return await this.admin.answers();
    }, { timeoutMs: START_LIMIT_MS, everyMs: 50 });
  }

  async #end(signal: "TERM" | "KILL"): Promise<void> {
    const { folder } = this.#options;
    const pid = await readPid(`${folder}/broker.pid`);
    if (pid === undefined) return;
    await runCommand("sh", ["-c", `kill -${signal} ${pid} || true`], {});
    await waitForNoProcess([pid], 60_000);
    // The script that serves it removes this file when it has cleaned up.
    await poll(
      "the end of what served RabbitMQ",
      async () => await readPid(`${folder}/broker.pid`) === undefined,
    );
  }

  async #configure(): Promise<void> {
    const { folder, tls, config = [], hasMetrics = false } = this.#options;
    const lines = [
      `listeners.tcp.default = 127.0.0.1:${this.ports.amqp}`,
      "management.tcp.ip = 127.0.0.1",
      `management.tcp.port = ${this.ports.admin}`,
      "log.console = false",
      ...COMMON_CONFIG,
      ...tls ? tlsConfig(`127.0.0.1:${this.ports.amqps}`, tls) : [],
      ...hasMetrics
        ? ["prometheus.tcp.ip = 127.0.0.1", `prometheus.tcp.port = ${this.ports.metrics}`]
        : [],
      ...config,
    ];
    for (const name of ["home", "data", "log", "generated"]) {
      await Deno.mkdir(`${folder}/${name}`, { recursive: true });
    }
    await Deno.writeTextFile(`${folder}/rabbitmq.conf`, `${lines.join("\n")}\n`);
    const plugins = ["rabbitmq_management", ...hasMetrics ? ["rabbitmq_prometheus"] : []];
    await Deno.writeTextFile(`${folder}/plugins`, `[${plugins.join(",")}].\n`);
  }

  #env(): Record<string, string> {
    const { folder } = this.#options;
    const { amqp, distribution, mapper, control } = this.ports;
    return {
      PATH: platformEnv().PATH ?? "",
      HOME: `${folder}/home`,
      RABBITMQ_NODENAME: "asya-test@localhost",
      RABBITMQ_NODE_PORT: String(amqp),
      RABBITMQ_DIST_PORT: String(distribution),
      RABBITMQ_CTL_DIST_PORT_MIN: String(control),
      RABBITMQ_CTL_DIST_PORT_MAX: String(control),
      ERL_EPMD_PORT: String(mapper),
      ERL_EPMD_ADDRESS: "127.0.0.1",
      RABBITMQ_MNESIA_BASE: `${folder}/data`,
      RABBITMQ_LOG_BASE: `${folder}/log`,
      RABBITMQ_PID_FILE: `${folder}/rabbitmq.pid`,
      RABBITMQ_CONFIG_FILE: `${folder}/rabbitmq.conf`,
      RABBITMQ_ENABLED_PLUGINS_FILE: `${folder}/plugins`,
      RABBITMQ_CONF_ENV_FILE: `${folder}/no-such-file`,
      RABBITMQ_GENERATED_CONFIG_DIR: `${folder}/generated`,
      ERL_CRASH_DUMP: `${folder}/erl_crash.dump`,
      ...this.#options.env,
    };
  }
}

async function readPid(path: string): Promise<number | undefined> {
  try {
    const text = await Deno.readTextFile(path);
    // A file that is just being written is empty for a moment.
    return text === "" ? undefined : Number(text);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

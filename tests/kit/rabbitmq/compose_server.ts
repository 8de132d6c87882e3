import { freePort } from "../free_port.ts";
import { poll } from "../poll.ts";
import { pathOf, platformEnv } from "../start_program.ts";
import { RabbitmqAdmin } from "./admin.ts";
import { runCommand } from "./run_command.ts";
import {
  COMMON_CONFIG,
  type TestServer,
  type TestServerOptions,
  tlsConfig,
} from "./test_server.ts";

/** How long an image may take to be fetched and a broker to start. */
const START_LIMIT_MS = 300_000;

/** A broker in a container, for machines that have an engine and no RabbitMQ. */
export class ComposeServer implements TestServer {
  readonly ports = {
    amqp: freePort(),
    amqps: freePort(),
    admin: freePort(),
    metrics: freePort(),
  };
  readonly admin: RabbitmqAdmin;
  readonly #options: TestServerOptions;
  /** Names the containers of this broker, and none else. */
  readonly #project = `asya-test-${crypto.randomUUID()}`;

  /** @param options where its files live */
  constructor(options: TestServerOptions) {
    this.#options = options;
    this.admin = new RabbitmqAdmin(`http://127.0.0.1:${this.ports.admin}`, "guest", "guest");
  }

  async start(): Promise<void> {
    const { folder, tls, config = [] } = this.#options;
    const inside = (path: string) => `/certificates/${path.slice(path.lastIndexOf("/") + 1)}`;
    const tlsLines = tls
      ? tlsConfig("5671", { ca: inside(tls.ca), cert: inside(tls.cert), key: inside(tls.key) })
      : [];
    const lines = ["loopback_users = none", ...COMMON_CONFIG, ...tlsLines, ...config];
    await Deno.writeTextFile(`${folder}/rabbitmq.conf`, `${lines.join("\n")}\n`);
    await this.#compose("up", "--detach", "--wait");
    await poll("an answer of RabbitMQ", () => this.admin.answers(), { timeoutMs: START_LIMIT_MS });
    await this.#endWithUs();
  }

  async stop(): Promise<void> {
    await this.#compose("stop", "--timeout", "60");
  }

  async kill(): Promise<void> {
    await this.#compose("kill", "--signal", "SIGKILL");
  }

  control(...args: readonly string[]): Promise<string> {
    return this.#compose("exec", "-T", "rabbitmq", "rabbitmqctl", "--quiet", ...args);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#compose("down", "--volumes", "--timeout", "0");
    await Deno.remove(this.#options.folder, { recursive: true });
  }

  /** Containers outlive whoever started them: a shell waits for our end and removes them then. */
  async #endWithUs(): Promise<void> {
    const wait = `while kill -0 ${Deno.pid} 2>/dev/null; do sleep 1; done`;
    const remove = `docker compose ${this.#arguments("down", "--volumes").join(" ")}`;
    const clean = `rm -rf '${this.#options.folder}'`;
    await runCommand(
      "sh",
      ["-c", `(${wait}; ${remove}; ${clean}) </dev/null >/dev/null 2>&1 &`],
      this.#env(),
    );
  }

  #compose(...args: readonly string[]): Promise<string> {
    return runCommand("docker", ["compose", ...this.#arguments(...args)], this.#env());
  }

  #arguments(...args: readonly string[]): string[] {
    const file = pathOf("tests/kit/rabbitmq/compose.yaml");
    return ["--project-name", this.#project, "--file", file, ...args];
  }

  #env(): Record<string, string> {
    const { folder, tls } = this.#options;
    return {
      ...platformEnv(),
      FOLDER: folder,
      TLS_FOLDER: tls?.ca.slice(0, tls.ca.lastIndexOf("/")) ?? folder,
      AMQP_PORT: String(this.ports.amqp),
      AMQPS_PORT: String(this.ports.amqps),
      ADMIN_PORT: String(this.ports.admin),
      METRICS_PORT: String(this.ports.metrics),
    };
  }
}

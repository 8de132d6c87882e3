import { freePort } from "../free_port.ts";
import { poll } from "../poll.ts";
import { runCommand } from "../rabbitmq/run_command.ts";
import { pathOf, platformEnv } from "../start_program.ts";
import { answersQuestions } from "./admin.ts";
import {
  COMMON_CONFIG,
  hostRules,
  OWNER,
  type TestPostgresOptions,
  type TestPostgresServer,
} from "./test_server.ts";

/** How long an image may take to be fetched and a server to start. */
const START_LIMIT_MS = 300_000;

/** A server in a container, for machines that have an engine and no PostgreSQL. */
export class ComposePostgres implements TestPostgresServer {
  readonly port: number = freePort();
  readonly url: string = `postgres://${OWNER.user}:${OWNER.password}@127.0.0.1:${this.port}`;
  readonly #options: TestPostgresOptions;
  /** Names the containers of this server, and none else. */
  readonly #project = `asya-test-${crypto.randomUUID()}`;

  /** @param options where its files live */
  constructor(options: TestPostgresOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    await this.#configure();
    await this.#compose("up", "--detach", "--wait");
    const limit = { timeoutMs: START_LIMIT_MS };
    await poll("an answer of PostgreSQL", () => answersQuestions(this.url), limit);
    await this.#endWithUs();
  }

  async stop(): Promise<void> {
    await this.#compose("stop", "--timeout", "60");
  }

  async kill(): Promise<void> {
    await this.#compose("kill", "--signal", "SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#compose("down", "--volumes", "--timeout", "0");
    await Deno.remove(this.#options.folder, { recursive: true });
  }

  async #configure(): Promise<void> {
    const { folder, tls, tlsOnly = false, config = [] } = this.#options;
    const etc = `${folder}/etc`;
    await Deno.mkdir(etc, { recursive: true });
    if (tls) {
      await Deno.copyFile(tls.cert, `${etc}/server.crt`);
      await Deno.copyFile(tls.key, `${etc}/server.key`);
      // The server runs under a number of its own, and takes a key that is its owner's alone.
      await runCommand("sh", ["-c", `chmod 600 '${etc}/server.key'; chown 70 '${etc}'/*`], {});
    }
    const tlsLines = [
      "ssl = on",
      "ssl_cert_file = '/etc/asya/server.crt'",
      "ssl_key_file = '/etc/asya/server.key'",
    ];
    const lines = [
      "listen_addresses = '*'",
      "hba_file = '/etc/asya/pg_hba.conf'",
      ...COMMON_CONFIG,
      ...tls ? tlsLines : [],
      ...config,
    ];
    const local = "local all all trust\n";
    await Deno.writeTextFile(`${etc}/postgresql.conf`, `${lines.join("\n")}\n`);
    await Deno.writeTextFile(`${etc}/pg_hba.conf`, local + hostRules(tlsOnly, "all"));
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

  async #compose(...args: readonly string[]): Promise<void> {
    await runCommand("docker", ["compose", ...this.#arguments(...args)], this.#env());
  }

  #arguments(...args: readonly string[]): string[] {
    const file = pathOf("tests/kit/postgres/compose.yaml");
    return ["--project-name", this.#project, "--file", file, ...args];
  }

  #env(): Record<string, string> {
    return {
      ...platformEnv(),
      FOLDER: this.#options.folder,
      PORT: String(this.port),
      POSTGRES_USER: OWNER.user,
      POSTGRES_PASSWORD: OWNER.password,
    };
  }
}

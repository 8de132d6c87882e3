import { freePort } from "../free_port.ts";
import { childrenOf, waitForNoProcess } from "../look_at_process.ts";
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

/** How to make a server from installed files. */
export interface InstalledPostgresOptions extends TestPostgresOptions {
  /** The folder of PostgreSQL's own programs. */
  readonly programs: string;
}

/** How long a server may take to be made and to start: a second on an idle machine. */
const START_LIMIT_MS = 60_000;

/** A server from installed files, with its own port and folder. */
export class InstalledPostgres implements TestPostgresServer {
  readonly port: number = freePort();
  readonly url: string = `postgres://${OWNER.user}:${OWNER.password}@127.0.0.1:${this.port}`;
  readonly #options: InstalledPostgresOptions;

  /** @param options where it lives */
  constructor(options: InstalledPostgresOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { folder, programs } = this.#options;
    await this.#configure();
    await runCommand("sh", [
      "-c",
      `sh "$0" "$@" >>'${folder}/output.log' 2>&1 </dev/null &`,
      pathOf("tests/kit/postgres/serve.sh"),
      String(Deno.pid),
      folder,
      programs,
    ], { PATH: platformEnv().PATH ?? "" });
    try {
      await this.#answers();
    } catch (error) {
      const output = await Deno.readTextFile(`${folder}/output.log`);
      throw new Error(`PostgreSQL did not start; it wrote:\n${output}`, { cause: error });
    }
  }

  async stop(): Promise<void> {
    // A fast shutdown: whoever is connected is cut off.
    await this.#end("INT", []);
  }

  async kill(): Promise<void> {
    const pid = await readPid(this.#pidFile);
    // They outlive their parent for a moment, and could write in that moment.
    await this.#end("KILL", pid === undefined ? [] : childrenOf(pid));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.#options.folder, { recursive: true });
  }

  get #pidFile(): string {
    return `${this.#options.folder}/server.pid`;
  }

  /** Waits until it answers; its process may end before. */
  async #answers(): Promise<void> {
    const limit = { timeoutMs: START_LIMIT_MS };
    const pid = await poll("PostgreSQL's process", () => readPid(this.#pidFile), limit);
    await poll("an answer of PostgreSQL", async () => {
      if (await readPid(this.#pidFile) !== pid) throw new Error("its process has ended");
      return await answersQuestions(this.url);
    }, limit);
  }

  async #end(signal: "INT" | "KILL", others: readonly number[]): Promise<void> {
    const pid = await readPid(this.#pidFile);
    if (pid === undefined) return;
    const pids = [pid, ...others];
    await runCommand("sh", ["-c", `kill -${signal} ${pids.join(" ")} || true`], {});
    await waitForNoProcess(pids, 60_000);
    // The script that serves it removes this file when it has cleaned up.
    await poll(
      "the end of what served PostgreSQL",
      async () => await readPid(this.#pidFile) === undefined,
    );
  }

  async #configure(): Promise<void> {
    const { folder, tls, tlsOnly = false, config = [] } = this.#options;
    if (tls) {
      await Deno.copyFile(tls.cert, `${folder}/server.crt`);
      await Deno.copyFile(tls.key, `${folder}/server.key`);
      await Deno.chmod(`${folder}/server.key`, 0o600);
    }
    const tlsLines = [
      "ssl = on",
      `ssl_cert_file = '${folder}/server.crt'`,
      `ssl_key_file = '${folder}/server.key'`,
    ];
    const lines = [
      "listen_addresses = '127.0.0.1'",
      `port = ${this.port}`,
      "unix_socket_directories = ''",
      `hba_file = '${folder}/pg_hba.conf'`,
      `ident_file = '${folder}/pg_ident.conf'`,
      ...COMMON_CONFIG,
      ...tls ? tlsLines : [],
      ...config,
    ];
    await Deno.writeTextFile(`${folder}/postgresql.conf`, `${lines.join("\n")}\n`);
    await Deno.writeTextFile(`${folder}/pg_hba.conf`, hostRules(tlsOnly, "127.0.0.1/32"));
    await Deno.writeTextFile(`${folder}/pg_ident.conf`, "");
    await Deno.writeTextFile(`${folder}/password`, OWNER.password);
  }
}

async function readPid(path: string): Promise<number | undefined> {
  try {
    const text = await Deno.readTextFile(path);
    return text.endsWith("\n") ? Number(text) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

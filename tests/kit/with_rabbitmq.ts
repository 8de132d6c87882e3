/**
 * Runs a command beside a RabbitMQ of its own, whose URL it gets as `ASYA_RABBITMQ_URL`:
 *
 *     scripts/with_rabbitmq scripts/asya up mesh.yaml --transport rabbitmq
 *
 * Where that variable (or `ASYA_RABBITMQ_HOST`) is set already, the command gets what is there.
 * Otherwise the broker is what tests would get: a vhost of `ASYA_TEST_RABBITMQ_URL`, an installed
 * one, one in a container, or Debian's package. It ends with the command, and nothing of it is left.
 *
 * @module
 */
import { thisMachine } from "./machine.ts";
import { createRabbitmq } from "./rabbitmq.ts";
import { rabbitmqKind } from "./rabbitmq/server_kind.ts";
import { findServer } from "./server_source.ts";

/** Exit codes beside the command's own: how it was called, and that it was interrupted. */
const EXIT = { wrongInput: 2, interrupted: 130 } as const;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A broker's URL, for as long as it is there. */
interface Broker extends AsyncDisposable {
  readonly url: string;
}

/** The command, once it runs. */
let child: Deno.ChildProcess | undefined;
const interrupted = Promise.withResolvers<number>();

for (const name of SIGNALS) {
  Deno.addSignalListener(name, () => {
    // The command ends as it does, and we after it; before there is one, nothing is worth finishing.
    if (child) child.kill(name);
    else interrupted.resolve(EXIT.interrupted);
  });
}

async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  if (command === undefined) {
    console.error("with_rabbitmq needs a command: with_rabbitmq COMMAND [ARGUMENT …]");
    return EXIT.wrongInput;
  }
  const isGiven = ["ASYA_RABBITMQ_URL", "ASYA_RABBITMQ_HOST"].some((name) => Deno.env.get(name));
  if (isGiven) return await run(command, rest, {});
  const starting = startBroker();
  const started = await Promise.race([starting, interrupted.promise]);
  if (typeof started === "number") return started;
  await using broker = started;
  return await run(command, rest, { ASYA_RABBITMQ_URL: broker.url });
}

/** Starts a broker, or says why there is none: then it is an exit code. */
async function startBroker(): Promise<Broker | number> {
  const source = await findServer(rabbitmqKind, thisMachine);
  if (source.kind === "missing") {
    console.error(`there is no RabbitMQ here: ${source.advice}`);
    return EXIT.wrongInput;
  }
  const rabbitmq = await createRabbitmq(source);
  if (source.kind === "given") return await rabbitmq.createVhost();
  const from = source.kind === "compose" ? "in a container" : "of this machine";
  console.error(`starting a RabbitMQ ${from}, for this command alone; about 8 s`);
  const server = await rabbitmq.createServer();
  try {
    await server.start();
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  const url = `amqp://guest:guest@127.0.0.1:${server.ports.amqp}/`;
  return { url, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  try {
    child = new Deno.Command(command, { args: [...args], env: { ...env } }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.error(`there is no command ${command}`);
    return EXIT.wrongInput;
  }
  const watcher = watch(child.pid);
  const { code } = await child.status;
  await watcher.write(new TextEncoder().encode("over\n"));
  await watcher.close();
  return code;
}

/**
 * Sees to it that the command is asked to end when we are killed. A shell reads what we have to say,
 * and that stops without a word only when we do. A Ctrl-C at the terminal is not for it.
 */
function watch(pid: number): WritableStreamDefaultWriter<Uint8Array> {
  return new Deno.Command("sh", {
    args: ["-c", 'read -r word || kill -TERM "$1"', "watcher", String(pid)],
    detached: true,
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn().stdin.getWriter();
}

// What is still starting is ended with this process, by who serves it.
Deno.exit(await main(Deno.args));

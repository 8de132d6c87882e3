/**
 * One step on RabbitMQ, between a stranger's queues: our sidecar in front of any host.
 *
 * @module
 */
import {
  freePort,
  makeTempFolder,
  type RabbitmqForTests,
  type RunningProcess,
  startProgram,
  type TempFolder,
  type TestVhost,
} from "../kit/mod.ts";
import { Stranger } from "./interop_stranger.ts";

/** A step, and who is around it. */
export interface InteropStep extends AsyncDisposable {
  readonly vhost: TestVhost;
  readonly folder: TempFolder;
  readonly stranger: Stranger;
  readonly sidecar: RunningProcess;
}

/** How to start a step. */
export interface InteropStepOptions {
  /** Starts the host on a socket, in a folder of the test's. */
  readonly startHost: (
    socketPath: string,
    folder: TempFolder,
  ) => AsyncDisposable | Promise<AsyncDisposable>;
  /** Further settings of the sidecar. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the stranger does before the sidecar is there. */
  readonly before?: (stranger: Stranger) => Promise<void>;
}

/**
 * Starts a sidecar on the queue "step", and waits until it takes messages; the queue "next" is there.
 *
 * @param rabbitmq where
 * @param options its host, and more
 */
export async function startInteropStep(
  rabbitmq: RabbitmqForTests,
  options: InteropStepOptions,
): Promise<InteropStep> {
  await using stack = new AsyncDisposableStack();
  const vhost = stack.use(await rabbitmq.createVhost());
  const folder = stack.use(await makeTempFolder());
  const stranger = stack.use(await Stranger.connect(vhost.url));
  await stranger.declare("next");
  await options.before?.(stranger);
  const socketPath = folder.at("app.sock");
  stack.use(await options.startHost(socketPath, folder));
  const sidecar = stack.use(
    await startSidecar(vhost, socketPath, options.env),
  );
  const owned = stack.move();
  return { vhost, folder, stranger, sidecar, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/**
 * Starts a sidecar on the queue "step", or another one, and waits until it takes messages.
 *
 * @param vhost where its queue is
 * @param socketPath its host's socket
 * @param env further settings
 */
export async function startSidecar(
  vhost: TestVhost,
  socketPath: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningProcess> {
  const sidecar = await startProgram("sidecar", {
    env: {
      ASYA_RABBITMQ_URL: vhost.url,
      ASYA_SQLITE_PATH: `${socketPath}.unused`,
      ASYA_SOCKET_PATH: socketPath,
      ASYA_QUEUE_NAME: "step",
      ASYA_METRICS_ADDR: `127.0.0.1:${freePort()}`,
      ASYA_RUNTIME_TIMEOUT: "10s",
      ...env,
    },
  });
  try {
    await sidecar.waitForLine("messages are taken");
    return sidecar;
  } catch (error) {
    await sidecar.kill();
    throw error;
  }
}

import { poll } from "./poll.ts";
import type { RunningProcess } from "./running_process.ts";
import { pathOf, startProgram } from "./start_program.ts";

/** How to start a runtime. */
export interface RuntimeOptions {
  /** The handler: a path in this repository, with `#export`. */
  readonly handler: string;
  readonly socketPath: string;
  /** The handler's own permission flags. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly auditTo?: string;
}

/**
 * Starts a runtime and waits until somebody listens on its socket.
 *
 * @param options the handler and where to listen
 */
export async function startRuntime(options: RuntimeOptions): Promise<RunningProcess> {
  const { handler, socketPath, flags = [], env = {}, name = "runtime", auditTo } = options;
  const runtime = await startProgram("runtime", {
    name,
    auditTo,
    args: flags,
    // The working directory is a handler's root, wherever the tests were started.
    cwd: pathOf(""),
    env: { ASYA_HANDLER: pathOf(handler), ASYA_SOCKET_PATH: socketPath, ...env },
  });
  try {
    await waitForSocket(runtime, socketPath);
    return runtime;
  } catch (error) {
    await runtime.kill();
    throw error;
  }
}

/**
 * Waits until a connection to a socket is taken.
 *
 * @param process whose socket it is; its end ends the wait
 * @param path the socket
 */
export async function waitForSocket(process: RunningProcess, path: string): Promise<void> {
  await poll(`somebody who listens on ${path}`, async () => {
    if (process.status) {
      throw new Error(`${process.name} ended (${process.status.code}):\n${process.output}`);
    }
    try {
      (await Deno.connect({ transport: "unix", path })).close();
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      if (error instanceof Deno.errors.ConnectionRefused) return false;
      throw error;
    }
  });
}

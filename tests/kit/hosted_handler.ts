import type { Json } from "@asya/protocol";
import type { RunningProcess } from "./running_process.ts";
import { SessionPeer } from "./session_peer.ts";
import { startProgram } from "./start_program.ts";
import { waitForSocket } from "./start_runtime.ts";
import { makeTempFolder, type TempFolder } from "./temp_folder.ts";

/** How a handler is hosted for a test. */
export interface HostedOptions {
  /** Its specifier; `./handler.ts` where nothing is said. */
  readonly handler?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The handler's own permission flags. */
  readonly flags?: readonly string[];
  /** The folder to work in, under the temporary one. */
  readonly folder?: string;
  readonly auditTo?: string;
}

/** A handler written for one test, in a folder of its own, hosted by a real runtime. */
export class HostedHandler implements AsyncDisposable {
  readonly folder: TempFolder;
  readonly socketPath: string;
  /** The supervisor. */
  process: RunningProcess;
  readonly #options: HostedOptions;

  private constructor(folder: TempFolder, process: RunningProcess, options: HostedOptions) {
    this.folder = folder;
    this.socketPath = folder.at("app.sock");
    this.process = process;
    this.#options = options;
  }

  /**
   * Writes files, and starts a runtime beside them without waiting for it.
   *
   * @param source the text of `handler.ts`, or of several files by name
   * @param options how to host it
   */
  static async launch(
    source: string | Readonly<Record<string, string>>,
    options: HostedOptions = {},
  ): Promise<HostedHandler> {
    const folder = await makeTempFolder();
    const files = typeof source === "string" ? { "handler.ts": source } : source;
    for (const [name, text] of Object.entries(files)) await folder.write(name, text);
    return new HostedHandler(folder, await start(folder, options), options);
  }

  /**
   * Writes files, starts a runtime beside them, and waits until somebody listens on its socket.
   *
   * @param source the text of `handler.ts`, or of several files by name
   * @param options how to host it
   */
  static async start(
    source: string | Readonly<Record<string, string>>,
    options: HostedOptions = {},
  ): Promise<HostedHandler> {
    const hosted = await HostedHandler.launch(source, options);
    try {
      await waitForSocket(hosted.process, hosted.socketPath);
      return hosted;
    } catch (error) {
      await hosted[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts another runtime on the same socket, and does not wait for it. */
  async startAnother(): Promise<RunningProcess> {
    return await start(this.folder, this.#options);
  }

  /** Opens a session with the handler's host. */
  async session(): Promise<SessionPeer> {
    return await SessionPeer.open(this.socketPath);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.stop();
    await this.folder[Symbol.asyncDispose]();
  }
}

async function start(folder: TempFolder, options: HostedOptions): Promise<RunningProcess> {
  const { handler = "./handler.ts", env = {}, flags = [], auditTo } = options;
  return await startProgram("runtime", {
    args: flags,
    env: { ASYA_HANDLER: handler, ASYA_SOCKET_PATH: folder.at("app.sock"), ...env },
    cwd: options.folder === undefined ? folder.path : folder.at(options.folder),
    ...(auditTo !== undefined && { auditTo }),
  });
}

/**
 * A message for a step of its own.
 *
 * @param payload what the handler is to get
 * @param more other fields of the message
 */
export function messageFor(payload: Json, more: Readonly<Record<string, Json>> = {}): Json {
  return { job_id: "j1", route: { steps: ["step", "next"], current: 0 }, payload, ...more };
}

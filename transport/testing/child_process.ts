import { bellsFolder } from "../sqlite/bells.ts";

/** For tests: a process of its own that uses the same file. */
export interface ChildProcess {
  /** What it prints, line by line. */
  readonly lines: AsyncIterableIterator<string>;
  /** Ends it at once and without warning. */
  kill(): void;
  /** Reads what it still prints, and resolves to its exit code when it is gone. */
  ended(): Promise<number>;
}

/**
 * Starts a script beside this file, with the permissions that a transport needs and no other.
 *
 * @param script the script's name
 * @param path the file with the queues: the script's first argument
 * @param args its other arguments
 */
export function startChild(script: string, path: string, ...args: string[]): ChildProcess {
  const files = `${path},${bellsFolder(path)}`;
  return start(script, [`--allow-read=${files}`, `--allow-write=${files}`], [path, ...args]);
}

/**
 * Starts a script beside this file that may reach a broker, and nothing else.
 *
 * @param script the script's name
 * @param url where the broker is: the script's first argument
 * @param args its other arguments
 */
export function startRabbitmqChild(script: string, url: string, ...args: string[]): ChildProcess {
  return start(script, [`--allow-net=${new URL(url).host}`], [url, ...args]);
}

function start(script: string, flags: readonly string[], args: readonly string[]): ChildProcess {
  const url = new URL(script, import.meta.url).href;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...flags, url, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = splitLines(child.stdout);
  const ended = async () => {
    for await (const _line of lines);
    return (await child.status).code;
  };
  return { lines, kill: () => child.kill("SIGKILL"), ended };
}

async function* splitLines(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string, void, void> {
  let rest = "";
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

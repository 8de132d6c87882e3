import { makeTempFolder } from "../../tests/kit/mod.ts";
import type { Call } from "./call.ts";

/** How hard to call. */
export interface LoadOptions {
  readonly wrk: string;
  /** The server's URL, without a path. */
  readonly url: string;
  readonly call: Call;
  readonly connections: number;
  readonly seconds: number;
}

/** What a load came to. */
export interface Load {
  readonly answers: number;
  /** Of them, those that were no success. */
  readonly refused: number;
  /** Connections that broke, and answers that did not come. */
  readonly broken: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * Calls a server over and over, each connection again as soon as it has its answer.
 *
 * @param options whom, with what
 * @throws Error when wrk cannot, with its words
 */
export async function runWrk(options: LoadOptions): Promise<Load> {
  const { wrk, url, call, connections, seconds } = options;
  await using folder = await makeTempFolder();
  const script = await folder.write("call.lua", scriptOf(call));
  const { success, stdout, stderr } = await new Deno.Command(wrk, {
    args: [
      ...["--threads", "1", "--connections", String(connections)],
      ...["--duration", `${seconds}s`, "--timeout", "10s", "--script", script],
      url + call.path,
    ],
  }).output();
  const text = new TextDecoder().decode(stdout);
  const found = /^\{.*\}$/m.exec(text);
  if (!success || !found) throw new Error(`wrk: ${text}${new TextDecoder().decode(stderr)}`);
  return JSON.parse(found[0]);
}

/** The request as wrk takes it, and the summary as we do. */
function scriptOf({ headers, body }: Call): string {
  const lines = Object.entries(headers).map(([name, value]) =>
    `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`
  );
  return `
wrk.method = "POST"
wrk.body = [==[${body}]==]
${lines.join("\n")}
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"answers":%d,"refused":%d,"broken":%d,"seconds":%f,"p50Ms":%f,"p99Ms":%f}\\n',
    summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3
  ))
end
`;
}

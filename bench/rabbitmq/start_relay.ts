import { pathOf, platformEnv, RunningProcess } from "../../tests/kit/mod.ts";

/** What a raw relay carries, and how many at a time. */
export interface RelayOptions {
  /** The broker's URL, with a port. */
  readonly url: string;
  readonly from: string;
  readonly to: string;
  readonly prefetch: number;
}

/**
 * Starts a raw relay in a process of its own and waits until it takes messages.
 *
 * @param options its queues, which exist
 */
export async function startRelay(options: RelayOptions): Promise<RunningProcess> {
  const { url, from, to, prefetch } = options;
  const relay = new RunningProcess({
    name: `relay ${from}`,
    command: Deno.execPath(),
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--ignore-env",
      `--allow-net=${new URL(url).host}`,
      pathOf("bench/rabbitmq/raw_relay.ts"),
      ...[url, from, to, String(prefetch)],
    ],
    env: platformEnv(),
  });
  await relay.waitForLine(({ text }) => text === "ready");
  return relay;
}

import { connect } from "amqplib";
import type { TestServer } from "../../tests/kit/rabbitmq.ts";
import { markdownTable } from "@asya/program";
import { provideQueues } from "./measure_queues.ts";
import { memoryOf } from "./node_probe.ts";

/**
 * What a broker needs for things that do nothing.
 *
 * @param server a broker that is idle
 * @param say is told what is being measured
 * @returns a table as Markdown
 */
export async function measureObjects(
  server: TestServer,
  say: (doing: string) => void,
): Promise<string> {
  const { amqp: port } = server.ports;
  const url = `amqp://guest:guest@127.0.0.1:${port}/`;
  const names = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, number) => `${prefix}-${number}`);
  const things: readonly [what: string, count: number, make: () => Promise<AsyncDisposable>][] = [
    ["connection", 200, async () => {
      const all = await Promise.all(Array.from({ length: 200 }, () => connect(url)));
      return closing(() => Promise.all(all.map((one) => one.close())));
    }],
    ["channel", 1_000, async () => {
      const connection = await connect(url);
      for (let count = 0; count < 1_000; count++) await connection.createChannel();
      return closing(() => connection.close());
    }],
    ["classic queue", 500, () => provideQueues(port, "classic", names("many", 500))],
    ["quorum queue", 200, () => provideQueues(port, "quorum", names("many", 200))],
  ];
  const rows: string[][] = [];
  for (const [what, count, make] of things) {
    say(`memory of ${count} times a ${what}`);
    const before = await memoryOf(server);
    await using _things = await make();
    const bytes = (await memoryOf(server) - before) / count;
    rows.push([what, `${Math.round(bytes / 1_000)} KB`]);
  }
  return markdownTable(["one idle", "broker's memory"], rows);
}

function closing(close: () => Promise<unknown>): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      await close();
    },
  };
}

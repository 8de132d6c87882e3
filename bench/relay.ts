/**
 * Carries messages from the queue `step` to `happy-end` of a file, without a handler. Arguments: the
 * file's path, and how many messages to hold at a time.
 *
 * @module
 */
import { TERMINAL_QUEUES } from "@asya/protocol";
import { type Delivery, openSqlite } from "@asya/transport";

const [path, concurrency] = Deno.args;
if (path === undefined) throw new TypeError("the path of the file is missing");
const transport = await openSqlite({ path });

async function relay({ body, messageId = "", ack }: Delivery): Promise<void> {
  const queue = TERMINAL_QUEUES.happyEnd;
  const [outcome] = await transport.publish([{ queue, body, messageId }]);
  if (outcome !== "confirmed") throw new Error(`a publish came to: ${outcome}`);
  await ack();
}

await transport.consume("step", {
  prefetch: Number(concurrency),
  onDelivery: (delivery) => void relay(delivery),
});

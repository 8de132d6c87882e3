/**
 * A process for tests that uses a queue until it is killed, and prints one line for all it sees.
 *
 * Arguments: the file, the queue, the lease in milliseconds, `publish` or `consume`, a name, a seed.
 *
 * @module
 */
import { openSqlite } from "../sqlite.ts";
import type { Delivery, Transport } from "../transport.ts";
import { createRandom } from "./random.ts";

const [path = "", queue = "", leaseMs, role, name = "", seed] = Deno.args;
const random = createRandom(Number(seed));
const transport = await openSqlite({ path, leaseMs: Number(leaseMs) });
if (role === "publish") await publishForEver(transport);
else await transport.consume(queue, { prefetch: 5, onDelivery: handle });

/** Publishes groups of messages, some with a delay, and prints what was confirmed. */
async function publishForEver(transport: Transport): Promise<never> {
  for (let first = 0;; first += 20) {
    const count = 1 + Math.floor(random() * 20);
    const messages = Array.from({ length: count }, (_, index) => ({
      queue,
      messageId: `${name}.${first + index}`,
      body: new Uint8Array(Math.floor(random() * 3_000)),
      delayMs: random() < 0.1 ? 1 + random() * 50 : 0,
    }));
    const outcomes = await transport.publish(messages);
    messages.forEach((message, index) => print(outcomes[index] ?? "", message.messageId));
    // Leaves consumers a chance to keep up.
    await pause(random() * 10);
  }
}

/** Holds a message for a moment, then settles it. */
async function handle(delivery: Delivery): Promise<void> {
  const id = delivery.messageId ?? "";
  print("taken", id);
  if (random() < 0.5) await pause(random() * 5); // stands for work on the message
  if (random() < 0.05) {
    print("requeued", id);
    return delivery.requeue();
  }
  print("acking", id);
  await delivery.ack();
  print("acked", id);
}

function print(what: string, id: string): void {
  // Written at once, so that what was seen before a kill is known after it.
  Deno.stdout.writeSync(new TextEncoder().encode(`${what} ${id} ${Date.now()}\n`));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

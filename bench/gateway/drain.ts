/**
 * Takes every message from a queue in an embedded broker's file, so that it does not grow. The
 * arguments are the file, the queue and, where jobs are to end, the gateway's URL.
 *
 * @module
 */
import { parseMessage } from "@asya/protocol";
import { type Delivery, openSqlite } from "@asya/transport";

const PREFETCH = 256;

const [path, queue, gatewayUrl] = Deno.args;
if (path === undefined || queue === undefined) throw new TypeError("file and queue are missing");

/** Ends a job as its last actor does. */
async function report(body: Uint8Array, url: string): Promise<void> {
  const parsed = parseMessage(body);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const { jobId, payload } = parsed.message;
  const response = await fetch(`${url}/jobs/${jobId}/final`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      ...{ job_id: jobId, status: "succeeded", result: payload },
      timestamp: new Date().toISOString(),
    }),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the gateway answered ${response.status}`);
}

async function settle(delivery: Delivery): Promise<void> {
  if (gatewayUrl !== undefined) await report(delivery.body, gatewayUrl);
  await delivery.ack();
}

const transport = await openSqlite({ path });
await transport.declare([queue]);
await transport.consume(queue, {
  prefetch: PREFETCH,
  onDelivery: (delivery) => {
    settle(delivery).catch((error) => {
      console.error(error);
      Deno.exit(1);
    });
  },
});
console.log("ready");

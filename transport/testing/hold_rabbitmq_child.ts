/**
 * A consumer for tests: takes one message of a RabbitMQ, says so, and holds it until it is killed.
 *
 * Arguments: the broker's URL, the queue.
 *
 * @module
 */
import { openRabbitmq } from "../rabbitmq.ts";

const [url, queue = ""] = Deno.args;
const transport = openRabbitmq({ address: { url } });
await transport.consume(queue, { prefetch: 1, onDelivery: () => console.log("taken") });

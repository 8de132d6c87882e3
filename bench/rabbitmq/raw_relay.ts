/**
 * Carries messages from one queue to another with nothing but the client library: takes, publishes,
 * waits for the broker's confirm, acknowledges. As many are under way as the prefetch allows, and
 * none waits for another. It knows no job, no route, no handler, no reconnect: it is the floor.
 *
 * Arguments: the broker's URL, the queue to take from, the queue to publish to, the prefetch.
 *
 * @module
 */
import { connect } from "amqplib";

const [url = "", from = "", to = "", prefetch = ""] = Deno.args;
const connection = await connect(url, { noDelay: true });
const publishing = await connection.createConfirmChannel();
const consuming = await connection.createChannel();
publishing.on("return", () => {
  throw new Error(`there is no queue ${to}`);
});
await consuming.prefetch(Number(prefetch));
await consuming.consume(from, (message) => {
  if (message === null) throw new Error(`the queue ${from} is gone`);
  const { content, properties: { messageId, timestamp, contentType, headers } } = message;
  publishing.publish(
    "asya",
    to,
    content,
    { mandatory: true, persistent: true, messageId, timestamp, contentType, headers },
    (error: unknown) => {
      if (error) throw error;
      consuming.ack(message);
    },
  );
});
console.log("ready");

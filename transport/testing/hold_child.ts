/**
 * A consumer for tests: takes one message, says so, and holds it until it is killed.
 *
 * Arguments: the file, the queue.
 *
 * @module
 */
import { openSqlite } from "../sqlite.ts";

const [path = "", queue = ""] = Deno.args;
const transport = await openSqlite({ path });
await transport.consume(queue, { prefetch: 1, onDelivery: () => console.log("taken") });

/**
 * A process for tests that makes the file and a queue, publishes one message and ends.
 *
 * Arguments: the file, the queue.
 *
 * @module
 */
import { openSqlite } from "../sqlite.ts";

const [path = "", queue = ""] = Deno.args;
const transport = await openSqlite({ path });
await transport.declare([queue]);
const [outcome] = await transport.publish([{ queue, messageId: "m1", body: new Uint8Array() }]);
await transport.close();
Deno.exit(outcome === "confirmed" ? 0 : 1);

/**
 * An S3 server as a process of its own, so that a test can stop and kill it: the port and the folder
 * are its arguments.
 *
 * @module
 */
import S3rver from "s3rver";

const [port, directory] = Deno.args;
const server = new S3rver({
  port: Number(port),
  address: "127.0.0.1",
  silent: true,
  directory: directory ?? "",
  resetOnClose: false,
  configureBuckets: [{ name: "results", configs: [] }],
});
await server.run();
console.log("listening");

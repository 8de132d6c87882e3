/**
 * Answers every request as a gateway answers a call, and does nothing else: the floor under its
 * rate. The first argument is `deno` or `hono`, the second one the port.
 *
 * @module
 */
import { Hono } from "@hono/hono";

const [kind, port] = Deno.args;
const url = "http://127.0.0.1/jobs/";
const created = (id: string) => ({
  content: [{
    type: "text",
    text: `Job created successfully with ID: ${id}\nStatus URL: ${url}${id}`,
  }],
  structuredContent: { job_id: id, status_url: url + id, stream_url: `${url}${id}/stream` },
});
const app = new Hono();
app.post("/tools/call", async (c) => {
  await c.req.json();
  return c.json(created(crypto.randomUUID()));
});
const bare = async (request: Request) => {
  await request.json();
  return Response.json(created(crypto.randomUUID()));
};
Deno.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  onListen: () => console.log("ready"),
  handler: kind === "hono" ? async (request) => await app.fetch(request) : bare,
});

/**
 * Answers every GET with a stream that says one thing and stays open, and ends all of them at a
 * POST: what Deno's HTTP server takes for a stream, whoever fills it.
 *
 * @module
 */
const [port = ""] = Deno.args;
const encoder = new TextEncoder();
const head = encoder.encode("event: status\ndata: Pending\n\n");
const end = encoder.encode(
  'id: 1\nevent: update\ndata: {"job_id":"all","status":"Succeeded","message":"job succeeded"}\n\n',
);
const open: ReadableStreamDefaultController<Uint8Array>[] = [];

Deno.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  onListen: () => console.log("listening"),
}, ({ method }) => {
  if (method === "POST") {
    for (const controller of open.splice(0)) {
      controller.enqueue(end);
      controller.close();
    }
    return new Response();
  }
  if (method === "HEAD") return new Response();
  const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    controller.enqueue(head);
    open.push(controller);
  };
  return new Response(new ReadableStream({ start }, { highWaterMark: 0 }), {
    headers: { "content-type": "text/event-stream" },
  });
});

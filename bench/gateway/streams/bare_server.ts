/**
 * Answers every request with a stream that says one thing and stays open: what Deno's HTTP server
 * takes for a stream, whoever fills it.
 *
 * @module
 */
const [port = ""] = Deno.args;
const head = new TextEncoder().encode("event: status\ndata: Pending\n\n");
const open: ReadableStreamDefaultController<Uint8Array>[] = [];

Deno.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  onListen: () => console.log("listening"),
}, () => {
  const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    controller.enqueue(head);
    open.push(controller);
  };
  return new Response(new ReadableStream({ start }, { highWaterMark: 0 }), {
    headers: { "content-type": "text/event-stream" },
  });
});

import assert from "node:assert/strict";
import { freePort } from "../../tests/kit/free_port.ts";
import { fetchKeys } from "./fetch_keys.ts";

const KEYS = { keys: [{ kty: "OKP", crv: "Ed25519", x: "x" }] };

/** A body of which there is no end. */
function endless(): ReadableStream<Uint8Array> {
  const spaces = new Uint8Array(64 * 1024).fill(32);
  return new ReadableStream({ pull: (controller) => controller.enqueue(spaces) });
}

Deno.test("fetch keys: only what is a good answer, of one address, and no more than keys have", async () => {
  const answers: Record<string, () => Response> = {
    "/keys": () => Response.json(KEYS),
    "/away": () => new Response("away", { status: 503 }),
    "/moved": () => new Response(null, { status: 302, headers: { location: "/keys" } }),
    "/page": () => new Response("<html>"),
    "/endless": () => new Response(endless()),
  };
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  await using _ = Deno.serve(
    { hostname: "127.0.0.1", port, onListen: () => {} },
    (request) => answers[new URL(request.url).pathname]?.() ?? new Response(null, { status: 404 }),
  );
  assert.deepEqual(await fetchKeys(`${url}/keys`), KEYS);
  const rows: [string, RegExp][] = [
    ["/away", /answers with 503; allowed: 200/],
    ["/nothing", /answers with 404/],
    ["/moved", /redirect/i],
    ["/page", /JSON/],
    ["/endless", /over 1048576 bytes/],
  ];
  for (const [path, why] of rows) await assert.rejects(fetchKeys(url + path), why, path);
  await assert.rejects(fetchKeys(`http://127.0.0.1:${freePort()}/keys`), TypeError);
});

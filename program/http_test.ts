import assert from "node:assert/strict";
import { serveOps } from "./http.ts";

const checks = { live: () => true, ready: () => true };

Deno.test("[C7] the operational endpoints answer over HTTP", async () => {
  let told = 0;
  const server = serveOps({
    ...checks,
    address: "127.0.0.1:0",
    onListen: ({ port }) => told = port,
  });
  assert.equal(told, server.port);
  for (const [path, status] of [["/livez", 200], ["/readyz", 200], ["/nothing", 404]] as const) {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    assert.equal(response.status, status);
    await response.body?.cancel();
  }
  await server.close();
});

Deno.test("[C7] a busy port is named", async () => {
  const server = serveOps({ ...checks, address: "127.0.0.1:0" });
  assert.throws(
    () => serveOps({ ...checks, address: `127.0.0.1:${server.port}` }),
    new RegExp(`cannot listen on 127\\.0\\.0\\.1:${server.port}: another process already does`),
  );
  await server.close();
});

Deno.test("an address that is none is refused", () => {
  assert.throws(() => serveOps({ ...checks, address: "nowhere" }), /the address is "nowhere"/);
});

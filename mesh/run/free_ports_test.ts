import assert from "node:assert/strict";
import { findFreePort, findFreePorts } from "./free_ports.ts";

Deno.test("ports are free, different, and not the system's own", () => {
  const ports = findFreePorts(20);
  assert.equal(new Set(ports).size, 20);
  for (const port of ports) {
    assert(port >= 20_000 && port < 32_768, String(port));
    Deno.listen({ hostname: "127.0.0.1", port }).close();
  }
});

Deno.test("a port that is taken is passed over", () => {
  const [port = 0] = findFreePorts(1);
  using _listener = Deno.listen({ hostname: "127.0.0.1", port });
  assert(findFreePort(port) > port);
  assert(findFreePort(port, new Set([port + 1])) > port + 1);
});

Deno.test("where no port is left, the range is named", () => {
  const [port = 0] = findFreePorts(1);
  assert.throws(() => findFreePort(32_768), /no port from 32768 to 32767 is free/);
  assert.equal(findFreePort(port), port);
});

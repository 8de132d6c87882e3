import assert from "node:assert/strict";
import { findFreePorts } from "./free_ports.ts";
import { claimFreePort, claimPort } from "./port_claim.ts";

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
    assert.deepEqual([...Deno.readDirSync(folder)], [], "nothing is left");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("[M1] two that start together get different ports", () =>
  withFolder(async (folder) => {
    const [from = 0] = findFreePorts(1);
    const claims = await Promise.all(
      Array.from({ length: 8 }, () => claimFreePort(from, `${folder}/claims`)),
    );
    assert.equal(new Set(claims.map(({ port }) => port)).size, 8);
    const port = claims[0]?.port ?? 0;
    assert.equal(await claimPort(port, `${folder}/claims`), undefined);
    for (const claim of claims) claim[Symbol.dispose]();
    using again = await claimPort(port, `${folder}/claims`);
    assert.equal(again?.port, port, "what was given up is free");
  }));

Deno.test("a port that something listens on cannot be claimed", () =>
  withFolder(async (folder) => {
    const [port = 0] = findFreePorts(1);
    using _listener = Deno.listen({ hostname: "127.0.0.1", port });
    assert.equal(await claimPort(port, `${folder}/claims`), undefined);
    using other = await claimFreePort(port, `${folder}/claims`);
    assert(other.port > port);
  }));

import { FakeClock } from "./testing/fake_clock.ts";
import { startChild } from "./testing/child_process.ts";
import { openSqlite } from "./sqlite.ts";
import { testTransport } from "./testing/transport_suite.ts";

const leaseMs = 10_000;

testTransport("sqlite", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/queues.db`;
  const clock = new FakeClock();
  return {
    tellsAll: true,
    open: (onEvent) => openSqlite({ path, onEvent, clock, leaseMs }),
    dieHolding: async (queue) => {
      const child = startChild("hold_child.ts", path, queue);
      await child.lines.next();
      child.kill();
      await child.ended();
      // The child's lease began at most a test's length after our clock.
      clock.pass(2 * leaseMs);
    },
    pass: (ms) => Promise.resolve(clock.pass(ms)),
    close: () => Deno.remove(folder, { recursive: true }),
  };
});

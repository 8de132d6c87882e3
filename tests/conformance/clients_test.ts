/**
 * The official clients of the Model Context Protocol, against a mesh of real processes.
 *
 * @module
 */
import { startClientMesh } from "./client_mesh.ts";
import { connect2025 } from "./connect_2025.ts";
import { connect2026 } from "./connect_2026.ts";
import { tryClient } from "./rounds.ts";

Deno.test("[P3] [P4] every official client is served", async (t) => {
  await using mesh = await startClientMesh();
  await t.step(
    "[P3] that of the revisions of 2025",
    (t) => tryClient(t, { mesh, connect: connect2025, cancelsWhenGone: false }),
  );
  await t.step("[P3] that of 2026-07-28, which speaks those of 2025", (t) =>
    tryClient(t, {
      mesh,
      connect: (url, onToolsChange) => connect2026(url, "legacy", onToolsChange),
      cancelsWhenGone: false,
    }));
  await t.step("[P4] that of 2026-07-28", (t) =>
    tryClient(t, {
      mesh,
      connect: (url, onToolsChange) => connect2026(url, "modern", onToolsChange),
      cancelsWhenGone: true,
    }));
});

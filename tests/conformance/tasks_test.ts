/**
 * Tasks of the Model Context Protocol, as official clients follow them, against a mesh of real
 * processes.
 *
 * @module
 */
import { startClientMesh } from "./client_mesh.ts";
import { createTaskClient2025 } from "./task_client_2025.ts";
import { createTaskClient2026 } from "./task_client_2026.ts";
import { tryTasks } from "./task_rounds.ts";

Deno.test("[P3] [P4] every official client is served with tasks", async (t) => {
  await using mesh = await startClientMesh();
  await t.step("[P3] that of the revisions of 2025", (t) =>
    tryTasks(t, {
      mesh,
      connect: createTaskClient2025,
      stateOfFailed: "failed",
      hasList: true,
    }));
  await t.step("[P3] that of tasks, which knows those of 2025-11-25", (t) =>
    tryTasks(t, {
      mesh,
      connect: (url) => createTaskClient2026(url, "legacy"),
      stateOfFailed: "failed",
      hasList: true,
    }));
  await t.step("[P4] that of tasks, with the extension", (t) =>
    tryTasks(t, {
      mesh,
      connect: (url) => createTaskClient2026(url, "modern"),
      stateOfFailed: "completed",
      hasList: false,
    }));
});

import assert from "node:assert/strict";
import { type AppOptions, createApp } from "../app.ts";
import { operations } from "./document.ts";

Deno.test({
  name: "[G13] description: every route is described, and everything described is a route",
  permissions: "none",
  fn() {
    // The routes are only listed: nothing of what they stand on is used. Pages are not among them.
    const app = createApp({ guards: {}, addDashboard() {} } as unknown as AppOptions);
    const served = app.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
    const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    assert.deepEqual([...new Set(served)].sort(), described.sort());
  },
});

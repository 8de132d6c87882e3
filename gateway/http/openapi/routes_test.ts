import assert from "node:assert/strict";
import { type AppOptions, createApp } from "../app.ts";
import { operations } from "./document.ts";

/** What is served and is no part of the REST API. */
const ELSEWHERE = ["/"];

Deno.test({
  name: "[G13] description: every route is described, and everything described is a route",
  permissions: "none",
  fn() {
    // The routes are only listed: nothing of what they stand on is used.
    const app = createApp({ guards: {} } as unknown as AppOptions);
    const served = app.routes
      .filter(({ method, path }) => method !== "ALL" && !ELSEWHERE.includes(path))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
    const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    assert.deepEqual([...new Set(served)].sort(), described.sort());
  },
});

import { Hono } from "@hono/hono";
import assert from "node:assert/strict";
import type { App } from "./app_env.ts";
import { addMethodRoutes } from "./method_routes.ts";

function createApp(): App {
  const app: App = new Hono();
  app.use((_, next) => next());
  app.use("/orders", (_, next) => next());
  app.get("/things/:id", (c) => c.text("a thing"));
  app.post("/things/:id", (c) => c.text("made"));
  app.post("/orders", (c) => c.text("ordered"));
  app.all("/open", (c) => c.text(c.req.method));
  addMethodRoutes(app);
  return app;
}

Deno.test({
  name: "methods: what a path does not take is a 405 that names what it takes",
  permissions: "none",
  async fn() {
    const app = createApp();
    const rows: [method: string, path: string, status: number, allow: string | null][] = [
      ["GET", "/things/1", 200, null],
      ["POST", "/things/1", 200, null],
      ["PUT", "/things/1", 405, "GET, HEAD, OPTIONS, POST"],
      ["HEAD", "/orders", 405, "POST, OPTIONS"],
      ["OPTIONS", "/orders", 204, "POST, OPTIONS"],
      ["BREW", "/orders", 405, "POST, OPTIONS"],
      ["BREW", "/open", 200, null],
      ["PUT", "/none", 404, null],
    ];
    for (const [method, path, status, allow] of rows) {
      const response = await app.request(path, { method });
      assert.deepEqual([response.status, response.headers.get("allow")], [status, allow], method);
      const text = await response.text();
      if (status !== 405 || method === "HEAD") continue;
      assert.equal(JSON.parse(text).error, `the method is ${method}; ${allow} are allowed`);
    }
  },
});

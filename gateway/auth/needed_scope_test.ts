import type { Json } from "@asya/protocol";
import assert from "node:assert/strict";
import { scopeOfRpc } from "./needed_scope.ts";

const call = (name: string, args: Json = {}): Json => ({
  method: "tools/call",
  params: { name, arguments: args },
});

Deno.test({
  name: "needed scope: whoever reads jobs needs jobs:read, by whatever method",
  permissions: "none",
  fn: () => {
    const rows: [Json, string][] = [
      [{ method: "initialize" }, "tools:call"],
      [{ method: "tools/list" }, "tools:call"],
      [call("scan"), "tools:call"],
      [call("asya_job", { job_id: "x" }), "jobs:read"],
      [call("asya_job", { job_id: "x", action: "wait" }), "jobs:read"],
      [call("asya_job", { job_id: "x", action: "cancel" }), "tools:call"],
      [call("asya_job", []), "jobs:read"],
      [{ method: "tools/call" }, "tools:call"],
      [{ method: "tasks/get" }, "jobs:read"],
      [{ method: "tasks/list" }, "jobs:read"],
      [{ method: "tasks/result" }, "jobs:read"],
      [{ method: "tasks/cancel" }, "tools:call"],
      [{ method: "subscriptions/listen", params: { notifications: {} } }, "tools:call"],
      [
        { method: "subscriptions/listen", params: { notifications: { taskIds: ["x"] } } },
        "jobs:read",
      ],
      [[call("scan"), { method: "tasks/get" }], "jobs:read"],
      [[call("scan"), { method: "ping" }], "tools:call"],
      [[], "tools:call"],
      [null, "tools:call"],
      ["tasks/get", "tools:call"],
      [{ method: 7 }, "tools:call"],
    ];
    for (const [body, expected] of rows) {
      assert.equal(scopeOfRpc(body), expected, JSON.stringify(body));
    }
  },
});

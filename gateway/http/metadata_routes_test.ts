import assert from "node:assert/strict";
import { createTestGateway } from "../testing/test_gateway.ts";

const JWT = {
  ASYA_AUTH: "jwt",
  ASYA_JWT_ISSUER: "https://login.example",
  ASYA_JWT_AUDIENCE: "https://asya.example/mcp",
  ASYA_JWT_JWKS_URL: "https://login.example/keys",
};
const PATH = "/.well-known/oauth-protected-resource";

Deno.test({
  name: "[A8] metadata: who has no token is told where to read where to get one",
  permissions: "none",
  fn: async () => {
    const rows: [Record<string, string>, string, string, string][] = [
      [{}, "/mcp", "http://127.0.0.1:8080", `${PATH}/mcp`],
      [{}, "/jobs", "http://127.0.0.1:8080", PATH],
      [{ ASYA_PUBLIC_URL: "https://asya.example/" }, "/mcp", "https://asya.example", `${PATH}/mcp`],
      [{ ASYA_PUBLIC_URL: "https://asya.example/" }, "/tools", "https://asya.example", PATH],
      [
        { ASYA_PUBLIC_URL: "https://example.com/asya" },
        "/mcp",
        "https://example.com",
        `${PATH}/asya/mcp`,
      ],
    ];
    for (const [env, path, origin, metadataPath] of rows) {
      const bench = createTestGateway({ env: { ...JWT, ...env } });
      const refused = await bench.get(path);
      assert.equal(refused.status, 401);
      assert.equal(
        refused.headers.get("www-authenticate"),
        `Bearer scope="jobs:read tools:call", resource_metadata="${origin}${metadataPath}"`,
      );
      const metadata = await (await bench.get(metadataPath)).json();
      const base = env.ASYA_PUBLIC_URL?.replace(/\/$/, "") ?? origin;
      assert.deepEqual(metadata, {
        resource: path === "/mcp" ? `${base}/mcp` : base,
        authorization_servers: ["https://login.example"],
        scopes_supported: ["jobs:read", "tools:call", "jobs:admin"],
        bearer_methods_supported: ["header"],
        resource_name: "Asya gateway",
      });
    }
  },
});

Deno.test({
  name: "metadata: there is none of what is not there, nor where tokens come from nobody",
  permissions: "none",
  fn: async () => {
    const jwt = createTestGateway({ env: JWT });
    for (const path of [`${PATH}/jobs`, `${PATH}/mcp/x`, `${PATH}//mcp`]) {
      assert.equal((await jwt.get(path)).status, 404, path);
    }
    const token = { ASYA_AUTH: "token", ASYA_API_TOKENS: "me=one" };
    for (const env of [{}, token] as Record<string, string>[]) {
      const bench = createTestGateway({ env });
      for (const path of [PATH, `${PATH}/mcp`]) {
        assert.equal((await bench.get(path)).status, 404, path);
      }
    }
  },
});

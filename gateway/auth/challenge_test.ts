import assert from "node:assert/strict";
import { challengeHeader, metadataUrlOf, resourceMetadata } from "./challenge.ts";

Deno.test({
  name: "challenge: a header says what is wrong, and where to learn more",
  permissions: "none",
  fn: () => {
    const metadataUrl = "https://asya.example/.well-known/oauth-protected-resource/mcp";
    assert.equal(challengeHeader({}), "Bearer");
    assert.equal(
      challengeHeader({ error: "insufficient_scope", scope: "jobs:read", metadataUrl }),
      'Bearer error="insufficient_scope", scope="jobs:read", ' +
        'resource_metadata="https://asya.example/.well-known/oauth-protected-resource/mcp"',
    );
  },
});

Deno.test({
  name: "challenge: a resource describes itself between its host and its path",
  permissions: "none",
  fn: () => {
    const known = "/.well-known/oauth-protected-resource";
    const rows = [
      ["https://asya.example", `https://asya.example${known}`],
      ["https://asya.example/mcp", `https://asya.example${known}/mcp`],
      ["https://example:8443/asya/mcp", `https://example:8443${known}/asya/mcp`],
    ] as const;
    for (const [resource, expected] of rows) {
      assert.equal(metadataUrlOf(resource), expected);
      const metadata = resourceMetadata(resource, "https://login.example");
      assert.equal(metadata.resource, resource);
      assert.deepEqual(metadata.authorization_servers, ["https://login.example"]);
    }
  },
});

/**
 * A whole mesh whose actors have to show a token when they report: while it is replaced, and when
 * they have another one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { poll, TestMesh } from "../kit/mod.ts";

const YAML = `
name: tokens
actors:
  - { name: step, handler: ./odd.ts#echo }
tools:
  - { name: echo_back, route: [step], parameters: { text: { type: string } }, timeout: 60 }
`;

const NEW = "internal-token-that-is-new";
const OLD = "internal-token-that-was";
const CALLER = { authorization: "Bearer token-of-a-caller", "content-type": "application/json" };

/** Starts a mesh whose gateway takes two tokens, and whose actors show one. */
function startMesh(token: string): Promise<TestMesh> {
  return TestMesh.start({
    yaml: YAML,
    handlersIn: "tests/integration/handlers",
    env: {
      gateway: {
        ASYA_AUTH: "token",
        ASYA_API_TOKENS: "caller=token-of-a-caller",
        ASYA_INTERNAL_TOKEN: NEW,
        ASYA_INTERNAL_TOKEN_BEFORE: OLD,
      },
      sidecar: { ASYA_INTERNAL_TOKEN: token },
      runtime: { ASYA_INTERNAL_TOKEN: token },
    },
  });
}

async function call(mesh: TestMesh): Promise<string> {
  const response = await fetch(`${mesh.gatewayUrl}/tools/call`, {
    method: "POST",
    headers: CALLER,
    body: JSON.stringify({ name: "echo_back", arguments: { text: "hello" } }),
  });
  return (await response.json()).structuredContent.job_id;
}

async function jobOf(mesh: TestMesh, id: string) {
  return await (await fetch(`${mesh.gatewayUrl}/jobs/${id}`, { headers: CALLER })).json();
}

for (const [what, token] of [["the new", NEW], ["the old", OLD]] as const) {
  Deno.test(`[A3] mesh: actors with ${what} token report, progress and end`, async () => {
    await using mesh = await startMesh(token);
    const id = await call(mesh);
    const job = await poll("the job's end", async () => {
      const job = await jobOf(mesh, id);
      return job.status === "Succeeded" && job;
    }, { timeoutMs: 30_000 });
    assert.deepEqual(job.result, { text: "hello" });
    const { output } = mesh.processes.get("gateway")!;
    assert.doesNotMatch(output, /a request was denied/);
  });
}

Deno.test("[A3] mesh: what actors with another token report changes nothing", async () => {
  await using mesh = await startMesh("internal-token-of-nobody");
  const before = await jobOf(mesh, await call(mesh));
  const gateway = mesh.processes.get("gateway")!;
  const routes = () =>
    new Set(
      gateway.now.lines.filter(({ fields }) => fields.reason === "internal_token")
        .map(({ fields }) => fields.route),
    );
  await poll("progress and end to be refused", () => routes().size >= 2, { timeoutMs: 30_000 });
  assert(routes().has("/jobs/:id/final"), [...routes()].join());
  const after = await jobOf(mesh, before.id);
  assert.deepEqual([after.status, after.updated_at], ["Pending", before.updated_at]);
});

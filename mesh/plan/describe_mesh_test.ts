import assert from "node:assert/strict";
import { describeMesh, type MeshUp } from "./describe_mesh.ts";
import { parseMeshFile } from "../file/mesh_file.ts";

// the YAML library looks at these two for its own debugging
const pure: Pick<Deno.TestDefinition, "permissions"> = {
  permissions: { env: ["LOG_TOKENS", "LOG_STREAM"] },
};

function meshUp(transportUrl?: string, route = "hello"): MeshUp {
  const parsed = parseMeshFile(
    `
name: hello
actors:
  - { name: hello, handler: ./hello.ts }
tools:
  - { name: say_hello, description: Greets, route: [${route}] }
demo: { tool: say_hello, arguments: { name: "O'Brien" } }
`,
    transportUrl,
  );
  assert(parsed.ok);
  const gatewayUrl = "http://127.0.0.1:8080";
  const plan = { processes: [], gatewayUrl, files: {}, folders: [], socketFolder: "" };
  return { mesh: parsed.mesh, plan, tookMs: 1_234 };
}

Deno.test("[M1] a mesh that is up says what to try, so that it can be pasted", pure, () => {
  const page = describeMesh(meshUp(), { json: false, isWhole: true }).join("\n");
  assert.match(page, /^hello is up after 1\.2 s/m);
  assert.match(page, /^ {2}dashboard {3}http:\/\/127\.0\.0\.1:8080\/$/m);
  assert.match(page, /^ {2}MCP {9}http:\/\/127\.0\.0\.1:8080\/mcp$/m);
  assert.match(page, /^ {2}tool {8}say_hello {2}Greets$/m);
  assert.match(page, /-d '{"name":"say_hello","arguments":{"name":"O'\\''Brien"}}'$/m);
  assert.match(page, /claude mcp add --transport http hello http:\/\/127\.0\.0\.1:8080\/mcp$/m);
});

Deno.test(
  "[U4] a mesh that asks for tokens says where to put one, in what can be pasted",
  pure,
  () => {
    const up = meshUp();
    const gateway = {
      ...{ name: "gateway", unit: "gateway", program: "gateway", args: [], cwd: "/" } as const,
      env: { ASYA_AUTH: "token", ASYA_API_TOKENS: "ada=s3cret-of-ada" },
    };
    const guarded = { ...up, plan: { ...up.plan, processes: [gateway] } };
    const page = describeMesh(guarded, { json: false, isWhole: true }).join("\n");
    assert.match(page, /^ {2}callers {5}need a token \(ASYA_AUTH=token\)/m);
    assert.match(page, /curl .* -H "authorization: Bearer \$ASYA_API_TOKEN"/);
    assert.match(page, /claude mcp add .* --header "authorization: Bearer \$ASYA_API_TOKEN"$/m);
    assert.match(page, /--method tools\/list --header "authorization: Bearer \$ASYA_API_TOKEN"$/m);
    assert(!page.includes("s3cret"));
  },
);

Deno.test("[M1] without a demo, the call has what its tool cannot do without", pure, () => {
  const parsed = parseMeshFile(`
name: hello
actors: [{ name: hello, handler: ./hello.ts }]
tools: [{ name: greet, parameters: { name: { type: string, required: true } }, route: [hello] }]
`);
  assert(parsed.ok);
  const page = describeMesh({ ...meshUp(), mesh: parsed.mesh }, { json: false, isWhole: true });
  assert(page.some((line) => line.includes(`-d '{"name":"greet","arguments":{"name":"…"}}'`)));
});

Deno.test("[C2] on a broker it says which, and which steps are somebody else's", pure, () => {
  const up = meshUp("amqp://me:s3cret@mq", "hello, far, away");
  const page = describeMesh(up, { json: false, isWhole: true }).join("\n");
  assert.match(page, /^ {2}messages {4}amqp:\/\/me:\*\*\*@mq$/m);
  assert.match(page, /^ {2}elsewhere {3}far, away: /m);
});

Deno.test("[M1] as JSON it is one line", pure, () => {
  const [line = "", ...more] = describeMesh(meshUp(), { json: true, isWhole: true });
  assert.deepEqual(more, []);
  const { message, url, tools } = JSON.parse(line);
  assert.equal(message, "mesh is up");
  assert.equal(url, "http://127.0.0.1:8080");
  assert.deepEqual(tools, ["say_hello"]);
});

Deno.test("[Z5] it says where its traces go, without what lets it in there", pure, () => {
  const up = meshUp();
  const gateway = {
    ...{ name: "gateway", unit: "gateway", program: "gateway", args: [], cwd: "/" } as const,
    env: { OTEL_DENO: "true", OTEL_EXPORTER_OTLP_ENDPOINT: "http://me:s3cret@127.0.0.1:4318" },
  };
  const traced = { ...up, plan: { ...up.plan, processes: [gateway] } };
  for (const isWhole of [true, false]) {
    const page = describeMesh(traced, { json: false, isWhole }).join("\n");
    assert.match(page, /^ {2}traces {6}http:\/\/127\.0\.0\.1:4318\/v1\/traces$/m);
    const [line = ""] = describeMesh(traced, { json: true, isWhole });
    assert.equal(JSON.parse(line).traces, "http://127.0.0.1:4318/v1/traces");
  }
  assert.doesNotMatch(describeMesh(up, { json: false, isWhole: true }).join("\n"), /traces/);
});

Deno.test("a part of a mesh without its gateway names no address", pure, () => {
  const page = describeMesh(meshUp(), { json: false, isWhole: false }).join("\n");
  assert.match(page, /hello is up/);
  assert.doesNotMatch(page, /http/);
});

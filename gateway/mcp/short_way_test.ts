import type { Json } from "@asya/protocol";
import { systemClock } from "@asya/transport";
import { createMcpHandler } from "@modelcontextprotocol/server";
import assert from "node:assert/strict";
import type { McpRequest } from "../http/tool_routes.ts";
import type { ToolCall } from "../tools/tool_call.ts";
import { createMcp } from "./mcp.ts";
import type { McpTools } from "./mcp_tools.ts";
import type { Era } from "./era.ts";
import { ToolServer } from "./tool_server.ts";

const URL = "http://127.0.0.1:8080/mcp";

/** Tools that answer with what they were asked, or fail. */
const tools: McpTools = {
  list: () => [{ name: "echo", inputSchema: { type: "object" } }],
  find: (name) => tools.list().find((card) => card.name === name),
  waits: () => false,
  call({ name, arguments: args, caller, key }: ToolCall) {
    if (name === "broken") return Promise.reject(new Error("secret of the house"));
    if (name !== "echo") {
      return Promise.resolve({ kind: "refused", reason: "unknown_tool", message: "no such tool" });
    }
    const seen: Json = { args, caller: caller.name ?? null, key: key ?? null };
    const text = JSON.stringify(seen);
    return Promise.resolve({
      kind: "answered",
      result: { content: [{ type: "text", text }], structuredContent: seen },
    });
  },
};

const ENVELOPE = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": {},
};

/** A request that is right, in each era; each case spoils it, or does not. */
const RIGHT = {
  legacy: {
    headers: {
      "content-type": "application/json",
      "accept": "application/json, text/event-stream",
      "mcp-protocol-version": "2025-11-25",
    },
    body: {
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "echo", arguments: { a: 1 } },
    },
  },
  modern: {
    headers: {
      "content-type": "application/json",
      "accept": "application/json, text/event-stream",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "tools/call",
      "mcp-name": "echo",
    },
    body: {
      jsonrpc: "2.0",
      id: "one",
      method: "tools/call",
      params: { name: "echo", arguments: { a: 1 }, _meta: ENVELOPE },
    },
  },
} as const;

interface Spoiled {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly params?: Readonly<Record<string, unknown>>;
}

const CASES: Readonly<Record<string, Spoiled>> = {
  "nothing": {},
  "no arguments": { params: { arguments: undefined } },
  "arguments that are a list": { params: { arguments: [] } },
  "a name that is a number": { params: { name: 5 } },
  "no name": { params: { name: undefined } },
  "another name": { params: { name: "other" }, headers: { "mcp-name": "other" } },
  "a tool that breaks": { params: { name: "broken" }, headers: { "mcp-name": "broken" } },
  "a parameter too many": { params: { further: true } },
  "a member too many": { body: { further: true } },
  "no version of JSON-RPC": { body: { jsonrpc: undefined } },
  "another version of JSON-RPC": { body: { jsonrpc: "1.0" } },
  "an id that is null": { body: { id: null } },
  "an id that is a fraction": { body: { id: 1.5 } },
  "no id": { body: { id: undefined } },
  "no parameters": { body: { params: undefined } },
  "parameters that are a list": { body: { params: [1] } },
  "_meta that is a text": { params: { _meta: "x" } },
  "an envelope without capabilities": {
    params: { _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } },
  },
  "capabilities that are a list": {
    params: { _meta: { ...ENVELOPE, "io.modelcontextprotocol/clientCapabilities": [] } },
  },
  "a client that does not say its version": {
    params: { _meta: { ...ENVELOPE, "io.modelcontextprotocol/clientInfo": { name: "x" } } },
  },
  "an envelope of tomorrow": {
    params: { _meta: { ...ENVELOPE, "io.modelcontextprotocol/protocolVersion": "2099-01-01" } },
  },
  "a method of another name": { body: { method: "tools/list" } },
  "a method that is not there": { body: { method: "tools/burn" } },
  "answers to no questions": { params: { inputResponses: { x: { action: "accept" } } } },
  "no media type": { headers: { "content-type": undefined } },
  "a media type with a charset": { headers: { "content-type": "application/json; charset=utf-8" } },
  "another media type": { headers: { "content-type": "text/plain" } },
  "who takes nothing": { headers: { accept: undefined } },
  "who takes JSON only": { headers: { accept: "application/json" } },
  "no version": { headers: { "mcp-protocol-version": undefined } },
  "a version of long ago": { headers: { "mcp-protocol-version": "1999-01-01" } },
  "the version of the other era": { headers: { "mcp-protocol-version": "2025-06-18" } },
  "the version of the newer era": { headers: { "mcp-protocol-version": "2026-07-28" } },
  "no method in a header": { headers: { "mcp-method": undefined } },
  "another method in a header": { headers: { "mcp-method": "tools/list" } },
  "no name in a header": { headers: { "mcp-name": undefined } },
  "another name in a header": { headers: { "mcp-name": "other" } },
  "a name in base64": { headers: { "mcp-name": "=?base64?ZWNobw==?=" } },
};

function spoil(era: Era, { headers, body, params }: Spoiled): McpRequest {
  const right = RIGHT[era];
  const wanted = new Headers(right.headers);
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value === undefined) wanted.delete(name);
    else wanted.set(name, value);
  }
  const whole = { ...right.body, params: { ...right.body.params, ...params }, ...body };
  return {
    request: new Request(URL, { method: "POST", headers: wanted }),
    body: JSON.parse(JSON.stringify(whole)),
    caller: { name: "me", scopes: new Set() },
    key: "k",
    baseUrl: "http://gateway",
  };
}

async function read(response: Response): Promise<unknown> {
  const text = await response.text();
  const isStream = response.headers.get("content-type") === "text/event-stream";
  const data = isStream ? text.split("\n").find((line) => line.startsWith("data: ")) : text;
  return {
    status: response.status,
    message: data ? JSON.parse(data.replace("data: ", "")) : undefined,
  };
}

for (const era of ["legacy", "modern"] as const) {
  Deno.test(`[G6] mcp, ${era}: the short way answers as the SDK does`, async (t) => {
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    const mcp = createMcp({ tools, version: "1", keepAliveMs: 0, onError });
    for (const [name, spoiled] of Object.entries(CASES)) {
      await t.step(name, async () => {
        const asked = spoil(era, spoiled);
        const judge = createMcpHandler(
          ({ era }) =>
            new ToolServer({
              tools,
              version: "1",
              clock: systemClock,
              requestOf: () => asked,
              era,
              onError,
            }),
          { keepAliveMs: 0 },
        );
        const judged = await judge.fetch(asked.request.clone(), { parsedBody: asked.body });
        assert.deepEqual(await read(await mcp.answer(asked)), await read(judged));
      });
    }
    assert(errors.every((error) => String(error).includes("secret of the house")));
    assert.equal(errors.length, 2);
  });
}

Deno.test("mcp: requests with one id at one time get their own answers", async () => {
  const mcp = createMcp({ tools, version: "1", keepAliveMs: 0 });
  const answers = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const asked = spoil("modern", { params: { arguments: { index } } });
      const { id, result } = await (await mcp.answer(asked)).json();
      return [id, result.structuredContent.args.index];
    }),
  );
  assert.deepEqual(answers, Array.from({ length: 100 }, (_, index) => ["one", index]));
});

Deno.test("mcp: what went wrong here stays here", async () => {
  const mcp = createMcp({ tools, version: "1", keepAliveMs: 0 });
  const spoiled = { params: { name: "broken" }, headers: { "mcp-name": "broken" } };
  const { error } = await (await mcp.answer(spoil("modern", spoiled))).json();
  assert.equal(error.code, -32603);
  assert.doesNotMatch(JSON.stringify(error), /secret/);
});

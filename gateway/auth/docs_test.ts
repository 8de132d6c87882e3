import { createLogger, parseSettings } from "@asya/program";
import assert from "node:assert/strict";
import { TokenIssuer } from "../../tests/kit/token_issuer.ts";
import { checkConfig, settings } from "../config.ts";
import { createTestGateway, type TestGateway } from "../testing/test_gateway.ts";
import { FakeClock } from "../testing/fake_clock.ts";
import { createAudit } from "./audit.ts";
import { DENIALS } from "./denial.ts";

const page = await Deno.readTextFile(new URL("../../docs/security.md", import.meta.url));

/** The blocks of the page, by the words behind their fences. */
function blocksOf(kind: string): { readonly name: string; readonly text: string }[] {
  const blocks = page.matchAll(new RegExp(`^\`\`\`${kind} ?(\\S*)\n(.*?)^\`\`\`$`, "gms"));
  return [...blocks].map(([, name = "", text = ""]) => ({ name, text }));
}

function envOf(name: string): Record<string, string> {
  const block = blocksOf("sh settings").find((block) => block.name === name);
  assert(block, name);
  const lines = block.text.trim().split("\n").map((line) => /^([A-Z_]+)='?(.*?)'?$/.exec(line));
  return Object.fromEntries(lines.map((line) => [line?.[1] ?? "", line?.[2] ?? ""]));
}

/** Asks what an exchange shows, and holds the answer to what it shows of it. */
async function assertExchange(bench: TestGateway, text: string): Promise<void> {
  const parts = text.trim().split("\n\n");
  const at = parts.findIndex((part) => /^\d{3}$/m.test(part.split("\n")[0] ?? ""));
  const [[request = "", ...headers] = [], body] = [parts[0]?.split("\n"), parts[1]];
  const [status, ...shown] = parts[at]?.split("\n") ?? [];
  const [method = "", path = ""] = request.split(" ");
  const response = await bench.gateway.fetch(
    new Request(`http://127.0.0.1:8080${path}`, {
      method,
      headers: [
        ...headers.some((line) => line.startsWith("Host:")) ? [] : [["host", "127.0.0.1"]],
        ["content-type", "application/json"],
        ...headers.map((line) => line.split(": ")),
      ] as [string, string][],
      ...(at === 2 && body !== undefined && { body }),
    }),
  );
  const answer = await response.text();
  assert.equal(String(response.status), status, answer);
  for (const line of shown) {
    const [name = "", ...value] = line.split(": ");
    assert.equal(response.headers.get(name), value.join(": "), text);
  }
  const shownBody = parts[at + 1];
  if (shownBody !== undefined) assert.deepEqual(JSON.parse(answer), JSON.parse(shownBody));
}

Deno.test("docs/security.md: its settings are allowed, and its exchanges are what happens", async () => {
  const names = blocksOf("sh settings").map(({ name }) => name);
  assert.deepEqual(names, ["token", "jwt", "rotation", "names", "rate", "much"]);
  for (const name of names) {
    const parsed = parseSettings(settings, envOf(name));
    assert(parsed.ok, parsed.ok ? "" : parsed.problems.join("\n"));
    assert.deepEqual([parsed.notices, checkConfig(parsed.config)], [[], []], name);
  }
  const exchanges = blocksOf("http");
  assert.equal(exchanges.length, 9);
  for (const { name, text } of exchanges) {
    await assertExchange(createTestGateway({ env: envOf(name) }), text);
  }
});

Deno.test("docs/security.md: tokens of another server count by the claims that it names", async () => {
  await using issuer = await TokenIssuer.start();
  const env = envOf("jwt");
  const bench = createTestGateway({ env: { ...env, ...issuer.env, ...pick(env, "AUDIENCE") } });
  await bench.clock.pass(Date.now() - bench.clock.now());
  const scopes = ["jobs:read", "tools:call"];
  for (const audience of ["https://asya.example/mcp", "https://asya.example"]) {
    for (const claims of [{ scope: scopes.join(" ") }, { scp: scopes }]) {
      const token = await issuer.sign("agent", { aud: audience, ...claims });
      const response = await bench.get("/tools", { authorization: `Bearer ${token}` });
      assert.equal(response.status, 200, await response.text());
    }
  }
});

Deno.test({
  name: "docs/security.md: the line of a refusal, and every reason",
  fn: () => {
    const [shown] = blocksOf("json line").map(({ text }) => JSON.parse(text));
    const { reason, route, from, caller, detail } = shown;
    const lines: Record<string, unknown>[] = [];
    const log = createLogger({
      program: "gateway",
      level: "INFO",
      format: "json",
      write: (line) => lines.push(JSON.parse(line)),
    });
    createAudit(log, new FakeClock()).write({ reason, route, from, caller, detail });
    const { time: _, ...line } = lines[0] ?? {};
    assert.deepEqual(line, shown);
    const table = page.slice(page.indexOf("| `reason`"));
    const reasons = [...table.matchAll(/^\| `(\w+)` /gm)].map(([, reason]) => reason);
    assert.deepEqual(reasons.slice(1).sort(), [...DENIALS].sort());
  },
});

function pick(env: Record<string, string>, part: string): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.includes(part)));
}

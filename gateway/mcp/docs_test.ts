import type { JsonObject } from "@asya/protocol";
import assert from "node:assert/strict";
import { McpBench, type RpcMessage } from "../../tests/kit/mcp_bench.ts";
import { TASKS_EXTENSION } from "./declares_tasks.ts";

/** What happens, by the words in a page's comment. */
const ACTS: Readonly<Record<string, JsonObject>> = {
  "the job succeeds": { status: "succeeded", result: { kind: "letter" } },
  "the job fails": { status: "failed", error: "out of ink" },
};

/** A piece of a page that a test does something with. */
interface Piece {
  readonly kind: string;
  readonly text: string;
}

function piecesOf(page: string): Piece[] {
  const pieces = page.matchAll(/^```(\S+ [^\n]+)\n(.*?)^```$|^<!-- test: (.*?) -->$/gms);
  return [...pieces].map(([, kind = "act", text, act]) => ({ kind, text: text ?? act ?? "" }));
}

/**
 * Holds an answer to what a page shows of it: all that is shown is there, `…` is any text, and
 * `<job>` is an id.
 */
function assertShows(shown: RpcMessage, got: RpcMessage, job: string, where: string): void {
  if (typeof shown === "string") {
    const pattern = shown.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("<job>", job);
    assert.match(String(got), new RegExp(`^${pattern.replaceAll("…", "[^]*")}$`), where);
  } else if (typeof shown !== "object" || shown === null) {
    assert.equal(got, shown, where);
  } else {
    for (const [key, value] of Object.entries(shown)) {
      assertShows(value, got?.[key], job, `${where}.${key}`);
    }
  }
}

Deno.test("docs/mcp.md: every exchange is what a gateway does", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/mcp.md", import.meta.url));
  const [first, ...pieces] = piecesOf(page);
  assert.equal(first?.kind, "yaml tools");
  await using bench = new McpBench({ tools: first.text });
  let answer: RpcMessage;
  let job = "none yet";
  let exchanges = 0;
  for (const { kind, text } of pieces) {
    if (kind === "act") {
      const report = ACTS[text];
      assert(report, text);
      await bench.finish(job, report);
    } else if (kind === "json answer") {
      const shown = JSON.parse(text);
      const { taskId, structuredContent } = answer.result.task ?? answer.result;
      job = taskId ?? structuredContent?.job_id ?? job;
      assertShows(shown, answer.result, job, `answer ${++exchanges}`);
    } else {
      const { method, params } = JSON.parse(text.replaceAll("<job>", job));
      const extensions = kind.endsWith(" tasks") ? [TASKS_EXTENSION] : [];
      const mode = kind.includes("2026") ? "modern" : "legacy";
      answer = await bench.ask(mode, method, params, { extensions });
    }
  }
  assert.equal(exchanges, 9);
});

/**
 * Handlers that stream and end in the same moment, in a whole mesh: whoever follows their jobs sees
 * every chunk, in order, before what came of it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import { GatewayClient, poll, TestMesh } from "../kit/mod.ts";

/** Messages that a step works on at a time. */
const AT_A_TIME = 4;

const MESH = `
name: chunks
actors:
  - { name: draft, handler: ./chunks.ts, concurrency: ${AT_A_TIME}, retry: { base: 1s } }
  - { name: polish, handler: ./chunks.ts, concurrency: ${AT_A_TIME} }
tools:
  - name: write
    parameters: { chunks: { type: integer }, fails: { type: string } }
    route: [draft, polish]
    timeout: 60
`;

/** Jobs of each kind; without the wait about half of them miss a chunk. */
const JOBS = 12;

Deno.test("[D12] [D23] what a handler streams as its last is seen before what comes of it", async (t) => {
  await using mesh = await TestMesh.start({
    yaml: MESH,
    handlersIn: "tests/integration/handlers",
    // A machine that is busy with other tests may stand still for longer than the usual limit.
    env: { sidecar: { ASYA_STREAM_WAIT: "3s" } },
  });
  const gateway = new GatewayClient(mesh.gatewayUrl);
  const follow = async (wish: JsonObject) =>
    await storyOf(mesh.gatewayUrl, await gateway.call("write", wish));

  await t.step("one job after the other", async () => {
    for (let job = 0; job < JOBS; job++) {
      const chunks = job % 3 + 1;
      const expected = [...chunksOf("draft", chunks), ...chunksOf("polish", chunks), "Succeeded"];
      assert.deepEqual(chunksAndEnd(await follow({ chunks })), expected, `job ${job}`);
    }
  });
  await t.step("many at a time, steps apart", async () => {
    const stories = await Promise.all(
      Array.from({ length: JOBS }, () => follow({ chunks: 40 })),
    );
    for (const story of stories) {
      const expected = [...chunksOf("draft", 40), ...chunksOf("polish", 40), "Succeeded"];
      assert.deepEqual(chunksAndEnd(story), expected);
      const next = story.findIndex((line) => line.startsWith("polish"));
      assert(next > story.indexOf("draft: chunk 39 of try 1"), story.join("\n"));
    }
  });
  await t.step("a try that fails", async () => {
    const stories = await Promise.all(
      Array.from({ length: JOBS }, () => follow({ chunks: 2, fails: "always" })),
    );
    for (const story of stories) {
      assert.deepEqual(chunksAndEnd(story), [...chunksOf("draft", 2), "Failed"]);
    }
  });
  await t.step("a try that fails, and the next one", async () => {
    const stories = await Promise.all(
      Array.from({ length: JOBS }, () => follow({ chunks: 2, fails: "once" })),
    );
    for (const story of stories) {
      assert.deepEqual(chunksAndEnd(story), [
        ...chunksOf("draft", 2),
        ...chunksOf("draft", 2, 2),
        ...chunksOf("polish", 2),
        "Succeeded",
      ]);
      const retry = story.findIndex((line) => line === "draft: error");
      assert(retry > story.indexOf("draft: chunk 1 of try 1"), story.join("\n"));
      assert(retry < story.indexOf("draft: chunk 0 of try 2"), story.join("\n"));
    }
  });
  await t.step("a gateway that stands still holds up one round of messages, not more", async () => {
    const gatewayProcess = mesh.process("gateway").now;
    const before = await waitsOf(mesh, "draft");
    gatewayProcess.signal("SIGSTOP");
    const messages = Array.from({ length: 40 }, (_, number) => ({
      job_id: `held ${number}`,
      route: { steps: ["draft"], current: 0 },
      payload: { chunks: 1 },
    }));
    await mesh.queues.publishAll("draft", messages);
    const after = await poll("all messages to go on", async () => {
      const now = await waitsOf(mesh, "draft");
      return now.late + now.skipped - before.late - before.skipped === messages.length && now;
    }, { timeoutMs: 30_000 });
    gatewayProcess.signal("SIGCONT");
    const late = after.late - before.late;
    assert(late >= 1 && late <= AT_A_TIME, `${late} messages waited to the limit`);
    await poll("chunks to be waited for again", async () => {
      await follow({ chunks: 1 });
      return (await waitsOf(mesh, "draft")).answered > after.answered;
    }, { timeoutMs: 30_000 });
  });
});

/** How the waits of a step's sidecar ended so far. */
async function waitsOf(
  mesh: TestMesh,
  step: string,
): Promise<Record<"answered" | "late" | "skipped", number>> {
  const url = mesh.process(`${step}.sidecar`).plan.readyUrl?.replace("readyz", "metrics") ?? "";
  const text = await (await fetch(url)).text();
  const count = (outcome: string) =>
    Number(new RegExp(`chunk_waits_total\\{outcome="${outcome}"\\} (\\d+)`).exec(text)?.[1]);
  return { answered: count("answered"), late: count("late"), skipped: count("skipped") };
}

function chunksOf(step: string, count: number, attempt = 1): string[] {
  return Array.from({ length: count }, (_, index) => `${step}: chunk ${index} of try ${attempt}`);
}

/** Of a job's story, what was streamed, and the end. */
function chunksAndEnd(story: readonly string[]): string[] {
  return story.filter((line) => /chunk|^Succeeded|^Failed/.test(line));
}

/** Everything that happened to a job, as its stream tells it: a line for each update. */
async function storyOf(gatewayUrl: string, id: string): Promise<string[]> {
  const response = await fetch(`${gatewayUrl}/jobs/${id}/stream`);
  const data = [...(await response.text()).matchAll(/^data: (\{.*)$/gm)];
  return data.map(([, json = ""]) => lineOf(JSON.parse(json)));
}

function lineOf(update: Json): string {
  assert(isJsonObject(update));
  const { step, step_status: stepStatus, partial, status } = update;
  if (step === undefined) return `${status}`;
  if (!isJsonObject(partial)) return `${step}: ${stepStatus}`;
  return `${step}: chunk ${partial.index} of try ${partial.attempt}`;
}

/**
 * What `docs/rest.md` tells people to type, typed.
 *
 * @module
 */
import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import assert from "node:assert/strict";
import {
  freePort,
  makeTempFolder,
  pathOf,
  platformEnv,
  poll,
  Queues,
  RunningProcess,
  startProgram,
  TcpProxy,
} from "../kit/mod.ts";

const TOOLS = `
tools:
  - name: read_document
    parameters: { page: { type: string, required: true } }
    route: [ocr, classify]
`;

/** A block of the page: what to type, or what comes of it. */
interface Block {
  readonly kind: string;
  readonly text: string;
}

async function readBlocks(): Promise<Block[]> {
  const page = await Deno.readTextFile(pathOf("docs/rest.md"));
  return Array.from(
    page.matchAll(/^```(sh|json|text|ts)[^\n]*\n(.*?)^```$/gms),
    ([, kind = "", text = ""]) => ({ kind, text }),
  );
}

/** Types into a shell. */
async function type(text: string, env: Record<string, string>): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-euc", text],
    env: { ...platformEnv(), ...env },
    clearEnv: true,
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** What a value is made of: names and kinds, but neither texts nor numbers. */
function shapeOf(value: Json): Json {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (!isJsonObject(value)) return typeof value;
  return Object.fromEntries(
    Object.keys(value).sort().map((name) => [name, shapeOf(value[name] ?? null)]),
  );
}

/** A stream's events: their kinds, numbers and what their data are made of. */
function eventsOf(text: string): string[] {
  return text.split("\n\n").filter((block) => block.includes("event: ")).map((block) => {
    const [, data = ""] = /^data: (.*)$/m.exec(block) ?? [];
    const shape = data.startsWith("{") ? shapeOf(JSON.parse(data)) : data;
    return block.trim().replace(/^data: .*$/m, `data: ${JSON.stringify(shape)}`);
  });
}

Deno.test("[G13] what docs/rest.md tells applications to send works as it stands", async () => {
  await using folder = await makeTempFolder();
  const port = freePort();
  await using process = await startProgram("gateway", {
    cwd: folder.path,
    env: {
      ASYA_GATEWAY_PORT: String(port),
      ASYA_DATABASE_URL: `sqlite:${folder.at("jobs.db")}`,
      ASYA_SQLITE_PATH: folder.at("queues.db"),
      ASYA_CONFIG_PATH: await folder.write("tools.yaml", TOOLS),
    },
  });
  await process.waitForLine("listening");
  const gateway = `http://127.0.0.1:${port}`;
  const post = async (path: string, body: JsonObject) => {
    const response = await fetch(`${gateway}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    assert.equal(response.status, 200, await response.text());
  };
  /** What actors would tell of a job, up to its end. */
  const work = async (id: string) => {
    for (const [index, step] of ["ocr", "classify"].entries()) {
      const report = { step, step_index: index, total_steps: 2, message: "page 1" };
      for (const status of ["received", "processing", "completed"]) {
        await post(`/jobs/${id}/progress`, { ...report, status });
      }
    }
  };
  const finish = (id: string) =>
    post(`/jobs/${id}/final`, { status: "succeeded", result: { kind: "invoice" } });

  const blocks = await readBlocks();
  let at = 0;
  const next = (kind: string): string => {
    const block = blocks[at++];
    assert.equal(block?.kind, kind, `block ${at} of the page`);
    return block?.text ?? "";
  };
  const typeNext = async (env: Record<string, string> = {}): Promise<JsonObject> =>
    JSON.parse(await type(next("sh"), { gateway, ...env }));

  const call = next("sh");
  const called = JSON.parse(await type(call, { gateway }));
  assert.deepEqual(shapeOf(called), shapeOf(JSON.parse(next("json"))));
  const id: string = called.structuredContent.job_id;
  assert.equal(JSON.parse(await type(call, { gateway })).structuredContent.job_id, id);

  const stream = type(next("sh"), { gateway, id });
  await poll("the stream to be open", async () => {
    const metrics = await (await fetch(`${gateway}/metrics`)).text();
    return /streams_open 1$/m.test(metrics);
  });
  await work(id);
  await finish(id);
  const followed = eventsOf(await stream);
  const [begins = "", ends = ""] = next("text").split("…");
  const shown = { first: eventsOf(begins), last: eventsOf(ends) };
  assert.deepEqual(followed.slice(0, shown.first.length), shown.first);
  assert.deepEqual(followed.slice(-shown.last.length), shown.last);
  assert.deepEqual(eventsOf(await type(next("sh"), { gateway, id })), eventsOf(next("text")));

  const script = await folder.write("follow.ts", next("ts"));
  await followThroughCuts(script, port, gateway, { work, finish });

  const read = await typeNext({ id });
  assert.deepEqual(shapeOf(read), shapeOf(JSON.parse(next("json"))));

  const other = await fetch(`${gateway}/tools/call`, {
    method: "POST",
    body: JSON.stringify({ name: "read_document", arguments: { page: "s3://scans/2.png" } }),
  });
  const running: string = (await other.json()).structuredContent.job_id;
  const cancelled = await typeNext({ running });
  assert.deepEqual([cancelled.status, cancelled.error], ["Failed", "job cancelled"]);
  const again = await typeNext({ running });
  assert.deepEqual([again.replay_of, again.current_step, again.status], [
    running,
    "classify",
    "Pending",
  ]);
  assert.equal(again.job_id, again.id);

  const listed = await typeNext();
  const rest = await typeNext({ cursor: String(listed.next_cursor) });
  const ids = [listed, rest].flatMap(({ jobs }) =>
    Array.isArray(jobs) ? jobs.filter(isJsonObject).map((job) => job.id) : []
  );
  assert.equal(ids.length, 4);
  assert.equal(new Set(ids).size, 4);
  const searched = await typeNext();
  assert.equal(Array.isArray(searched.jobs) && searched.jobs.length, 4);

  await putLetter(folder.at("queues.db"), running);
  const letters = await typeNext();
  assert.deepEqual(shapeOf(letters), shapeOf(JSON.parse(next("json"))));
  const { dead_letters: [found] = [] } = await (await fetch(`${gateway}/dead-letters`)).json();
  assert.equal(found.job_id, running);
  const whole = await typeNext({ letter: found.id });
  assert.deepEqual(whole.payload, { text: "as it was" });
  const replayed = await typeNext({ letter: found.id });
  assert.deepEqual([replayed.replay_of, replayed.current_step], [running, "classify"]);
  await putLetter(folder.at("queues.db"), id);
  const { dead_letters: [left] } = await (await fetch(`${gateway}/dead-letters`)).json();
  assert.equal(left.job_id, id);
  assert.deepEqual(await typeNext({ other: left.id }), { purged: true });
  const overview = await typeNext();
  assert.equal(overview.dead_letters, 0);
  assert.equal(at, blocks.length, "every block of the page was looked at");
  assert.equal((await process.stop()).code, 0);
});

/** Puts a letter into its queue, as error-end does when work of a step is given up. */
async function putLetter(path: string, jobId: string): Promise<void> {
  await using queues = await Queues.open(path, ["dead-letter-queue"]);
  const metadata = { asya: { created: "2026-01-01T00:00:00.000Z" } };
  const route = { steps: ["ocr", "classify"], current: 1, metadata };
  await queues.publish("dead-letter-queue", {
    dead_letter: { version: 1, from: "error-end", bytes: 152, stored: "s3://results/1.json" },
    job_id: jobId,
    error: "processing_error",
    error_details: { message: "no such page", step: "classify", actor: "classify", attempt: 1 },
    original_message: JSON.stringify({ job_id: jobId, route, payload: { text: "as it was" } }),
  });
}

/** Runs the page's program while the network breaks; it tells every update once. */
async function followThroughCuts(
  script: string,
  port: number,
  gateway: string,
  actors: { work(id: string): Promise<void>; finish(id: string): Promise<void> },
): Promise<void> {
  const response = await fetch(`${gateway}/tools/call`, {
    method: "POST",
    body: JSON.stringify({ name: "read_document", arguments: { page: "x" } }),
  });
  const id: string = (await response.json()).structuredContent.job_id;
  await using proxy = new TcpProxy(port);
  const url = `http://127.0.0.1:${proxy.port}`;
  await using program = new RunningProcess({
    name: "the page's program",
    command: Deno.execPath(),
    args: ["run", "--quiet", "--no-config", "--no-check", `--allow-net=127.0.0.1`, script, url, id],
    env: platformEnv(),
  });
  await actors.work(id);
  await program.waitForLine((line) => line.text.includes("processing"));
  proxy.cut();
  await poll("the program to come again", () => proxy.accepted > 1);
  await actors.finish(id);
  assert.equal((await program.ended()).code, 0, program.output);
  const told = program.lines.map(({ text }) => text);
  assert.equal(new Set(told).size, told.length, told.join("\n"));
  assert.match(told.at(-1) ?? "", /^100 job succeeded/);
}

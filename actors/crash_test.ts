import assert from "node:assert/strict";

/** Starts a process that handles one body with happy-end. */
async function startHappyEnd(resultsDir: string, port: number, body: string) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--ignore-env",
      "--allow-env=ASYA_*",
      `--allow-read=${resultsDir}`,
      `--allow-write=${resultsDir}`,
      `--allow-net=127.0.0.1:${port}`,
      new URL("testing/handle_once.ts", import.meta.url).pathname,
    ],
    env: { ASYA_RESULTS_DIR: resultsDir, ASYA_GATEWAY_URL: `http://127.0.0.1:${port}` },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(body));
  await writer.close();
  return child;
}

async function listFiles(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) paths.push(...await listFiles(path));
    else paths.push(path);
  }
  return paths;
}

Deno.test("[D10] killed between store and report, a job has one object and one report", async () => {
  const folder = await Deno.makeTempDir();
  const asked = Promise.withResolvers<void>();
  const killed = Promise.withResolvers<void>();
  const taken: string[] = [];
  let requests = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const report = await request.text();
    if (requests++ === 0) {
      asked.resolve();
      await killed.promise; // the first report is never answered
      return new Response("", { status: 500 });
    }
    taken.push(report);
    return new Response("");
  });
  const created = "2026-03-04T05:06:07Z";
  const route = { steps: ["ocr"], current: 1, metadata: { asya: { created } } };
  const body = JSON.stringify({ job_id: "j1", route, payload: { answer: 42 } });
  try {
    const first = await startHappyEnd(folder, server.addr.port, body);
    await asked.promise;
    first.kill("SIGKILL");
    assert.equal((await first.output()).signal, "SIGKILL");
    killed.resolve();
    assert.deepEqual(await listFiles(folder), [`${folder}/asya-results/2026-03-04/05/ocr/j1.json`]);

    const again = await startHappyEnd(folder, server.addr.port, body);
    const { success, stdout } = await again.output();
    assert(success, "the second process handles it");
    assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), { kind: "sends", sends: [] });
    const [path = "", ...more] = await listFiles(folder);
    assert.deepEqual(more, [], "one object");
    assert.deepEqual(JSON.parse(await Deno.readTextFile(path)).result, { answer: 42 });
    assert.equal(taken.length, 1, "one report");
    assert.equal(JSON.parse(taken[0] ?? "").metadata.s3_uri, `file://${path}`);
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});

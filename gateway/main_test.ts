import { openSqlite } from "@asya/transport";
import assert from "node:assert/strict";
import {
  freePort,
  makeTempFolder,
  poll,
  type RunningProcess,
  startProgram,
  type TempFolder,
} from "../tests/kit/mod.ts";

const TOOLS = "tools: [{ name: scan, route: [ocr, classify], timeout: 600 }]";

/** A gateway's process, and what it is told. */
interface Started {
  readonly process: RunningProcess;
  readonly url: string;
}

async function start(
  folder: TempFolder,
  more: Record<string, string> = {},
  args: readonly string[] = [],
): Promise<Started> {
  const port = freePort();
  const process = await startProgram("gateway", {
    args,
    cwd: folder.path,
    auditTo: folder.at(`audit-${port}.jsonl`),
    env: {
      ASYA_GATEWAY_PORT: String(port),
      ASYA_DATABASE_URL: `sqlite:${folder.at("jobs.db")}`,
      ASYA_SQLITE_PATH: folder.at("queues.db"),
      ...more,
    },
  });
  return { process, url: `http://127.0.0.1:${port}` };
}

async function ready(started: Started): Promise<Started> {
  await started.process.waitForLine("listening");
  return started;
}

async function call(url: string, name: string, args: object = {}): Promise<string> {
  const response = await fetch(`${url}/tools/call`, {
    method: "POST",
    body: JSON.stringify({ name, arguments: args }),
  });
  return (await response.json()).structuredContent.job_id;
}

async function jobOf(url: string, id: string) {
  return await (await fetch(`${url}/jobs/${id}`)).json();
}

Deno.test("[C9] gateway: serves until a signal, and leaves without a trace", async () => {
  await using folder = await makeTempFolder();
  const { process, url } = await ready(await start(folder));
  await using _ = process;
  assert.equal(await (await fetch(`${url}/health`)).text(), "OK");
  assert.equal((await (await fetch(`${url}/readyz`)).text()).trim(), "ready");
  const id = await call(url, "echo", { message: "hi" });
  assert.equal((await jobOf(url, id)).status, "Succeeded");
  assert.match(await (await fetch(`${url}/metrics`)).text(), /asya_gateway_jobs_created_total/);
  const page = await fetch(url);
  assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  assert.match(await page.text(), /Asya gateway/);
  const { code } = await process.stop();
  assert.equal(code, 0);
  assert.deepEqual(process.lines.filter(({ fields }) => fields.level === undefined), []);
});

Deno.test("[G1] gateway: a bad tools file ends the start with every problem", async () => {
  await using folder = await makeTempFolder();
  const path = await folder.write("tools.yaml", "tools:\n  - name: a b\n    route: []\n");
  const { process } = await start(folder, { ASYA_CONFIG_PATH: path });
  await using _ = process;
  const { code } = await process.ended();
  assert.equal(code, 2);
  assert.match(process.output, /tools\.yaml:2:11: name is "a b"/);
  assert.match(process.output, /tools\.yaml:3:12: the route is empty/);
});

Deno.test("[C1] gateway: bad settings end the start with every problem", async () => {
  await using folder = await makeTempFolder();
  const { process } = await start(folder, {
    ASYA_AUTH: "magic",
    ASYA_JOB_TTL: "soon",
    ASYA_DATABASE_URL: "mysql://x",
  });
  await using _ = process;
  assert.equal((await process.ended()).code, 2);
  for (const name of ["ASYA_AUTH", "ASYA_JOB_TTL", "ASYA_DATABASE_URL"]) {
    assert.match(process.output, new RegExp(`${name} is`));
  }
});

Deno.test("gateway: a store that cannot be opened ends the start with the reason", async () => {
  await using folder = await makeTempFolder();
  await folder.write("jobs.db", "x".repeat(10_000));
  const { process } = await start(folder);
  await using _ = process;
  assert.equal((await process.ended()).code, 1);
  assert.match(process.output, /jobs\.db/);
});

Deno.test("[C1] gateway: a command that there is not starts nothing", async () => {
  await using folder = await makeTempFolder();
  const { process } = await start(folder, {}, ["migrat", "--status"]);
  await using _ = process;
  assert.equal((await process.ended()).code, 2);
  assert.match(
    process.output,
    /^gateway got migrat --status; allowed: migrate, check, --help, or nothing$/m,
  );
  assert(!process.output.includes("listening"));
});

Deno.test("[C7] gateway: a port that is taken is named", async () => {
  await using folder = await makeTempFolder();
  const port = freePort();
  const taken = Deno.listen({ hostname: "127.0.0.1", port });
  const { process } = await start(folder, { ASYA_GATEWAY_PORT: String(port) });
  await using _ = process;
  assert.equal((await process.ended()).code, 1);
  taken.close();
  assert.match(process.output, new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}`));
});

Deno.test("[C7] gateway: what it cannot start without is one line, and exit code 1", async () => {
  await using folder = await makeTempFolder();
  const file = await folder.write(
    "notes.txt",
    "this is no database, but it is long enough to look",
  );
  await Deno.mkdir(folder.at("folder.db"));
  const rows: [Record<string, string>, RegExp][] = [
    [
      { ASYA_DATABASE_URL: `sqlite:${file}` },
      /jobs cannot be kept in .*notes\.txt: .*not a database/,
    ],
    [{ ASYA_DATABASE_URL: `sqlite:${folder.at("folder.db")}` }, /cannot be kept in .*: Is a dir/],
    [{ ASYA_DATABASE_URL: `sqlite:${file}/jobs.db` }, /cannot be kept in .*: Not a directory/],
    [
      { ASYA_DATABASE_URL: "sqlite:/proc/asya/jobs.db" },
      /cannot be kept in \/proc\/asya\/jobs\.db: /,
    ],
    [{ ASYA_SQLITE_PATH: `${file}/queues.db` }, /queues\.db/],
  ];
  for (const [env, expected] of rows) {
    const { process } = await start(folder, env);
    await using _ = process;
    assert.equal((await process.ended()).code, 1);
    const lines = process.output.split("\n").filter((line) => line !== "" && !line.startsWith("{"));
    assert.equal(lines.length, 1, process.output);
    assert.match(lines[0] ?? "", expected);
    assert.match(lines[0] ?? "", /^gateway cannot start; /);
  }
});

Deno.test("[G15] gateway: tools of a ConfigMap are taken when it is replaced", async () => {
  await using folder = await makeTempFolder();
  const mount = async (version: number, name: string) => {
    await folder.write(`tools/..v${version}/tools.yaml`, TOOLS.replace("scan", name));
    await Deno.symlink(`..v${version}`, folder.at("tools/..data_tmp"));
    await Deno.rename(folder.at("tools/..data_tmp"), folder.at("tools/..data"));
  };
  await mount(1, "one");
  await Deno.symlink("..data/tools.yaml", folder.at("tools/tools.yaml"));
  const env = { ASYA_CONFIG_PATH: folder.at("tools") };
  const { process, url } = await ready(await start(folder, env));
  await using _ = process;
  for (const [version, name] of [[1, "one"], [2, "two"], [3, "three"]] as const) {
    if (version > 1) await mount(version, name);
    await poll(`the tool ${name}`, async () => {
      const { tools } = await (await fetch(`${url}/tools`)).json();
      return tools[0].name === name;
    });
    if (version > 1) await Deno.remove(folder.at(`tools/..v${version - 1}`), { recursive: true });
  }
  assert.equal((await process.stop()).code, 0);
});

Deno.test("[G1] [G15] gateway: new tools are taken while it runs, bad ones are not", async () => {
  await using folder = await makeTempFolder();
  const path = await folder.write("tools.yaml", TOOLS);
  const { process, url } = await ready(await start(folder, { ASYA_CONFIG_PATH: path }));
  await using _ = process;
  const names = async () => {
    const { tools } = await (await fetch(`${url}/tools`)).json();
    return tools.map(({ name }: { name: string }) => name).join();
  };
  assert.equal(await names(), "scan,asya_job");

  await folder.write("tools.yaml", TOOLS.replace("scan", "read"));
  await poll("the changed file to be read", async () => await names() === "read,asya_job");

  await folder.write("tools.yaml", "tools: [");
  process.signal("SIGHUP");
  await process.waitForLine("the tools file is bad; the tools stay as they were");
  assert.equal(await names(), "read,asya_job");

  const bad = process.lines.filter(({ fields }) => "problems" in fields);
  assert.deepEqual(bad.map(({ fields }) => fields.problems), [[
    `${path}:1:9: Flow sequence in block collection must be sufficiently indented and end with a ]`,
  ]]);

  // As an editor does it: a new file in the old one's place.
  await folder.write("new.yaml", TOOLS.replace("scan", "write"));
  await Deno.rename(folder.at("new.yaml"), path);
  await poll("the replaced file to be read", async () => await names() === "write,asya_job");
  assert.equal((await process.stop()).code, 0);
});

Deno.test("[G2] gateway: what is stored is sent, wherever the gateway is killed", async () => {
  await using folder = await makeTempFolder();
  const path = await folder.write("tools.yaml", TOOLS);
  const env = { ASYA_CONFIG_PATH: path, ASYA_ROUTE_WAIT: "1m" };
  const accepted: string[] = [];
  let broken = 0;
  const queues = await openSqlite({ path: folder.at("queues.db") });
  for (let round = 0; round < 4; round++) {
    // At first there is no queue: what is accepted then can only be sent after a restart.
    if (round === 2) await queues.declare(["ocr"]);
    const { process, url } = await ready(await start(folder, env));
    await using _ = process;
    const calling = Array.from({ length: 16 }, async () => {
      for (;;) {
        try {
          accepted.push(await call(url, "scan"));
        } catch {
          broken++;
          return; // the gateway is gone
        }
      }
    });
    await poll("calls to be answered", () => accepted.length > (round + 1) * 150);
    await process.kill();
    await Promise.all(calling);
  }
  assert(broken >= 4 * 16, "every caller saw the gateway die");

  const { process, url } = await ready(await start(folder, env));
  await using _ = process;
  for (const id of accepted) assert.equal((await jobOf(url, id)).id, id);

  // Those too whose callers were never answered.
  const sent = new Set<string>();
  const consumer = await queues.consume("ocr", {
    prefetch: 100,
    onDelivery: (delivery) => {
      sent.add(JSON.parse(new TextDecoder().decode(delivery.body)).job_id);
      delivery.ack();
    },
  });
  await poll("every accepted job to be sent", () => accepted.every((id) => sent.has(id)), {
    timeoutMs: 30_000,
  });
  assert.equal((await process.stop()).code, 0);
  await consumer.close();
  await queues.close();
});

Deno.test("[G8] gateway: a deadline that passes while it is down fails the job", async () => {
  await using folder = await makeTempFolder();
  const tools = TOOLS.replace("600", "1");
  const path = await folder.write("tools.yaml", tools);
  const env = { ASYA_CONFIG_PATH: path };
  const first = await ready(await start(folder, env));
  await using _ = first.process;
  const id = await call(first.url, "scan");
  const { deadline } = await jobOf(first.url, id);
  await first.process.kill();
  await poll("the deadline to pass", () => Date.now() > Date.parse(deadline));
  const { process, url } = await ready(await start(folder, env));
  await using __ = process;
  const stream = await (await fetch(`${url}/jobs/${id}/stream`)).text();
  assert.match(stream, /"message":"job timed out"/);
  const job = await jobOf(url, id);
  assert.deepEqual([job.status, job.error], ["Failed", "job timed out"]);
  assert.equal((await process.stop()).code, 0);
});

Deno.test("[G5] gateway: a stream goes on after a restart where it broke off", async () => {
  await using folder = await makeTempFolder();
  const path = await folder.write("tools.yaml", TOOLS);
  const env = { ASYA_CONFIG_PATH: path };
  const first = await ready(await start(folder, env));
  await using _ = first.process;
  const id = await call(first.url, "scan");
  const report = async (url: string, name: string, body: object) => {
    const response = await fetch(`${url}/jobs/${id}/${name}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    await response.body?.cancel();
  };
  const received = { step: "ocr", step_index: 0, total_steps: 2, status: "received" };
  await report(first.url, "progress", received);
  const open = await fetch(`${first.url}/jobs/${id}/stream`);
  assert.equal((await first.process.stop()).code, 0);
  // The gateway ended the stream itself: reading it to its end is no error.
  assert.match(await open.text(), /id: 1\nevent: update\n/);

  const { process, url } = await ready(await start(folder, env));
  await using __ = process;
  await report(url, "final", { status: "succeeded", result: 1 });
  const headers = { "last-event-id": "1" };
  const rest = await (await fetch(`${url}/jobs/${id}/stream`, { headers })).text();
  assert.match(rest, /^event: status\ndata: Succeeded\n\nid: 2\n/);
  assert.match(rest, /"status":"Succeeded"/);
  assert.equal((await process.stop()).code, 0);
});

Deno.test("[C2] gateway: no token appears in what it writes", async () => {
  await using folder = await makeTempFolder();
  const { process, url } = await ready(
    await start(folder, {
      ASYA_AUTH: "token",
      ASYA_API_TOKENS: "me=hush-one,ops/jobs:admin=hush-two",
      ASYA_INTERNAL_TOKEN: "hush-three",
      ASYA_LOG_LEVEL: "DEBUG",
    }),
  );
  await using _ = process;
  for (const token of ["hush-one", "hush-two", "hush-three", "hush-four"]) {
    const headers = { authorization: `Bearer ${token}` };
    for (const path of ["/jobs", "/tools", `/jobs/${token}`, "/nothing"]) {
      await (await fetch(url + path, { headers })).body?.cancel();
    }
    const body = JSON.stringify({ status: "succeeded" });
    const response = await fetch(`${url}/jobs/x/final`, { method: "POST", headers, body });
    await response.body?.cancel();
  }
  assert.equal((await process.stop()).code, 0);
  assert(process.lines.length > 10);
  assert.doesNotMatch(process.output, /hush-(one|two|three)/);
});

Deno.test("[M4] gateway: uses no permission that it was not given", async () => {
  await using folder = await makeTempFolder();
  const path = await folder.write("tools/a.yaml", TOOLS);
  const env = { ASYA_CONFIG_PATH: path.replace("/a.yaml", "") };
  const { process, url } = await ready(await start(folder, env));
  await using _ = process;
  await call(url, "scan");
  const mcp = await fetch(`${url}/mcp`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
  });
  assert.match(await mcp.text(), /"name":"scan"/);
  assert.equal((await process.stop()).code, 0);
  assert.deepEqual(process.lines.filter(({ fields }) => fields.level === undefined), []);
});

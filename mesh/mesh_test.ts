import assert from "node:assert/strict";
import { isJsonObject, parseJson } from "@asya/protocol";

/** Needs `/bin/sh` and `/proc`, which the guard and the look for orphans are made of. */
const main = new URL("main.ts", import.meta.url).pathname;

/** How long a mesh may take for anything a test waits for. */
const PATIENCE_MS = 30_000;

/** Runs a test with a folder that holds a mesh's files. */
async function withFolder(
  files: Readonly<Record<string, string>>,
  test: (folder: string) => Promise<void>,
  below = "",
): Promise<void> {
  const root = await Deno.makeTempDir();
  const folder = `${root}${below}`;
  try {
    await Deno.mkdir(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    await test(folder);
    await waitFor("no process of the mesh is left", async () => (await pidsOf(root)).length === 0);
    assert.deepEqual(await socketsIn(root), [], "no socket is left");
  } finally {
    for (const pid of await pidsOf(root)) Deno.kill(pid, "SIGKILL");
    await Deno.remove(root, { recursive: true });
  }
}

/** Pids of the processes whose command line names a folder. */
async function pidsOf(folder: string): Promise<number[]> {
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", "grep -laF -f - /proc/[0-9]*/cmdline 2>/dev/null"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(folder));
  await writer.close();
  const { stdout } = await child.output();
  return [...new TextDecoder().decode(stdout).matchAll(/\/proc\/(\d+)\//g)].map(([, pid]) =>
    Number(pid)
  );
}

async function socketsIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await socketsIn(path));
    else if (/\.sock(\.|$)/.test(name)) found.push(path);
  }
  return found;
}

/** Looks again and again, until something is so. */
async function waitFor(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  describe = () => "",
): Promise<void> {
  const endMs = Date.now() + PATIENCE_MS;
  while (!await isSo()) {
    assert(Date.now() < endMs, `${what}, within ${PATIENCE_MS} ms\n${describe()}`);
    // stands for the time between two looks
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** A command of `asya` that runs beside the test. */
class Asya {
  readonly lines: string[] = [];
  readonly errors: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<unknown>;
  #hasEnded = false;

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--allow-read",
        "--allow-write",
        "--allow-net",
        "--allow-env",
        "--allow-run",
        main,
        ...args,
      ],
      env: { NO_COLOR: "1", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#read = Promise.all([
      collect(this.#child.stdout, this.lines),
      collect(this.#child.stderr, this.errors),
    ]).then(() => this.#hasEnded = true);
  }

  get output(): string {
    return [...this.lines, ...this.errors].join("\n");
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  signal(name: Deno.Signal): void {
    try {
      this.#child.kill(name);
    } catch (error) {
      // It ended by itself in this moment.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  async ended(): Promise<number> {
    const { code } = await this.#child.status;
    await this.#read;
    return code;
  }

  /** Fields of the first log line with given words, once it is there. */
  async line(message: string, of?: string): Promise<Record<string, unknown>> {
    const find = () =>
      this.lines.map((line) => parseJson(line)).flatMap((json) =>
        json.ok && isJsonObject(json.value) && json.value.message === message &&
          (of === undefined || json.value.of === of)
          ? [json.value]
          : []
      ).at(-1);
    await waitFor(
      `"${message}" is logged`,
      () => find() !== undefined || this.#hasEnded,
      () => this.output,
    );
    assert(find() !== undefined, `"${message}" is logged before the end of\n${this.output}`);
    return { ...find() };
  }
}

async function collect(stream: ReadableStream<Uint8Array>, lines: string[]): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  }
  if (rest !== "") lines.push(rest);
}

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const asya = new Asya(args);
  const code = await asya.ended();
  return { code, out: asya.lines.join("\n"), err: asya.errors.join("\n") };
}

/** Starts a mesh, gives it to a test once it is up, and ends it with a Ctrl-C. */
async function withMesh(
  file: string,
  test: (asya: Asya, url: string) => Promise<void>,
  args: readonly string[] = [],
): Promise<void> {
  const asya = new Asya(["up", file, "--json", ...args], { ASYA_LOG_LEVEL: "DEBUG" });
  const { url } = await asya.line("mesh is up");
  await test(asya, String(url));
  asya.signal("SIGINT");
  assert.equal(await asya.ended(), 0, asya.output);
  assert.deepEqual(await targetsOf(file), []);
}

/** Names of the files by which a Prometheus finds the parts of a mesh. */
async function targetsOf(file: string): Promise<string[]> {
  const folder = file.replace(/[^/]+$/, ".asya/metrics");
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

const hello = {
  "hello.ts": "export default (msg) => ({ greeting: `Hello, ${msg.payload.name}!` });\n",
  "mesh.yaml": `
name: hello
actors:
  - { name: hello, handler: ./hello.ts }
tools:
  - name: say_hello
    parameters: { name: { type: string, default: world } }
    route: [hello]
demo: { tool: say_hello, arguments: { name: Ada } }
`,
};

const stuck = {
  "stuck.ts": "export default () => new Promise(() => {});\n",
  "mesh.yaml": `
name: stuck
actors:
  - { name: stuck, handler: ./stuck.ts }
tools:
  - { name: wait, route: [stuck] }
`,
};

Deno.test("[M1] [M2] a mesh comes up, is called, and leaves nothing behind", () =>
  withFolder(hello, (folder) =>
    withMesh(`${folder}/mesh.yaml`, async (_, url) => {
      const { code, out, err } = await run("call", "say_hello", "--arg", "name=Ada", "--url", url);
      assert.equal(code, 0, err);
      assert.deepEqual(JSON.parse(out), { greeting: "Hello, Ada!" });
      assert.match(err, /100% /);
      const stored = /^stored at (.+)$/m.exec(err)?.[1] ?? "";
      assert.equal(JSON.parse(await Deno.readTextFile(stored)).result.greeting, "Hello, Ada!");
      const tools = await run("tools", "--url", url);
      assert.match(tools.out, /^say_hello$/m);
      assert.match(tools.out, /^ {2}name {2}string, default "world"$/m);
    })));

const fanOut = {
  "books.ts": "export default (msg) => msg.payload.books.map((items) => ({ items }));\n",
  "split.ts": "export default (msg) => msg.payload.items;\n",
  "work.ts": `export default (msg) => {
    if (msg.payload.n === 0) throw new RangeError("0 is not allowed");
    return { square: msg.payload.n ** 2 };
  };
`,
  "sum.ts": `export default ({ payload: { branches } }) => ({
    squares: branches.map((branch) => branch?.square ?? null),
  });
`,
  "mesh.yaml": `
name: fan-out
actors:
  - { name: split, handler: ./split.ts }
  - { name: work, handler: ./work.ts, concurrency: 4 }
  - { name: gather, join: true, replicas: 2, prefetch: 4 }
  - { name: sum, handler: ./sum.ts }
  - { name: books, handler: ./books.ts }
  - { name: shelf, join: true }
tools:
  - name: library
    inputSchema: { type: object, properties: { books: { type: array } } }
    route: [books, split, work, gather, shelf]
  - name: squares
    inputSchema: { type: object, properties: { items: { type: array } } }
    route: [split, work, gather, sum]
  - name: any_squares
    inputSchema: { type: object, properties: { items: { type: array } } }
    route: [split, work, { join: gather, quorum: 1, wait: all }, sum]
`,
};

Deno.test("[D13] [J1] [J2] a fan-out meets in a join, whole or in part, or fails with its branch's reason", () =>
  withFolder(fanOut, (folder) =>
    withMesh(`${folder}/mesh.yaml`, async (_, url) => {
      const squares = (items: unknown, tool = "squares") =>
        run("call", tool, "--arg", `items=${JSON.stringify(items)}`, "--url", url);
      const cases = [
        [[{ n: 1 }, null, { n: 3 }], [1, null, 9]],
        [[{ n: 2 }], [4]],
        [Array.from({ length: 30 }, (_, n) => ({ n: n + 1 })), undefined],
      ] as const;
      for (const [items, expected] of cases) {
        const { code, out, err } = await squares(items);
        assert.equal(code, 0, err);
        const wanted = expected ?? items.map((item) => item && item.n ** 2);
        assert.deepEqual(JSON.parse(out), { squares: wanted });
      }
      const some = await squares([{ n: 1 }, { n: 0 }, { n: 3 }], "any_squares");
      assert.equal(some.code, 0, some.err);
      assert.deepEqual(JSON.parse(some.out), { squares: [1, null, 9] });
      const { code, err } = await squares([{ n: 1 }, { n: 0 }, { n: 3 }]);
      assert.equal(code, 1);
      assert.match(err, /branch 2 of 3 failed: 0 is not allowed/);
      const books = JSON.stringify([[{ n: 1 }, null, { n: 2 }], null]);
      const library = await run("call", "library", "--arg", `books=${books}`, "--url", url);
      assert.equal(library.code, 0, library.err);
      // The second book has no pages: the shelf is told so, not the join of pages.
      assert.deepEqual(JSON.parse(library.out), {
        branches: [{ branches: [{ square: 1 }, null, { square: 4 }] }, null],
      });
    })));

Deno.test("[M3] a process that is killed is started again, and work goes on", () =>
  withFolder(hello, (folder) =>
    withMesh(`${folder}/mesh.yaml`, async (asya, url) => {
      for (const name of ["hello.sidecar", "hello.runtime", "gateway"]) {
        const { pid } = await asya.line("process started", name);
        Deno.kill(Number(pid), "SIGKILL");
        await asya.line("process died and is started again", name);
        await waitFor(`${name} is started again`, async () => {
          return (await asya.line("process started", name)).pid !== pid;
        });
        await waitFor("the gateway answers", async () => {
          const response = await fetch(`${url}/readyz`).catch(() => undefined);
          await response?.body?.cancel();
          return response?.ok === true;
        });
        const { code, out, err } = await run("call", "say_hello", "--url", url);
        assert.equal(code, 0, err);
        assert.deepEqual(JSON.parse(out), { greeting: "Hello, world!" }, name);
      }
    })));

Deno.test("[M2] nothing is left of a mesh that is killed", () =>
  withFolder(hello, async (folder) => {
    const asya = new Asya(["up", `${folder}/mesh.yaml`, "--json"]);
    await asya.line("mesh is up");
    assert.notDeepEqual(await socketsIn(folder), []);
    asya.signal("SIGKILL");
    await asya.ended();
    await waitFor("all sockets are gone", async () => (await socketsIn(folder)).length === 0);
    const left = ["error-end.json", "gateway.json", "happy-end.json", "hello.json"];
    assert.deepEqual(await targetsOf(`${folder}/mesh.yaml`), left, "whom an alert is about");
  }));

Deno.test("[M2] a first signal waits for the work in hand, a second one does not", () =>
  withFolder(stuck, async (folder) => {
    const asya = new Asya(["up", `${folder}/mesh.yaml`, "--json"], { ASYA_LOG_LEVEL: "DEBUG" });
    const { url } = await asya.line("mesh is up");
    const response = await fetch(`${url}/tools/call`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "wait", arguments: {} }),
    });
    assert.equal(response.status, 200, await response.text());
    const { job_id } = await (await fetch(`${url}/jobs`)).json().then(({ jobs }) => ({
      job_id: jobs[0].id,
    }));
    await waitFor("the handler has it", async () => {
      const job = await (await fetch(`${url}/jobs/${job_id}`)).json();
      return job.status === "Running";
    });
    asya.signal("SIGINT");
    await asya.line("draining");
    // One that comes with the first would be taken for the first.
    await waitFor("a later one ends it", () => {
      if (!asya.hasEnded) asya.signal("SIGINT");
      return asya.hasEnded;
    });
    assert.notEqual(await asya.ended(), 1, asya.output);
  }));

Deno.test("[M2] a signal that is heard twice is one", () =>
  withFolder(hello, async (folder) => {
    const asya = new Asya(["up", `${folder}/mesh.yaml`, "--json"]);
    await asya.line("mesh is up");
    asya.signal("SIGINT");
    // Two that come before either was heard are one already.
    await new Promise((resolve) => setTimeout(resolve, 2));
    asya.signal("SIGINT");
    assert.equal(await asya.ended(), 0, asya.output);
    await asya.line("drained");
  }));

/** Listens at the port that a gateway has where it is free; nothing where it is not. */
function listenAt8080(): Deno.TcpListener | undefined {
  try {
    return Deno.listen({ hostname: "127.0.0.1", port: 8080 });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return undefined;
    throw error;
  }
}

Deno.test("[M1] [U5] --only starts what is named, beside what runs already", () =>
  withFolder(hello, (folder) => {
    const file = `${folder}/mesh.yaml`;
    // Takes the port that the gateway would have had.
    const server = listenAt8080();
    const units = ["gateway", "error-end", "hello", "happy-end"];
    return withMesh(file, async (gateway, url) => {
      const others = new Asya(["up", file, "--only", "hello,happy-end", "--json"], {
        ASYA_LOG_LEVEL: "DEBUG",
      });
      await others.line("mesh is up");
      const { code, err } = await run("call", "say_hello", "--url", url);
      assert.equal(code, 0, "it reports to the gateway, wherever that is: " + err);
      const again = await run("up", file, "--only", "hello");
      assert.equal(again.code, 1);
      assert.match(again.err, /^hello of this mesh runs already, in process \d+$/);
      const theirs = ["happy-end.json", "hello.json"];
      const own = ["error-end.json", "gateway.json"];
      assert.deepEqual(await targetsOf(file), [...own, ...theirs].sort());
      others.signal("SIGTERM");
      assert.equal(await others.ended(), 0, others.output);
      assert.deepEqual(await targetsOf(file), own, "what still runs is still found");
      const started = gateway.lines.map((line) => JSON.parse(line))
        .filter(({ message }) => message === "process started").map(({ of }) => of);
      assert.deepEqual(started, ["gateway", "error-end.runtime", "error-end.sidecar"]);
      const logged = (await run("logs", "--file", file, "--json", "--since", "5m")).out.split("\n")
        .map((line) => JSON.parse(line));
      const up = logged.filter(({ message }) => message === "process started");
      assert.deepEqual(new Set(up.map(({ of }) => of.split(".")[0])), new Set(units));
      for (const process of [...units, "mesh"]) {
        assert(logged.some((line) => line.process.split(".")[0] === process), process);
      }
    }, ["--only", "gateway,error-end"]).finally(() => server?.close());
  }));

Deno.test("[M1] two meshes that start together have a gateway each", () =>
  withFolder(hello, async (folder) => {
    await Deno.mkdir(`${folder}/other`);
    for (const [name, text] of Object.entries(hello)) {
      const other = text.replaceAll("say_hello", "say_hi");
      await Deno.writeTextFile(`${folder}/other/${name}`, other);
    }
    const files = [`${folder}/mesh.yaml`, `${folder}/other/mesh.yaml`];
    const meshes = files.map((file) => new Asya(["up", file, "--json"]));
    const urls = await Promise.all(meshes.map((mesh) => mesh.line("mesh is up")));
    for (const [index, name] of ["say_hello", "say_hi"].entries()) {
      const listed = await run("tools", "--json", "--url", String(urls[index]?.url));
      assert.equal(JSON.parse(listed.out).tools[0].name, name);
    }
    for (const mesh of meshes) mesh.signal("SIGINT");
    for (const mesh of meshes) assert.equal(await mesh.ended(), 0, mesh.output);
  }));

Deno.test("[M5] what cannot be started says why, and leaves nothing", async (t) => {
  await t.step(
    "a file that is wrong, by line and column",
    () =>
      withFolder({ "mesh.yaml": "name: x\nactor: []\n" }, async (folder) => {
        const { code, err } = await run("up", `${folder}/mesh.yaml`);
        assert.equal(code, 2);
        assert.match(err, /mesh\.yaml:2:1: actor is not known; did you mean actors\?/);
      }),
  );
  await t.step("no file", async () => {
    const { code, err } = await run("up", "/nowhere/mesh.yaml");
    assert.equal(code, 2);
    assert.equal(err, "there is no file /nowhere/mesh.yaml");
  });
  await t.step("a part that is not there", () =>
    withFolder(hello, async (folder) => {
      const { code, err } = await run("up", `${folder}/mesh.yaml`, "--only", "helo");
      assert.equal(code, 2);
      assert.equal(err, '--only names "helo"; did you mean hello?');
    }));
  await t.step("a broker that nobody knows", () =>
    withFolder(hello, async (folder) => {
      const url = "kafka://me:s3cret@x";
      const { code, err } = await run("up", `${folder}/mesh.yaml`, "--transport", url);
      assert.equal(code, 2);
      assert.equal(
        err,
        '--transport is "kafka://me:***@x"; ' +
          "allowed: sqlite:PATH, amqp://…, amqps://…, rabbitmq",
      );
    }));
  await t.step(
    "everything that is wrong with a broker's settings, beside what is with the file",
    () =>
      withFolder({ "mesh.yaml": "name: x\nactor: []\n" }, async (folder) => {
        const env = {
          ASYA_RABBITMQ_CA_FILE: "none.pem",
          ASYA_RABBITMQ_QUEUE_TYPE: "stream",
        };
        const wrong = new Asya(["demo", `${folder}/mesh.yaml`, "--transport", "amqps:///"], env);
        assert.equal(await wrong.ended(), 2);
        assert.match(wrong.output, /mesh\.yaml:2:1: actor is not known/);
        assert.match(
          wrong.output,
          /^ASYA_RABBITMQ_QUEUE_TYPE is "stream"; allowed: classic, quorum$/m,
        );
        const { ASYA_RABBITMQ_CA_FILE } = env;
        const url = "amqps://me:s3cret@localhost";
        const missing = new Asya(["up", `${folder}/mesh.yaml`, "--transport", url], {
          ASYA_RABBITMQ_CA_FILE,
        });
        assert.equal(await missing.ended(), 2);
        assert.match(
          missing.output,
          /^ASYA_RABBITMQ_CA_FILE is ".*\/none\.pem", but there is no such/m,
        );
        assert.doesNotMatch(missing.output, /s3cret/);
      }),
  );
  await t.step(
    "everything that is wrong with a bucket's settings, before anything is started",
    () =>
      withFolder(
        { ...hello, "mesh.yaml": `${hello["mesh.yaml"]}results: s3://papers/team/\n` },
        async (folder) => {
          const wrong = new Asya(["up", `${folder}/mesh.yaml`], {
            ASYA_S3_ENDPOINT: "minio:9000",
            ASYA_S3_SECRET_KEY: "hunter22",
          });
          assert.equal(await wrong.ended(), 2);
          assert.deepEqual(wrong.lines, []);
          assert.deepEqual(wrong.errors, [
            `the bucket of ${folder}/mesh.yaml cannot be used so:`,
            'ASYA_S3_ENDPOINT is "minio:9000"; allowed: a URL that begins with http: or https:',
            "ASYA_S3_SECRET_KEY is set, but ASYA_S3_ACCESS_KEY is not; allowed: both, or neither",
          ]);
          const listed = new Asya(["up", `${folder}/mesh.yaml`], {
            ASYA_S3_ENDPOINT: "http://a,b",
          });
          assert.equal(await listed.ended(), 2);
          assert.deepEqual(listed.errors, [
            "http://a,b has a comma, which no list of permissions can hold",
          ]);
        },
      ),
  );
  await t.step(
    "a bucket in the environment that the file has no word of, before anything is started",
    () =>
      withFolder({ ...hello, ".asya": "" }, async (folder) => {
        const asya = new Asya(["up", `${folder}/mesh.yaml`], { ASYA_S3_BUCKET: "papers" });
        assert.equal(await asya.ended(), 1);
        assert.match(
          asya.errors[0] ?? "",
          /^ASYA_S3_BUCKET has no effect here: outcomes go to \.asya\/results, as the mesh's file/,
        );
      }),
  );
  await t.step("a folder instead of a file", () =>
    withFolder(hello, async (folder) => {
      const { code, err } = await run("up", folder);
      assert.equal(code, 2);
      assert.equal(err, `${folder} is a folder; a file is allowed, such as ${folder}/mesh.yaml`);
    }));

  await t.step(
    "a place where nothing can be kept",
    () =>
      withFolder({ ...hello, ".asya": "" }, async (folder) => {
        const { code, err } = await run("up", `${folder}/mesh.yaml`);
        assert.equal(code, 1);
        assert.match(err, /^Not a directory .*\.asya\/run'$/);
      }),
  );

  await t.step("a port that is taken, even by what looks like a gateway", async () => {
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => new Response("ready\n"),
    );
    const { port } = server.addr;
    const taken = { ...hello, "mesh.yaml": `${hello["mesh.yaml"]}ports: { gateway: ${port} }\n` };
    await withFolder(taken, async (folder) => {
      const { code, out, err } = await run("demo", `${folder}/mesh.yaml`);
      assert.equal(code, 1, out);
      assert.match(
        err,
        /mesh\.yaml: ports\.gateway is \d+, which another process listens on; a free/,
      );
    });
    await server.shutdown();
  });

  await t.step(
    "a handler that cannot be loaded, with its last words",
    () =>
      withFolder({ ...hello, "hello.ts": "export const other = 1;\n" }, async (folder) => {
        const { code, err } = await run("up", `${folder}/mesh.yaml`);
        assert.equal(code, 1);
        assert.match(err, /^hello\.runtime did not come up: /m);
        assert.match(err, /other/, "it says what the module exports");
      }),
  );
  await t.step("a tool that the gateway refuses, by the line of the mesh's file", () =>
    withFolder(
      { ...hello, "mesh.yaml": hello["mesh.yaml"].replace("parameters", "paramaters") },
      async (folder) => {
        const { code, err } = await run("up", `${folder}/mesh.yaml`);
        assert.equal(code, 1);
        assert.match(err, /^gateway did not come up: /m);
        assert.match(err, /:7:5: .*paramaters/);
      },
    ));
});

Deno.test("[M1] a demo shows its result on standard output, and all else beside it", () =>
  withFolder(hello, async (folder) => {
    const { code, out, err } = await run("demo", `${folder}/mesh.yaml`);
    assert.equal(code, 0, err);
    assert.deepEqual(JSON.parse(out), { greeting: "Hello, Ada!" });
    assert.match(err, /^7 processes are ready after [\d.]+ s$/m);
    assert.match(err, /^calling say_hello {"name":"Ada"}$/m);
    assert.match(err, /^stored at .*\.json$/m);
  }));

Deno.test("[M1] handlers are loaded as this shell loads modules: registries, certificates, proxies", () => {
  const names = ["JSR_URL", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "DENO_CERT"];
  const files = {
    ...hello,
    "hello.ts": `export default () => ({
      env: ${JSON.stringify(names)}.map((name) => Deno.env.get(name)) });\n`,
    "mesh.yaml": hello["mesh.yaml"].replace(
      "./hello.ts",
      `./hello.ts, permissions: { env: [${names}] }`,
    ),
    // A file with no certificate in it is as good as none.
    "none.pem": "",
  };
  return withFolder(files, async (folder) => {
    const values = ["https://jsr.example/", folder, `${folder}/none.pem`, `${folder}/none.pem`];
    const env = Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""]));
    const asya = new Asya(["demo", `${folder}/mesh.yaml`], env);
    assert.equal(await asya.ended(), 0, asya.output);
    assert.deepEqual(JSON.parse(asya.lines.join("")), { env: values });
  });
});

Deno.test("[M1] a demo that fails says why, and ends with 1", () => {
  const files = { ...hello, "hello.ts": "export default () => { throw new TypeError('no'); };\n" };
  return withFolder(files, async (folder) => {
    const { code, out, err } = await run("demo", `${folder}/mesh.yaml`);
    assert.equal(code, 1);
    assert.equal(out, "");
    assert.match(err, /^failed: processing_error: no$/m);
    assert.match(err, /work is dead-lettered/, "the log is shown");
  });
});

Deno.test("[M2] a mesh in a deep folder has its sockets elsewhere, and leaves none", async () => {
  const runtimeDir = await Deno.makeTempDir();
  try {
    await withFolder(hello, async (folder) => {
      const asya = new Asya(["demo", `${folder}/mesh.yaml`], { XDG_RUNTIME_DIR: runtimeDir });
      assert.equal(await asya.ended(), 0, asya.output);
    }, `/${"deep folder/".repeat(10)}`);
    assert.deepEqual([...Deno.readDirSync(runtimeDir)], [], "the private folder is gone");
  } finally {
    await Deno.remove(runtimeDir, { recursive: true });
  }
});

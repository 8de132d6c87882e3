/**
 * `asya doctor` on a real broker, a real database and a real bucket: what is broken is found and
 * named, and nothing is changed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openSqlite } from "@asya/transport";
import {
  findPostgres,
  findRabbitmq,
  makeTempFolder,
  pathOf,
  platformEnv,
  RunningProcess,
  TestS3,
  type TestVhost,
} from "../kit/mod.ts";

const rabbitmq = await findRabbitmq();
const postgres = await findPostgres();

/** What `asya doctor --json` prints. */
interface Report {
  readonly ok: boolean;
  readonly findings: readonly {
    readonly check: string;
    readonly level: "ok" | "unknown" | "warning" | "broken";
    readonly what: string;
    readonly why?: string;
    readonly todo?: string;
  }[];
}

const MESH = `
name: sick
actors:
  - { name: ocr, handler: ./ocr.ts }
tools:
  - { name: read, route: [ocr] }
`;

const FILES = { "mesh.yaml": MESH, "ocr.ts": "export default () => ({ text: 'x' });\n" };

function asya(folder: string, args: readonly string[], env: Record<string, string> = {}) {
  const rights = ["read", "write", "net", "env", "run"].map((kind) => `--allow-${kind}`);
  return new RunningProcess({
    name: `asya ${args[0]}`,
    command: Deno.execPath(),
    args: ["run", "--no-prompt", ...rights, pathOf("mesh/main.ts"), ...args],
    env: { ...platformEnv(), ...env },
    cwd: folder,
  });
}

/** Asks the doctor; what is not fine comes back as `level check: what`. */
async function ask(
  folder: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<string[]> {
  await using process = asya(folder, ["doctor", "--json", ...args], env);
  const { code } = await process.ended();
  const report: Report = JSON.parse(
    process.lines.find(({ stream }) => stream === "stdout")?.text ?? assert.fail(process.output),
  );
  assert.equal(code, report.ok ? 0 : 1, process.output);
  const bad = report.findings.filter(({ level }) => level !== "ok");
  for (const { why, todo } of bad) assert(why && todo, "each says why it matters and what to do");
  return bad.map(({ level, check, what }) => `${level} ${check}: ${what}`);
}

async function withFolder(
  files: Readonly<Record<string, string>>,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  await using folder = await makeTempFolder();
  for (const [name, text] of Object.entries(files)) await folder.write(name, text);
  await test(folder.path);
}

function assertFound(found: readonly string[], expected: readonly RegExp[]): void {
  for (const words of expected) {
    assert(found.some((line) => words.test(line)), `${words} in\n${found.join("\n")}`);
  }
  assert.equal(found.length, expected.length, found.join("\n"));
}

Deno.test("[M10] a mesh that is well is said to be, and is as it was", () =>
  withFolder(FILES, async (folder) => {
    assert.deepEqual(await ask(folder), []);
    const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
    assert.deepEqual(names, ["mesh.yaml", "ocr.ts"]);
    await using mesh = asya(folder, ["up", "--json"]);
    await mesh.waitForLine("mesh is up", 30_000);
    assert.deepEqual(await ask(folder), []);
    assert.equal((await mesh.stop()).code, 0);
    const queues = await openSqlite({ path: `${folder}/.asya/queues.db` });
    const body = new TextEncoder().encode("{}");
    await queues.publish([{ queue: "dead-letter-queue", body, messageId: "m" }]);
    await queues.close();
    assertFound(await ask(folder), [/^warning queue dead-letter-queue: 1 dead letter waits/]);
  }));

Deno.test("[M10] what is wrong with a mesh's own files is found", async (t) => {
  await t.step("its handlers, its tools, its port, unknown settings", () =>
    withFolder({
      ...FILES,
      "ocr.ts": `const model = Deno.readTextFileSync("./model.json");
export default () => ({ model });
`,
      "sum.ts": "export const sum = () => ({});\n",
      "mesh.yaml": MESH
        .replace("tools:", "  - { name: sum, handler: ./sum.ts }\ntools:")
        .replace("route: [ocr]", "route: [ocr, sum], descripion: x"),
    }, async (folder) => {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = listener.addr;
      await Deno.writeTextFile(
        `${folder}/mesh.yaml`,
        `\nports: { gateway: ${port} }\n`,
        { append: true },
      );
      const found = await ask(folder, [], { ASYA_LOG_LEVL: "INFO" });
      assertFound(found, [
        /^warning settings: ASYA_LOG_LEVL .*did you mean ASYA_LOG_LEVEL\?/,
        /^broken handler of ocr: NotCapable: Requires read access to "\.\/model\.json".*ocr\.ts:1:/,
        /^broken handler of sum: .*\.\/sum\.ts has no default export/,
        /^broken settings of gateway: .*descripion/,
        /^broken port: another process listens on/,
      ]);
    }));
  await t.step("its joins", () =>
    withFolder({
      ...FILES,
      "mesh.yaml": MESH
        .replace(
          "tools:",
          "  - { name: gather, join: true, env: { ASYA_JOIN_KEEP: ever } }\ntools:",
        )
        .replace("route: [ocr]", "route: [ocr, gather]"),
    }, async (folder) => {
      assertFound(await ask(folder), [
        /^broken settings of gather\.runtime: ASYA_JOIN_KEEP is "ever"; allowed: /,
      ]);
      const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
      assert.deepEqual(names, ["mesh.yaml", "ocr.ts"], "nothing is made for it");
    }));
  await t.step(
    "a file that is wrong",
    () =>
      withFolder({ "mesh.yaml": "name: x\nactor: []\n" }, async (folder) => {
        const words =
          /^broken mesh file: mesh\.yaml:2:1: actor is not known; did you mean actors\?$/;
        assert((await ask(folder)).some((line) => words.test(line)));
      }),
  );
});

/** Everything that a vhost has, without what changes by itself. */
async function contentsOf({ name, admin }: TestVhost): Promise<unknown> {
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => name).sort();
  return {
    queues: (await admin.queues(name)).map(({ name, ready, unacked }) => ({ name, ready, unacked }))
      .sort((one, other) => one.name < other.name ? -1 : 1),
    exchanges: names(await admin.get(`exchanges/${name}`)),
    bindings: (await admin.get<unknown[]>(`bindings/${name}`)).length,
  };
}

Deno.test({
  name: "[M10] what is wrong on a RabbitMQ is found, and nothing there is changed",
  ignore: rabbitmq.isMissing,
  fn: (t) =>
    withFolder({
      ...FILES,
      "mesh.yaml": MESH
        .replace("./ocr.ts }", "./ocr.ts, timeout: 20m, prefetch: 2 }")
        .replace("[ocr]", "[ocr, elsewhere, ghost]"),
    }, async (folder) => {
      await using vhost = await rabbitmq.createVhost();
      const { name, admin } = vhost;
      const at = { ASYA_RABBITMQ_MANAGEMENT_URL: admin.url };
      const on = ["--transport", vhost.url];
      const untouched = await contentsOf(vhost);

      await t.step("a broker that nothing was made on so far", async () => {
        assertFound(await ask(folder, on, at), [
          /^broken queue elsewhere: there is no such queue/,
          /^broken queue ghost: there is no such queue/,
          /^warning queue ocr: a message may be held for 40m/,
        ]);
        assert.deepEqual(await contentsOf(vhost), untouched);
      });

      await t.step("queues that lose messages, or keep them for ever", async () => {
        const declare = (queue: string, body: object) =>
          admin.put(`queues/${name}/${queue}`, { durable: true, ...body });
        await admin.put(`exchanges/${name}/asya`, { type: "topic", durable: true });
        await declare("ocr", { arguments: { "x-queue-type": "quorum", "x-delivery-limit": 3 } });
        await declare("elsewhere", { arguments: { "x-consumer-timeout": 60_000 } });
        await declare("ghost", { durable: false });
        await declare("dead-letter-queue", {});
        for (const queue of ["ocr", "elsewhere"]) {
          await admin.post(`bindings/${name}/e/asya/q/${queue}`, { routing_key: queue });
        }
        await admin.post(`exchanges/${name}/amq.default/publish`, {
          properties: {},
          routing_key: "dead-letter-queue",
          payload: "{}",
          payload_encoding: "string",
        });
        const before = await contentsOf(vhost);
        assertFound(await ask(folder, on, at), [
          /^broken queue ocr: it drops a message after 3 deliveries/,
          /^warning queue ocr: a message may be held for 40m/,
          /^broken queue elsewhere: nobody takes from it/,
          /^broken queue ghost: nobody takes from it/,
          /^broken queue ghost: the exchange hands it no messages of its name/,
          /^broken queue ghost: it is not durable/,
          /^warning queue dead-letter-queue: 1 dead letter waits/,
          /^broken queue dead-letter-queue: the exchange hands it no messages/,
        ]);
        assert.deepEqual(await contentsOf(vhost), before);
      });

      await t.step("the queues of a gateway's tools, without a mesh", async () => {
        await Deno.mkdir(`${folder}/tools`);
        const tools = "tools: [{ name: read, route: [elsewhere, nowhere] }]\n";
        await Deno.writeTextFile(`${folder}/tools/read.yaml`, tools);
        const env = { ASYA_RABBITMQ_URL: vhost.url, ASYA_CONFIG_PATH: `${folder}/tools` };
        const found = await ask(`${folder}/tools`, [], { ...at, ...env });
        assertFound(found.filter((line) => line.startsWith("broken")), [
          /^broken queue elsewhere: nobody takes from it/,
          /^broken queue nowhere: there is no such queue/,
          /^broken queue happy-end: there is no such queue/,
          /^broken queue error-end: there is no such queue/,
          /^broken queue dead-letter-queue: the exchange hands it no messages/,
        ]);
      });

      await t.step("an exchange of another type", async () => {
        await admin.put(`exchanges/${name}/asya2`, { type: "direct", durable: true });
        const found = await ask(folder, on, { ...at, ASYA_RABBITMQ_EXCHANGE: "asya2" });
        assertFound(found.filter((line) => line.includes("broker:")), [
          /^broken broker: the exchange asya2 is of type direct, not topic/,
        ]);
      });

      await t.step("a wrong password, and a port where nobody listens", async () => {
        const wrong = vhost.url.replace(":guest@", ":wr0ng-one@");
        const refused = await ask(folder, ["--transport", wrong], at);
        assertFound(refused, [/^broken broker: it answers, and lets us not in: .*ACCESS.REFUSED/]);
        assert.doesNotMatch(refused.join(), /wr0ng-one/);
        assertFound(await ask(folder, ["--transport", "amqp://127.0.0.1:1/"]), [
          /^broken broker: .*ECONNREFUSED/,
        ]);
      });

      await t.step("what could not be checked is said", async () => {
        const found = await ask(folder, on, {
          ASYA_RABBITMQ_MANAGEMENT_URL: "http://127.0.0.1:2",
        });
        assertFound(found.filter((line) => line.startsWith("unknown")), [
          /^unknown broker: its alarms.* could not be read at http:\/\/127\.0\.0\.1:2/,
        ]);
      });
    }),
});

Deno.test({
  name: "[M10] a mesh that works on a RabbitMQ is said to be well",
  ignore: rabbitmq.isMissing,
  fn: () =>
    withFolder(FILES, async (folder) => {
      await using vhost = await rabbitmq.createVhost();
      const on = ["--transport", vhost.url];
      await using mesh = asya(folder, ["up", "--json", ...on]);
      await mesh.waitForLine("mesh is up", 30_000);
      const at = { ASYA_RABBITMQ_MANAGEMENT_URL: vhost.admin.url };
      assert.deepEqual(await ask(folder, on, at), []);
      assert.equal((await mesh.stop()).code, 0);
    }),
});

Deno.test("[M10] a bucket is written, and left as it was", () =>
  withFolder({}, async (folder) => {
    await using s3 = await TestS3.start();
    assert.deepEqual(await ask(folder, [], s3.env), []);
    assert.deepEqual(await s3.objects(), {});
    assertFound(await ask(folder, [], { ...s3.env, ASYA_S3_BUCKET: "missing" }), [
      /^broken results: the bucket missing cannot be written: NoSuchBucket/,
    ]);
    assertFound(await ask(folder, [], { ...s3.env, ASYA_S3_ENDPOINT: "http://127.0.0.1:2" }), [
      /^broken results: the bucket results cannot be written: .*ECONNREFUSED/,
    ]);
  }));

Deno.test({
  name: "[M10] a database is found to be empty, or away, and stays as it was",
  ignore: postgres.isMissing,
  fn: () =>
    withFolder({ "tools.yaml": "tools: []\n" }, async (folder) => {
      await using database = await postgres.createDatabase();
      const settings = { ASYA_CONFIG_PATH: `${folder}/tools.yaml` };
      const here = { ...settings, ASYA_DATABASE_URL: database.url };
      for (let round = 1; round <= 2; round++) {
        const found = await ask(folder, [], here);
        assertFound(found, [/^warning database: \d+ of its \d+ migrations are not applied/]);
      }
      const away = new URL(database.url);
      away.port = "1";
      const found = await ask(folder, [], { ...settings, ASYA_DATABASE_URL: away.href });
      assertFound(found, [/^broken database: .*ECONNREFUSED/]);
    }),
});

Deno.test("[M10] the environment of a container is looked at as its program does", () =>
  withFolder({ "ocr.ts": FILES["ocr.ts"] }, async (folder) => {
    assertFound(await ask(folder), [/^warning mesh file: there is no mesh\.yaml .* no ASYA_/]);
    assert.deepEqual(await ask(folder, [], { ASYA_HANDLER: "./ocr.ts" }), []);
    const found = await ask(folder, [], {
      ASYA_HANDLER: "./ocr.ts#read",
      ASYA_QUEUE_NAME: "ocr",
      ASYA_TRANSPORT: "sqlite",
      ASYA_RUNTIME_TIMEOUT: "soon",
    });
    assertFound(found, [
      /^broken handler of this runtime: .*ASYA_RUNTIME_TIMEOUT/,
      /^broken settings of sidecar: ASYA_RUNTIME_TIMEOUT is "soon"/,
    ]);
  }));

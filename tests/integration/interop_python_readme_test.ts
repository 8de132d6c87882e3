/**
 * What `examples/python/README.md` tells people to type, typed.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  findPython,
  findRabbitmq,
  freePort,
  makeTempFolder,
  pathOf,
  platformEnv,
  poll,
  RunningProcess,
} from "../kit/mod.ts";

const rabbitmq = await findRabbitmq();
const python = await findPython();

const FOLDER = "examples/python";

/** The blocks of commands in a text, in order. */
function commandsIn(text: string): string[] {
  return Array.from(text.matchAll(/^```sh\n(.*?)^```$/gms), ([, block]) => block ?? "");
}

/** What `curl` is told to post, and where. */
function postsIn(block: string): { url: string; body: string }[] {
  const api = /^api=(.*)$/m.exec(block)?.[1] ?? "";
  return Array.from(
    block.matchAll(/^curl -sS "([^"]+)"[\s\\]+-d '([^']+)'$/gms),
    ([, url = "", body = ""]) => ({ url: url.replace("$api", api), body }),
  );
}

/** Types commands into a shell; the last one takes the shell's place, so that it can be ended. */
function type(name: string, block: string, folder: string): RunningProcess {
  const lines = block.trimEnd().replace(/\n(?=(python3|\.\/scripts\/deno) )/, "\nexec ");
  const env = { ...platformEnv(), PYTHONDONTWRITEBYTECODE: "1", ASYA_LOG_FORMAT: "json" };
  return new RunningProcess({
    name,
    command: "sh",
    args: ["-euc", lines],
    env,
    cwd: pathOf(folder),
  });
}

Deno.test({
  name: "the commands of the Python example's README work as they stand",
  ignore: rabbitmq.isMissing || python.isMissing,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await using folder = await makeTempFolder();
    const broker = new URL(vhost.url);
    // What stands in the README is for a broker at its usual ports, and its default vhost.
    const places: [string, string][] = [
      ["amqp://guest:guest@localhost:5672/", vhost.url],
      ["localhost:5672", broker.host],
      ["http://guest:guest@localhost:15672", vhost.admin.url],
      ["%2F", vhost.name],
      ["localhost:8080", `127.0.0.1:${freePort()}`],
      ["/tmp/words.sock", folder.at("words.sock")],
    ];
    const readme = places.reduce(
      (text, [usual, here]) => text.replaceAll(usual, here),
      await Deno.readTextFile(pathOf(`${FOLDER}/README.md`)),
    );
    const [host, sidecar, ask, ...none] = commandsIn(readme);
    assert.ok(host && sidecar && ask && none.length === 0, "three blocks of commands");

    await using hosting = type("host", host, FOLDER);
    await using carrying = type("sidecar", sidecar, "");
    await carrying.waitForLine("messages are taken");
    const [publish, get, ...noMore] = postsIn(ask);
    assert.ok(publish && get && noMore.length === 0, "two requests");
    const { username, password } = broker;
    const headers = { authorization: `Basic ${btoa(`${username}:${password}`)}` };
    const post = async ({ url, body }: { url: string; body: string }) =>
      await (await fetch(url, { method: "POST", headers, body })).json();
    assert.deepEqual(await post(publish), { routed: true });
    const got = await poll("the result", async () => (await post(get))[0]);
    assert.deepEqual(JSON.parse(got.payload).payload, {
      words: 3,
      most_common: { a: 2, b: 1 },
    });
    assert.equal((await carrying.stop()).code, 0);
    assert.equal((await hosting.stop()).code, 0);
  },
});

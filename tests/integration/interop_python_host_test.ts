/**
 * RabbitMQ, our sidecar, the Python host of `examples/python`, and the next queue.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { JsonObject } from "@asya/protocol";
import {
  asyaOf,
  findPython,
  findRabbitmq,
  messageOf,
  pathOf,
  platformEnv,
  poll,
  RunningProcess,
  type TempFolder,
} from "../kit/mod.ts";
import { type InteropStep, startInteropStep } from "./interop_step.ts";

const rabbitmq = await findRabbitmq();
const python = await findPython();

const HANDLER = `
import pathlib
import time
from asya_host import RetryableError

def act(payload):
    what = payload.get("do")
    if what == "raise":
        raise ValueError("no such page")
    if what == "ask for another try":
        raise RetryableError("busy", retry_after=7)
    if what == "run out of memory":
        return bytearray(1 << 62)
    if what == "fan out":
        return [{"page": 1}, None, {"page": 3}]
    if what == "end":
        return None
    if what == "take long":
        pathlib.Path(payload["mark"]).touch()
        time.sleep(payload["seconds"])
    return {"python": payload}
`;

/** A host that can be killed and started again on the same socket. */
class PythonHost implements AsyncDisposable {
  readonly #env: Record<string, string>;
  readonly #folder: string;
  #process: RunningProcess;

  private constructor(folder: string, env: Record<string, string>) {
    this.#folder = folder;
    this.#env = { ...platformEnv(), ...env };
    this.#process = this.#start();
  }

  static async start(
    socketPath: string,
    folder: TempFolder,
    env: Record<string, string> = {},
  ): Promise<PythonHost> {
    await folder.write("handlers.py", HANDLER);
    return new PythonHost(folder.path, {
      PYTHONPATH: pathOf("examples/python"),
      ASYA_HANDLER: "handlers:act",
      ASYA_SOCKET_PATH: socketPath,
      ...env,
    });
  }

  /** Ends it as a kernel does that is short of memory, and starts another one. */
  async killAndRestart(): Promise<void> {
    await this.#process.kill();
    this.#process = this.#start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { code } = await this.#process.stop();
    assert.equal(code, 0, this.#process.output);
  }

  #start(): RunningProcess {
    const args = ["-B", "-W", "error", "-m", "asya_host"];
    const { command } = python;
    return new RunningProcess({
      ...{ name: "python", command, args, env: this.#env, cwd: this.#folder },
    });
  }
}

/** A step with a Python host. */
interface PythonStep extends InteropStep {
  readonly host: PythonHost;
}

async function startPythonStep(
  hostEnv: Record<string, string> = {},
  sidecarEnv: Record<string, string> = {},
): Promise<PythonStep> {
  let host: PythonHost | undefined;
  const step = await startInteropStep(rabbitmq, {
    startHost: async (socketPath, folder) =>
      host = await PythonHost.start(socketPath, folder, hostEnv),
    env: { ASYA_RABBITMQ_PREFETCH: "10", ...sidecarEnv },
  });
  assert.ok(host);
  return { ...step, host };
}

async function take(step: InteropStep, queue: string): Promise<JsonObject> {
  return (await step.stranger.take(queue, 20_000)).json as JsonObject;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const ignore = rabbitmq.isMissing || python.isMissing;

for (const format of ["object", "list"]) {
  Deno.test({
    name: `[W6] [W7] a Python handler's results and failures arrive, in ${format} form`,
    ignore,
    fn: async () => {
      await using step = await startPythonStep({ ASYA_REPLY_FORMAT: format });
      const { stranger } = step;
      stranger.publish("step", messageOf({ "ö": "😀" }, { job_id: "j1", tenant: 7 }));
      const sent = await take(step, "next");
      assert.deepEqual([sent.job_id, sent.tenant], ["j1", 7]);
      assert.deepEqual(sent.payload, { python: { "ö": "😀" } });

      stranger.publish("step", messageOf({ do: "fan out" }));
      const queues = format === "object" ? ["next", "happy-end", "next"] : ["next", "next", "next"];
      const branches: JsonObject[] = [];
      for (const queue of queues) branches.push(await take(step, queue));
      branches.sort((a, b) => `${asyaOf(a).branch}`.localeCompare(`${asyaOf(b).branch}`));
      assert.deepEqual(branches.map(({ payload }) => payload), [{ page: 1 }, null, { page: 3 }]);

      stranger.publish("step", messageOf({ do: "end" }));
      assert.deepEqual((await take(step, "happy-end")).payload, { do: "end" });

      const failures: [string, string, string, string][] = [
        ["raise", "processing_error", "ValueError", "fatal"],
        ["ask for another try", "retryable_error", "RetryableError", "recoverable"],
        ["run out of memory", "oom_error", "MemoryError", "recoverable"],
      ];
      for (const [what, code, type, severity] of failures) {
        stranger.publish("step", messageOf({ do: what }));
        const { error, error_details } = await take(step, "error-end");
        const details = error_details as JsonObject;
        assert.deepEqual([error, details.type, details.severity], [code, type, severity]);
        assert.match(String(details.stack), /handlers\.py/);
        if (what === "ask for another try" && format === "object") {
          assert.equal(details.retry_after, 7);
        }
      }
    },
  });
}

Deno.test({
  name: "[W6] [D14] one message at a time is in a Python handler, and one more in hand",
  ignore,
  fn: async () => {
    await using step = await startPythonStep();
    const { vhost, stranger, folder } = step;
    const mark = folder.at("mark");
    stranger.publish("step", messageOf({ do: "take long", mark, seconds: 2 }));
    await poll("the handler to be busy", () => isThere(mark));
    for (let index = 0; index < 9; index++) stranger.publish("step", messageOf({ index }));
    const own = async () =>
      (await vhost.admin.queues(vhost.name)).find(({ name }) => name === "step");
    const full = await poll("nine messages that wait", async () => {
      const queue = await own();
      return queue && queue.ready + queue.unacked === 10 && queue;
    });
    assert.ok(full.unacked >= 1 && full.unacked <= 2, JSON.stringify(full));
    for (let index = 0; index < 10; index++) await take(step, "next");
    assert.equal(await stranger.count("error-end"), 0);
  },
});

Deno.test({
  name: "[D5] a message during which a Python host is killed goes through the next one",
  ignore,
  fn: async () => {
    await using step = await startPythonStep();
    const mark = step.folder.at("mark");
    step.stranger.publish("step", messageOf({ do: "take long", mark, seconds: 1 }));
    for (let index = 0; index < 5; index++) step.stranger.publish("step", messageOf({ index }));
    await poll("the handler to be busy", () => isThere(mark));
    await step.host.killAndRestart();
    const sent: JsonObject[] = [];
    for (let index = 0; index < 6; index++) sent.push(await take(step, "next"));
    const slow = sent.filter(({ payload }) => JSON.stringify(payload).includes("take long"));
    assert.equal(slow.length, 1);
    assert.equal(await step.stranger.count("next"), 0, "none was sent on twice");
    assert.equal(await step.stranger.count("error-end"), 0);
  },
});

Deno.test({
  name: "a Python handler that takes too long fails its message, and no other one",
  ignore,
  fn: async () => {
    const limit = { ASYA_RUNTIME_TIMEOUT: "500ms" };
    for (const hostEnv of [limit, {}]) {
      await using step = await startPythonStep(hostEnv, limit);
      const mark = step.folder.at("mark");
      step.stranger.publish("step", messageOf({ do: "take long", mark, seconds: 2 }));
      for (let index = 0; index < 5; index++) step.stranger.publish("step", messageOf({ index }));
      assert.equal((await take(step, "error-end")).error, "timeout_error");
      for (let index = 0; index < 5; index++) await take(step, "next");
      assert.equal(await step.stranger.count("error-end"), 0);
    }
  },
});

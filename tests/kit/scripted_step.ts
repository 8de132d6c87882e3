import assert from "node:assert/strict";
import { isJsonObject, type Json, type JsonObject, TERMINAL_QUEUES } from "@asya/protocol";
import { freePort } from "./free_port.ts";
import { Queues, type Taken } from "./queues.ts";
import type { RunningProcess } from "./running_process.ts";
import { type HostAct, ScriptedHost } from "./scripted_host.ts";
import { startProgram } from "./start_program.ts";
import { makeTempFolder } from "./temp_folder.ts";

/** Our sidecar on the queue "step", in front of a scripted host. */
export interface ScriptedStep extends AsyncDisposable {
  readonly queues: Queues;
  /** Every queue there is: "step", "next" and the terminal ones. */
  readonly allQueues: readonly string[];
  readonly host: ScriptedHost;
  readonly sidecar: RunningProcess;
  /** Where the sidecar serves its metrics and health, as `http://host:port`. */
  readonly operations: string;
}

/**
 * Starts a sidecar and a scripted host, with queues around them.
 *
 * @param act what the host does with each request that is JSON
 * @param env further settings of the sidecar
 */
export async function startScriptedStep(
  act: (request: Json, index: number) => HostAct | Promise<HostAct>,
  env: Record<string, string> = {},
): Promise<ScriptedStep> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await makeTempFolder());
  const allQueues = ["step", "next", ...Object.values(TERMINAL_QUEUES)];
  const queues = stack.use(await Queues.open(folder.at("queues.db"), allQueues));
  const socketPath = folder.at("app.sock");
  const host = stack.use(new ScriptedHost(socketPath, { act }));
  const operations = `127.0.0.1:${freePort()}`;
  const sidecar = stack.use(
    await startProgram("sidecar", {
      env: {
        ASYA_QUEUE_NAME: "step",
        ASYA_SOCKET_PATH: socketPath,
        ASYA_SQLITE_PATH: folder.at("queues.db"),
        ASYA_METRICS_ADDR: operations,
        ASYA_RUNTIME_TIMEOUT: "5s",
        ASYA_RABBITMQ_PREFETCH: "10",
        ...env,
      },
    }),
  );
  const owned = stack.move();
  return {
    queues,
    allQueues,
    host,
    sidecar,
    operations: `http://${operations}`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/**
 * A message for the queue "step", on its way to "next".
 *
 * @param payload what it carries
 * @param more other fields, or other values of the usual ones
 */
export function messageOf(payload: Json, more: JsonObject = {}): JsonObject {
  return {
    job_id: `job-${crypto.randomUUID()}`,
    route: { steps: ["step", "next"], current: 0, metadata: { team: "ml" } },
    payload,
    ...more,
  };
}

/** The JSON object that a taken message is. */
export function bodyOf(taken: Taken): JsonObject {
  assert.ok(isJsonObject(taken.json), new TextDecoder().decode(taken.body));
  return taken.json;
}

/** The route of a message. */
export function routeOf(message: JsonObject): JsonObject {
  assert.ok(isJsonObject(message.route), JSON.stringify(message));
  return message.route;
}

/** What this toolkit carries with a message. */
export function asyaOf(message: JsonObject): JsonObject {
  const { metadata } = routeOf(message);
  return isJsonObject(metadata) && isJsonObject(metadata.asya) ? metadata.asya : {};
}

import type { JsonObject } from "@asya/protocol";
import assert from "node:assert/strict";
import fc from "fast-check";
import { AnswerCheck } from "../../../gateway/testing/answer_check.ts";
import {
  freePort,
  makeTempFolder,
  openFilesOf,
  poll,
  type RawAnswer,
  rssMbOf,
  type RunningProcess,
  sendRaw,
  startProgram,
  type TempFolder,
} from "../../kit/mod.ts";
import { type BadRequest, badRequests } from "./bad_requests.ts";
import { writeRequest } from "./write_request.ts";

const TOOLS = `
tools:
  - name: scan
    route: [a, b]
    parameters: { page: { type: integer, default: 1 } }
  - { name: open, route: [a], inputSchema: { type: object, additionalProperties: true } }
`;

const TOKENS = { caller: "hush-caller", actor: "hush-actor", wrong: "hush-wrong" };

/** Requests after which the process has what it keeps: compiled code, caches, connections. */
const WARM_UP = 400;

/** How much more memory the process may hold after thousands of requests, in MB. */
const MORE_MB = 80;

/** What no answer may show: where in the code, or in the file system, something happened. */
const INSIDES = /\bat \S+:\d+:\d+|\.ts:\d|file:\/\/|node_modules|ext:|\/tmp\/|\/asya-/;

/** A gateway's process that is asked for bad things. */
class Target implements AsyncDisposable {
  #id = "";

  private constructor(
    readonly process: RunningProcess,
    readonly port: number,
    private readonly folder: TempFolder,
  ) {}

  static async start(databaseUrl?: string): Promise<Target> {
    const folder = await makeTempFolder();
    const port = freePort();
    const process = await startProgram("gateway", {
      cwd: folder.path,
      env: {
        ASYA_GATEWAY_PORT: String(port),
        ASYA_DATABASE_URL: databaseUrl ?? `sqlite:${folder.at("jobs.db")}`,
        ASYA_SQLITE_PATH: folder.at("queues.db"),
        ASYA_CONFIG_PATH: await folder.write("tools.yaml", TOOLS),
        ASYA_MAX_BODY_BYTES: "64KiB",
        ASYA_AUTH: "token",
        ASYA_API_TOKENS: `ada/jobs:read+tools:call+jobs:admin=${TOKENS.caller}`,
        ASYA_INTERNAL_TOKEN: TOKENS.actor,
        ASYA_LOG_LEVEL: "DEBUG",
        ASYA_ROUTE_WAIT: "1h", // there are no actors
      },
    });
    await process.waitForLine("listening");
    const target = new Target(process, port, folder);
    await target.renewJob();
    return target;
  }

  /** Sends a request; answers with what came back. */
  async send(request: BadRequest): Promise<RawAnswer | "closed"> {
    const isCutOff = isShort(request) || request.junk !== undefined;
    const isHead = request.method === "HEAD";
    return await sendRaw(this.port, writeRequest(request, this.port, this.#id), {
      isHead,
      isCutOff,
    });
  }

  /** Makes a new job, since one that has ended takes nothing more; fails unless all is well. */
  async renewJob(): Promise<void> {
    const response = await this.fetch("/tools/call", {
      method: "POST",
      body: JSON.stringify({ name: "open" }),
    });
    const { structuredContent } = await response.json();
    this.#id = structuredContent.job_id;
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = {
      "content-type": "application/json",
      authorization: `Bearer ${TOKENS.caller}`,
    };
    return await fetch(`http://127.0.0.1:${this.port}${path}`, { headers, ...init });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
    await this.folder[Symbol.asyncDispose]();
  }
}

/** Whether less comes than was announced. */
function isShort({ body, framing }: BadRequest): boolean {
  return body !== undefined && framing === "short";
}

/** What is wrong with an answer, one sentence each. */
function problemsOf(
  check: AnswerCheck,
  request: BadRequest,
  answer: RawAnswer | "closed",
): string[] {
  // What is hardly HTTP is turned away by the server, before anything of ours sees it.
  const isBare = answer !== "closed" && [400, 431].includes(answer.status) && answer.text === "";
  if (request.junk !== undefined) {
    const isTurnedAway = answer === "closed" || answer.status < 500;
    return isTurnedAway ? [] : [`${answer.status} to junk`];
  }
  if (isBare && request.headers.some(([name]) => name === "x-far-too-long" || name === "host")) {
    return [];
  }
  if (answer === "closed") {
    // Who breaks off may find that nobody waits for the rest.
    return isShort(request) ? [] : ["the connection was closed without an answer"];
  }
  const shown = INSIDES.exec(answer.text)?.[0];
  return [
    ...check.problemsOf(request.method, request.path, answer),
    ...shown === undefined ? [] : [`the answer shows ${shown}`],
  ];
}

/** How much is asked, and of which gateway. */
export interface Asking {
  /** The same requests for the same seed. */
  readonly seed: number;
  readonly runs: number;
  /** How to see a failure again. */
  readonly again: string;
  /** Where the gateway keeps its jobs; a file where nothing is said. */
  readonly databaseUrl?: string;
}

/**
 * Sends bad requests to a gateway's process with its own permissions, and fails where an answer is
 * a failure of the gateway or not as documented, where the process holds on to something, or where
 * it writes something that it should not.
 */
export async function askBadThings({ seed, runs, again, databaseUrl }: Asking): Promise<void> {
  await using target = await Target.start(databaseUrl);
  const document: JsonObject = await (await target.fetch("/openapi.json")).json();
  const check = new AnswerCheck(document);
  const statuses = new Map<number | "closed", number>();
  let sent = 0;
  const ask = fc.asyncProperty(badRequests(document, TOKENS), async (request) => {
    if (sent++ % 25 === 0) await target.renewJob();
    const answer = await target.send(request);
    const status = answer === "closed" ? "closed" : answer.status;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    assert.deepEqual(problemsOf(check, request, answer), [], again);
  });

  await fc.assert(ask, { numRuns: WARM_UP, seed: seed + 1 });
  const before = { files: openFilesOf(target.process.pid), mb: rssMbOf(target.process.pid) };
  await fc.assert(ask, { numRuns: runs, seed });
  await poll("connections to be closed", () => openFilesOf(target.process.pid) <= before.files);
  const moreMb = rssMbOf(target.process.pid) - before.mb;
  console.log(`${sent} requests, ${Math.round(moreMb)} MB more, ${show(statuses)}`);
  assert(moreMb < MORE_MB, `${moreMb} MB more than before`);
  for (const status of [200, 204, 400, 401, 403, 404, 405, 410, 413, 415, "closed"] as const) {
    assert(statuses.has(status), `${status} was seen`);
  }

  await target.renewJob();
  assert.equal(await (await target.fetch("/readyz")).text(), "ready");
  assert.equal((await target.process.stop()).code, 0);
  const errors = target.process.lines.filter(({ fields }) => fields.level === "ERROR");
  assert.deepEqual(errors.map(({ text }) => text), []);
  assert.doesNotMatch(target.process.output, /hush-/);
}

function show(statuses: ReadonlyMap<number | "closed", number>): string {
  const sorted = [...statuses].sort(([one], [other]) => String(one) < String(other) ? -1 : 1);
  return sorted.map(([status, count]) => `${status}: ${count}`).join(", ");
}

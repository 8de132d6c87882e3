import { parseSettings, type Tracing } from "@asya/program";
import type { Outgoing, PublishOutcome } from "@asya/transport";
import type { LetterQueue } from "../dead_letters/dead_letters.ts";
import assert from "node:assert/strict";
import { type Config, settings } from "../config.ts";
import type { Event } from "../event.ts";
import { createGateway, type Gateway } from "../gateway.ts";
import { createSchemaCompiler } from "../tools/json_schema.ts";
import { parseTools } from "../tools/parse_tools.ts";
import { createEchoTool } from "../tools/builtin_tools.ts";
import { createMemoryStore } from "../stores/memory.ts";
import type { Store } from "../stores/store.ts";
import type { Tool } from "../tools/tool.ts";
import { parseYaml } from "../tools/yaml_document.ts";
import { FakeClock, settle } from "./fake_clock.ts";

/** What a test may choose about its gateway. */
export interface TestGatewayOptions {
  /** YAML of the tools; without it, the built-in echo. */
  readonly tools?: string;
  /** Environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  readonly store?: Store;
  /** Where dead letters are; without it, nowhere. */
  readonly letters?: LetterQueue;
  /** What becomes of a published message. */
  readonly outcome?: (message: Outgoing) => PublishOutcome;
  /** What makes spans, where tracing is on. */
  readonly tracing?: Tracing;
}

/** A gateway without a socket, with time in the test's hand. */
export interface TestGateway {
  readonly gateway: Gateway;
  readonly store: Store;
  readonly clock: FakeClock;
  readonly events: Event[];
  /** Messages that the broker has confirmed. */
  readonly sent: Outgoing[];
  /** Answers a GET request. */
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Answers a POST request with a JSON body. */
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Calls a tool over REST; answers with the job's id. */
  call(name: string, args?: object): Promise<string>;
  /** The events of one kind. */
  eventsOf<K extends Event["kind"]>(kind: K): Extract<Event, { kind: K }>[];
}

/** Where the test's gateway is said to be. */
export const BASE_URL = "http://127.0.0.1:8080";

const NO_LETTERS: LetterQueue = {
  inspect: () => Promise.resolve(undefined),
  browse: () => Promise.resolve(undefined),
};

/** A tool with three steps and no parameters. */
export const THREE_STEPS = "tools: [{ name: scan, route: [a, b, c], timeout: 60 }]";

/** Creates a gateway for one test. */
export function createTestGateway(options: TestGatewayOptions = {}): TestGateway {
  const { outcome = () => "confirmed", letters = NO_LETTERS } = options;
  const clock = new FakeClock();
  const events: Event[] = [];
  const sent: Outgoing[] = [];
  const config = configOf(options.env ?? {});
  const { memoryMaxJobs: maxJobs, memoryMaxBytes: maxBytes } = config;
  const store = options.store ?? createMemoryStore({ maxJobs, maxBytes });
  const gateway = createGateway({
    config,
    store,
    transport: {
      connected: true,
      inspect: (queue) => letters.inspect(queue),
      browse: (queue, limit, look) => letters.browse(queue, limit, look),
      publish: (messages) =>
        Promise.resolve(messages.map((message) => {
          const became = outcome(message);
          if (became === "confirmed") sent.push(message);
          return became;
        })),
    },
    tools: toolsOf(options.tools),
    compiler: createSchemaCompiler(),
    clock,
    tracing: options.tracing,
    emit: (event) => events.push(event),
    version: "0.0.0",
  });
  const get = (path: string, headers: Record<string, string> = {}) =>
    gateway.fetch(
      new Request(`${BASE_URL}${path}`, { headers: { host: "127.0.0.1", ...headers } }),
    );
  const post = (path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
    gateway.fetch(
      new Request(`${BASE_URL}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", host: "127.0.0.1", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    );
  return {
    gateway,
    store,
    clock,
    events,
    sent,
    get,
    post,
    async call(name, args = {}) {
      const response = await post("/tools/call", { name, arguments: args });
      const result = await response.json();
      assert.equal(response.status, 200, JSON.stringify(result));
      assert.notEqual(result.isError, true, JSON.stringify(result));
      await settle();
      return result.structuredContent.job_id;
    },
    eventsOf: <K extends Event["kind"]>(kind: K) =>
      events.filter((event): event is Extract<Event, { kind: K }> => event.kind === kind),
  };
}

/** A gateway's settings, from some environment variables. */
export function configOf(env: Readonly<Record<string, string>>): Config {
  const parsed = parseSettings(settings, env);
  assert(parsed.ok, parsed.ok ? "" : parsed.problems.join("\n"));
  return parsed.config;
}

/** The tools of some YAML. */
export function toolsOf(yaml: string | undefined): readonly Tool[] {
  const compiler = createSchemaCompiler();
  if (yaml === undefined) return [createEchoTool(compiler)];
  const document = parseYaml("tools.yaml", yaml);
  assert(document.ok, document.ok ? "" : document.problems.join("\n"));
  const parsed = parseTools([document.document], compiler);
  assert(parsed.ok, parsed.ok ? "" : parsed.problems.join("\n"));
  return parsed.tools;
}

/** Variables that the YAML library looks at; a program that ignores its environment has none. */
export const YAML_ENV = ["LOG_TOKENS", "LOG_STREAM"];

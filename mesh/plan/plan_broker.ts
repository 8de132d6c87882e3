import { type Environment, parseSettings, type SettingsOf } from "@asya/program";
import { checkTransport, transportSettings } from "@asya/transport";

/** What `--transport` is where the environment says where RabbitMQ is, and no URL does. */
export const RABBITMQ = "rabbitmq";

/** The settings of a RabbitMQ, or everything that is wrong with them. */
export type BrokerPlan =
  | {
    readonly ok: true;
    /** What the programs that talk to it are told. */
    readonly env: Readonly<Record<string, string>>;
    /** The same, read. */
    readonly config: SettingsOf<typeof transportSettings>;
    /** What its user may want to know, one sentence each. */
    readonly notices: readonly string[];
  }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Variables that a URL takes the place of. */
const PLACE: readonly string[] = ["ASYA_RABBITMQ_URL", "ASYA_RABBITMQ_HOST", "ASYA_RABBITMQ_PORT"];

/** Variables that name a file; a relative one starts where `asya` was called. */
export const FILES: readonly string[] = [
  "ASYA_RABBITMQ_CA_FILE",
  "ASYA_RABBITMQ_CERT_FILE",
  "ASYA_RABBITMQ_KEY_FILE",
];

/** Of the settings of a broker, the one that each actor has for itself. */
const PER_ACTOR = "ASYA_RABBITMQ_PREFETCH";

/**
 * Puts together how the programs of a mesh reach RabbitMQ: the URL, and what `ASYA_RABBITMQ_…` of
 * the caller's environment adds to it, by the rules that the programs themselves have.
 *
 * @param url `amqp://…`, `amqps://…`, or {@linkcode RABBITMQ}
 * @param caller the environment of whoever called `asya`
 * @param cwd the folder in which that was
 * @example
 * ```ts
 * import { planBroker } from "./plan_broker.ts";
 * import assert from "node:assert/strict";
 *
 * const caller = { ASYA_RABBITMQ_QUEUE_TYPE: "quorum", ASYA_RABBITMQ_URL: "amqp://other", PWD: "/" };
 * const plan = planBroker("amqp://mq", caller, "/home/ada");
 * assert.deepEqual(plan.ok && plan.env, {
 *   ASYA_TRANSPORT: "rabbitmq",
 *   ASYA_RABBITMQ_QUEUE_TYPE: "quorum",
 *   ASYA_RABBITMQ_URL: "amqp://mq",
 * });
 * ```
 */
export function planBroker(url: string, caller: Environment, cwd: string): BrokerPlan {
  const env: Record<string, string> = { ASYA_TRANSPORT: "rabbitmq" };
  for (const [name, value] of Object.entries(caller)) {
    if (!name.startsWith("ASYA_RABBITMQ_") || name === PER_ACTOR) continue;
    if (value === undefined || value.trim() === "") continue;
    if (url !== RABBITMQ && PLACE.includes(name)) continue;
    env[name] = FILES.includes(name) && !value.startsWith("/") ? `${cwd}/${value}` : value;
  }
  if (url !== RABBITMQ) env.ASYA_RABBITMQ_URL = url;
  const parsed = parseSettings(transportSettings, env);
  if (!parsed.ok) return { ok: false, problems: parsed.problems };
  const problems = [...checkTransport(parsed.config), ...findCommas(env)];
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, env, config: parsed.config, notices: parsed.notices };
}

/** The path of a file becomes part of a list of permissions. */
function findCommas(env: Readonly<Record<string, string>>): string[] {
  return FILES.filter((name) => env[name]?.includes(",")).map((name) =>
    `${name} is ${JSON.stringify(env[name])}; allowed: a path without a comma`
  );
}

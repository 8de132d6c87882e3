import type { RabbitmqLook } from "@asya/transport";
import { type Finding, finding, ok } from "./finding.ts";

/** What is known of a broker. */
export interface BrokerFacts {
  /** How people know it, without the password. */
  readonly name: string;
  readonly exchange: string;
  readonly look: RabbitmqLook;
  readonly management: ManagementLook;
}

/** What a broker's management interface says, or why it says nothing. */
export type ManagementLook =
  | {
    readonly ok: true;
    /** Type of the exchange of all messages, where it is there. */
    readonly exchangeType?: string;
    /** What the nodes are short of: `memory`, `disk`. */
    readonly alarms: readonly string[];
    readonly queues: readonly ManagedQueue[];
  }
  | { readonly ok: false; readonly url: string; readonly reason: string };

/** A queue, as a broker's management interface describes it. */
export interface ManagedQueue {
  readonly name: string;
  readonly type: string;
  readonly isDurable: boolean;
  /** What it was declared with, and what a policy sets; the declaration counts more. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Whether the exchange of all messages hands it those of its own name. */
  readonly isBound: boolean;
}

const CHECK = "broker";

/** The oldest RabbitMQ that is tested. */
const OLDEST = [3, 10] as const;

/**
 * Judges a broker: whether it can be used, and whether it is in need.
 *
 * @param facts what is known of it
 * @example
 * ```ts
 * import { judgeBroker } from "./judge_broker.ts";
 * import assert from "node:assert/strict";
 * const [finding] = judgeBroker({
 *   name: "amqp://guest@mq:5672/%2F",
 *   exchange: "asya",
 *   look: { ok: false, kind: "unreachable", reason: "connect ECONNREFUSED" },
 *   management: { ok: false, url: "http://mq:15672", reason: "connect ECONNREFUSED" },
 * });
 * assert.equal(finding?.level, "broken");
 * ```
 */
export function judgeBroker(facts: BrokerFacts): Finding[] {
  const { look, name } = facts;
  if (!look.ok) return [judgeRefusal(look)];
  return [
    judgeVersion(look.version, name),
    ...judgeExchange(facts, look.hasExchange),
    judgeAlarms(facts.management),
  ];
}

function judgeRefusal(look: Extract<RabbitmqLook, { ok: false }>): Finding {
  const why = "no message can be sent or taken";
  if (look.kind === "unreachable") {
    const todo =
      "start RabbitMQ, or correct ASYA_RABBITMQ_URL (or _HOST and _PORT, or --transport)";
    return finding(CHECK, "broken", look.reason, why, todo);
  }
  const todo = "correct the user, the password or the vhost: ASYA_RABBITMQ_USERNAME, _PASSWORD, " +
    "_VHOST, or the URL; `rabbitmqctl list_permissions -p VHOST` shows who may do what";
  return finding(CHECK, "broken", `it answers, and lets us not in: ${look.reason}`, why, todo);
}

function judgeVersion(version: string, name: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) {
    return ok(CHECK, `RabbitMQ ${version} answers at ${name}`);
  }
  return finding(
    CHECK,
    "warning",
    `RabbitMQ ${version} answers at ${name}`,
    `nothing older than ${OLDEST.join(".")} is tested`,
    "take a RabbitMQ that is still maintained",
  );
}

function judgeExchange({ exchange, management }: BrokerFacts, hasExchange: boolean): Finding[] {
  const type = management.ok ? management.exchangeType : undefined;
  if (!hasExchange) {
    return [ok(CHECK, `the exchange ${exchange} is made by the first sidecar that comes`)];
  }
  if (type === undefined) return [];
  if (type === "topic") return [ok(CHECK, `the exchange ${exchange} is a topic exchange`)];
  return [finding(
    CHECK,
    "broken",
    `the exchange ${exchange} is of type ${type}, not topic`,
    "messages do not reach the queues that they are for",
    "set ASYA_RABBITMQ_EXCHANGE to a name of its own, in every program",
  )];
}

function judgeAlarms(management: ManagementLook): Finding {
  if (!management.ok) {
    return finding(
      CHECK,
      "unknown",
      `its alarms, and types and limits of queues, could not be read at ${management.url}: ` +
        management.reason,
      "a broker that is short of memory or disk takes no messages",
      "set ASYA_RABBITMQ_MANAGEMENT_URL to its management interface, for a user with the tag " +
        "monitoring (`rabbitmq-plugins enable rabbitmq_management`)",
    );
  }
  const { alarms } = management;
  if (alarms.length === 0) return ok(CHECK, "it is short of neither memory nor disk");
  return finding(
    CHECK,
    "broken",
    `it is short of ${alarms.join(" and ")}`,
    "it takes no messages until it is not",
    "free some, or raise the limit: `rabbitmq-diagnostics alarms` says where",
  );
}

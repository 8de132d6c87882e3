import { formatDuration } from "@asya/program";
import type { QueueAnswer } from "@asya/transport";
import { type Finding, finding, ok } from "./finding.ts";
import type { ManagedQueue } from "./judge_broker.ts";

/** A queue that messages of a mesh go through, and what is known of it. */
export interface QueueFacts {
  readonly name: string;
  /** Who takes its messages. */
  readonly role:
    | {
      readonly kind: "actor";
      readonly timeoutMs: number;
      readonly prefetch: number;
      readonly concurrency: number;
    }
    /** Somebody beside this mesh, who is to be there. */
    | { readonly kind: "elsewhere" }
    | { readonly kind: "terminal" }
    | { readonly kind: "dead_letters" };
  /** Whether the mesh runs: else nobody takes from the queues that are its own. */
  readonly isRunning: boolean;
  /** What the broker says, `undefined` where there is no such queue. */
  readonly answer: QueueAnswer | undefined;
  /** What its management interface says, where that says anything. */
  readonly managed?: ManagedQueue;
  /** Whether that interface was asked. */
  readonly isManaged: boolean;
  /** The broker's version, such as `4.1.2`. */
  readonly brokerVersion: string;
}

/** RabbitMQ's own limit, https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout. */
const CONSUMER_TIMEOUT_MS = 30 * 60 * 1_000;

/** The first version that heeds the timeout of a queue's own, or of a policy. */
const OWN_TIMEOUT_SINCE = [3, 12] as const;

/**
 * Judges a queue: whether somebody takes from it, whether messages reach it, and whether it keeps
 * them.
 *
 * @param queue what is known of it
 */
export function judgeQueue(queue: QueueFacts): Finding[] {
  const check = `queue ${queue.name}`;
  const found = [
    ...judgePresence(check, queue),
    ...judgeBinding(check, queue),
    ...judgeLimit(check, queue),
    ...judgeTimeout(check, queue),
  ];
  if (found.length > 0) return found;
  const { answer } = queue;
  if (answer === undefined) return [ok(check, "it is made when its sidecar starts")];
  const type = queue.managed ? `, ${queue.managed.type}` : "";
  return [ok(check, `${answer.ready} ready, ${answer.consumers} consumers${type}`)];
}

function judgePresence(check: string, { role, answer, isRunning, name }: QueueFacts): Finding[] {
  if (role.kind === "dead_letters") {
    if (answer === undefined || answer.ready === 0) return [];
    return [finding(
      check,
      "warning",
      answer.ready === 1 ? "1 dead letter waits" : `${answer.ready} dead letters wait`,
      "each is work that was given up, and stays until somebody looks",
      "asya dlq ls",
    )];
  }
  const isNeeded = isRunning || role.kind === "elsewhere";
  if (answer === undefined) {
    if (!isNeeded) return [];
    return [finding(
      check,
      "broken",
      "there is no such queue",
      `a message for ${name} waits for it for ASYA_ROUTE_WAIT, and then its job fails`,
      role.kind === "elsewhere"
        ? `start the sidecar of ${name} on this broker and vhost, or correct the route`
        : `look at the log of ${name}.sidecar`,
    )];
  }
  if (answer.consumers > 0 || !isNeeded) return [];
  return [finding(
    check,
    "broken",
    `nobody takes from it, and ${answer.ready} messages wait`,
    `every job that comes to ${name} waits there`,
    role.kind === "elsewhere"
      ? `start the sidecar of ${name} on this broker and vhost`
      : `look at the log of ${name}.sidecar: its runtime may not be ready`,
  )];
}

function judgeBinding(check: string, { managed }: QueueFacts): Finding[] {
  if (!managed || managed.isBound) return [];
  return [finding(
    check,
    "broken",
    "the exchange hands it no messages of its name",
    "messages for it are unroutable, and their jobs fail",
    "start its sidecar once with ASYA_QUEUE_CREATE=own, which binds it",
  )];
}

function judgeLimit(check: string, { managed, brokerVersion }: QueueFacts): Finding[] {
  if (!managed) return [];
  const found: Finding[] = [];
  if (!managed.isDurable) {
    found.push(finding(
      check,
      "broken",
      "it is not durable",
      "its messages are gone when the broker starts again",
      `stop its sidecar, empty it, \`rabbitmqctl delete_queue ${managed.name}\`, and start again`,
    ));
  }
  if (managed.type !== "quorum") return found;
  const limit = managed.arguments["x-delivery-limit"] ?? managed.arguments["delivery-limit"];
  // RabbitMQ 4 has a limit of 20 where nobody says otherwise; RabbitMQ 3 has none.
  const isLimited = limit === undefined ? isSince(brokerVersion, [4, 0]) : Number(limit) >= 0;
  if (!isLimited) return found;
  found.push(finding(
    check,
    "broken",
    `it drops a message after ${limit ?? 20} deliveries`,
    "a message that comes back because a process died is lost, though nobody gave it up",
    isSince(brokerVersion, [4, 0])
      ? `rabbitmqctl set_policy no-limit '^${managed.name}$' '{"delivery-limit": -1}' ` +
        "--apply-to quorum_queues, or make it again with x-delivery-limit: -1"
      : `make ${managed.name} again without x-delivery-limit`,
  ));
  return found;
}

/** The last message of a prefetch waits until those before it are done. */
function judgeTimeout(check: string, { role, managed, brokerVersion, isManaged }: QueueFacts) {
  if (role.kind !== "actor") return [];
  const { timeoutMs, prefetch, concurrency } = role;
  const neededMs = timeoutMs * Math.ceil(prefetch / concurrency);
  const own = managed?.arguments["x-consumer-timeout"] ?? managed?.arguments["consumer-timeout"];
  const isHeeded = isSince(brokerVersion, OWN_TIMEOUT_SINCE);
  const limitMs = own === undefined ? CONSUMER_TIMEOUT_MS : Number(own);
  if (neededMs < limitMs) return [];
  const longest = `a message may be held for ${formatDuration(neededMs)} (timeout × prefetch ÷ ` +
    "concurrency)";
  const what = own === undefined
    ? `${longest}, and RabbitMQ's own consumer timeout is ${formatDuration(limitMs)}`
    : `${longest}, and its consumer timeout is ${formatDuration(limitMs)}`;
  const isCertain = own !== undefined && isHeeded;
  return [finding(
    check,
    isCertain ? "broken" : "warning",
    isManaged || own !== undefined ? what : `${what}, where nobody has set another`,
    "RabbitMQ ends a consumer that holds a message longer, and the work is done again, for ever",
    isHeeded
      ? `rabbitmqctl set_policy patience '^${check.slice("queue ".length)}$' ` +
        `'{"consumer-timeout": ${neededMs * 2}}' --apply-to queues`
      : `consumer_timeout = ${neededMs * 2} in rabbitmq.conf, or a smaller timeout or prefetch`,
  )];
}

function isSince(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split(".").map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

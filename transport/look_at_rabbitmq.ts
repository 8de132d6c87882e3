import { systemClock } from "./clock.ts";
import type { TransportConfig } from "./config.ts";
import { describeError, ReplyCode, replyCodeOf } from "./rabbitmq/amqp_error.ts";
import { openSession } from "./rabbitmq/connect.ts";
import { Probe, type QueueAnswer } from "./rabbitmq/probe.ts";
import type { Session } from "./rabbitmq/session.ts";
import { rabbitmqAddress } from "./rabbitmq_address.ts";

/** What a RabbitMQ says to whoever only asks. */
export type RabbitmqLook =
  | {
    readonly ok: true;
    /** Such as `3.13.7`. */
    readonly version: string;
    /** Whether the exchange of all messages is there. */
    readonly hasExchange: boolean;
    /** What each queue holds; `undefined` for one that is not there. */
    readonly queues: Readonly<Record<string, QueueAnswer | undefined>>;
  }
  | {
    readonly ok: false;
    /**
     * - `unreachable`: nobody answers there.
     * - `refused`: somebody does, and lets us not in: the user, the password, the vhost or TLS.
     */
    readonly kind: "unreachable" | "refused";
    /** In words; names the broker, without the password. */
    readonly reason: string;
  };

/**
 * Looks at a RabbitMQ without changing anything: no exchange and no queue is declared, and no message
 * is taken.
 *
 * @param config where it is
 * @param queues names of the queues to ask for
 * @param signal gives up
 */
export async function lookAtRabbitmq(
  config: TransportConfig,
  queues: readonly string[],
  signal: AbortSignal,
): Promise<RabbitmqLook> {
  let session: Session | undefined;
  const { promise: outOfTime, reject } = Promise.withResolvers<never>();
  // It may come while the connection is being opened, where the signal itself is heard.
  outOfTime.catch(() => {});
  const giveUp = () => reject(signal.reason);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    session = await open(config, signal);
    // A broker that hangs answers nothing, and refuses nothing.
    return await Promise.race([ask(session, config.rabbitmqExchange, queues), outOfTime]);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    // The system says with a code why nobody was reached; a broker that refuses has none of those.
    const isOfSystem = signal.aborted || (cause instanceof Error && "code" in cause);
    const reason = signal.aborted ? "it did not answer in time" : describeError(error);
    return { ok: false, kind: isOfSystem ? "unreachable" : "refused", reason };
  } finally {
    signal.removeEventListener("abort", giveUp);
    if (signal.aborted) session?.abandon("it did not answer in time");
    await session?.close();
  }
}

async function ask(
  session: Session,
  exchange: string,
  queues: readonly string[],
): Promise<RabbitmqLook> {
  const probe = new Probe(session);
  const answers: Record<string, QueueAnswer | undefined> = {};
  for (const queue of queues) answers[queue] = await probe.look(queue);
  const hasExchange = await isThere(session, exchange);
  return { ok: true, version: session.brokerVersion, hasExchange, queues: answers };
}

function open(config: TransportConfig, signal: AbortSignal): Promise<Session> {
  const tls = {
    ca: config.rabbitmqCaFile,
    cert: config.rabbitmqCertFile,
    key: config.rabbitmqKeyFile,
  };
  const options = { clock: systemClock, onBlocked: () => {} };
  return openSession(rabbitmqAddress(config), tls, signal, options);
}

async function isThere(session: Session, exchange: string): Promise<boolean> {
  try {
    await session.onChannel((channel) => channel.checkExchange(exchange));
    return true;
  } catch (error) {
    if (replyCodeOf(error) === ReplyCode.notFound) return false;
    throw error;
  }
}

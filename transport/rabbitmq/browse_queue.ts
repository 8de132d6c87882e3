import type { ConsumeMessage } from "amqplib";
import type { Browsed, Look } from "../browser.ts";
import type { Clock } from "../clock.ts";
import type { Outgoing, PublishOutcome } from "../transport.ts";
import { TransportError } from "../transport_error.ts";
import { describeError, ReplyCode, replyCodeOf } from "./amqp_error.ts";
import type { ChannelHandle } from "./channel_handle.ts";
import { inTime } from "./in_time.ts";
import { browsedMessage, Looking } from "./looking.ts";
import type { Session } from "./session.ts";

/** What is browsed, and by which time. */
export interface BrowseOptions {
  readonly queue: string;
  /** How many messages at most. */
  readonly limit: number;
  /** Publishes messages; one outcome for each. */
  readonly publish: (messages: readonly Outgoing[]) => Promise<readonly PublishOutcome[]>;
  readonly clock: Clock;
  /** Gives numbers in [0, 1). */
  readonly random: () => number;
}

/** A quorum queue gives back what consumers held in the order of their tags. */
const [FIRST, SECOND] = ["asya-browse-1", "asya-browse-2"];

/** How long the broker may take for one answer. */
const ANSWER_LIMIT_MS = 5_000;

/** How long others who browse are waited for. */
const TURN_LIMIT_MS = 5_000;

/** The wait between two tries to have the queue for ourselves, half as long again or less. */
const TURN_WAIT_MS = 100;

/**
 * Looks through a queue on a channel of its own, which is closed at the end: what was not
 * acknowledged goes back to where it was. Messages are consumed, and each is looked at when it comes
 * and then forgotten; got one by one, a quorum queue would put them back in another order.
 *
 * A first consumer, which holds one message, keeps others who browse away: whoever finds one leaves
 * again, and comes back a little later. An exclusive consumer would not do, since quorum queues let
 * others in beside it.
 *
 * @param session the connection
 * @param options what to browse
 * @param look decides about each message
 * @returns `undefined` when there is no such queue
 * @throws {TransportError} `in_use`, `unreachable`; and what `look` throws
 * @see https://github.com/rabbitmq/rabbitmq-website/issues/1973
 */
export async function browseQueue(
  session: Session,
  options: BrowseOptions,
  look: Look,
): Promise<Browsed | undefined> {
  const { clock, random } = options;
  const giveUpMs = clock.elapsed() + TURN_LIMIT_MS;
  for (;;) {
    const handle = await orUnreachable(inTime(session.openChannel(), ANSWER_LIMIT_MS, clock));
    try {
      const turn = await takeTurn(handle, options, look);
      if (turn === "missing") return undefined;
      if (turn instanceof Looking) return await lookThrough(handle, turn, options);
      if (clock.elapsed() >= giveUpMs) throw new TransportError("in_use", turn.inUse);
    } finally {
      await handle.close();
    }
    // Waits for others who browse; a random time, so that not all of them come back at once.
    await pause((0.5 + random()) * TURN_WAIT_MS, clock);
  }
}

/** Tries to have a queue for ourselves, so far as others who browse are concerned. */
async function takeTurn(
  handle: ChannelHandle,
  { queue, limit, clock }: BrowseOptions,
  look: Look,
): Promise<Looking | "missing" | { readonly inUse: string }> {
  const { channel } = handle;
  const inUse = { inUse: "others take messages from the queue" };
  try {
    const { messageCount, consumerCount } = await ask(
      handle,
      clock,
      () => channel.checkQueue(queue),
    );
    if (consumerCount > 0) return inUse;
    const looking = new Looking({ expected: Math.min(messageCount, limit), limit, look, clock });
    handle.ended.then((problem) => looking.fail(lost(problem)));
    await consume(handle, clock, queue, { tag: FIRST, count: 1 }, looking);
    const after = await ask(handle, clock, () => channel.checkQueue(queue));
    return after.consumerCount === 1 ? looking : inUse;
  } catch (error) {
    const cause = error instanceof TransportError ? error.cause : undefined;
    const code = replyCodeOf(cause);
    if (code === ReplyCode.notFound) return "missing";
    if (code !== ReplyCode.accessRefused) throw error;
    return { inUse: describeError(cause) };
  }
}

async function lookThrough(
  handle: ChannelHandle,
  looking: Looking,
  { queue, limit, clock, publish }: BrowseOptions,
): Promise<Browsed> {
  const { channel } = handle;
  looking.begin();
  if (limit > 1) {
    await consume(handle, clock, queue, { tag: SECOND, count: limit - 1 }, looking);
  }
  for (let before = -1; !looking.isOver && looking.taken > before;) {
    before = looking.taken;
    await looking.rest();
    if (looking.isOver) break;
    const { messageCount } = await ask(handle, clock, () => channel.checkQueue(queue));
    if (messageCount === 0) looking.reachEnd();
    else looking.expect(messageCount);
  }
  const removed = await looking.end();
  // Else what is put in anew would come to us, and not stay in its order.
  if (looking.worn.length > 0) await ask(handle, clock, () => channel.cancel(SECOND));
  const renewed = await renew(looking.worn, queue, publish);
  const gone = [...removed, ...renewed]
    .toSorted((a, b) => a.fields.deliveryTag - b.fields.deliveryTag);
  const last = gone.at(-1);
  if (last && gone.length === looking.taken) {
    // A quorum queue that is closed behind many acknowledgements forgets some; one has them all.
    await ask(handle, clock, () => channel.ack(last, true));
  } else for (const message of gone) await ask(handle, clock, () => channel.ack(message));
  // Its answer says that the broker has seen the acknowledgements, which have none.
  if (gone.length > 0) await ask(handle, clock, () => channel.checkQueue(queue));
  return looking.browsed;
}

/** Puts messages into their queue anew; gives those that it has twice now. */
async function renew(
  messages: readonly ConsumeMessage[],
  queue: string,
  publish: BrowseOptions["publish"],
): Promise<readonly ConsumeMessage[]> {
  if (messages.length === 0) return [];
  const outcomes = await publish(messages.map((message) => {
    const { body, headers, messageId = "" } = browsedMessage(message);
    return { queue, body, headers, messageId };
  }));
  return messages.filter((_, index) => outcomes[index] === "confirmed");
}

/** Has messages sent to us, at most so many of them. */
async function consume(
  handle: ChannelHandle,
  clock: Clock,
  queue: string,
  { tag: consumerTag, count }: { readonly tag: string; readonly count: number },
  looking: Looking,
): Promise<void> {
  const { channel } = handle;
  const take = (message: ConsumeMessage | null) => looking.take(message);
  await ask(handle, clock, () => channel.prefetch(count));
  await ask(handle, clock, () => channel.consume(queue, take, { consumerTag }));
}

/** Asks the broker something; rejects when it does not answer, or its channel has ended. */
async function ask<T>(
  handle: ChannelHandle,
  clock: Clock,
  question: () => T | Promise<T>,
): Promise<T> {
  const ended = handle.ended.then((problem) => Promise.reject(lost(problem)));
  return await orUnreachable(
    inTime(Promise.race([Promise.try(question), ended]), ANSWER_LIMIT_MS, clock),
  );
}

async function orUnreachable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TransportError) throw error;
    throw new TransportError("unreachable", describeError(error), { cause: error });
  }
}

function lost(problem: Error | undefined): TransportError {
  const reason = problem ? describeError(problem) : "the connection to the broker was lost";
  return new TransportError("unreachable", reason, { cause: problem });
}

async function pause(ms: number, clock: Clock): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.after(ms, resolve);
  await promise;
}

import type { TestServer } from "../../tests/kit/rabbitmq.ts";

/** The kinds of Erlang process that a message passes through. */
export const PROCESS_KINDS = ["queue", "log", "channel", "connection", "other"] as const;

/** One kind of process. */
export type ProcessKind = typeof PROCESS_KINDS[number];

/** How much of a node's work one kind of process did. */
export interface Share {
  /** All processes of the kind together, 0 to 1. */
  readonly all: number;
  /** The busiest of them, which cannot have more than one core. */
  readonly busiest: number;
  /** What waited for the busiest mailbox at the end. */
  readonly waiting: number;
}

/** The work of a node by the kinds of its processes. */
export type Shares = Readonly<Record<ProcessKind, Share>>;

/**
 * Sums up reductions, Erlang's measure of work, by kind of process, over two seconds. The log is the
 * write-ahead log, of which a node has one for all of its quorum queues.
 */
const COUNT_REDUCTIONS = `
  Count = fun() ->
    maps:from_list([{P, R} || P <- processes(), {reductions, R} <- [process_info(P, reductions)]])
  end,
  Kind = fun(P) ->
    Name = case process_info(P, registered_name) of
      {registered_name, N} -> atom_to_list(N);
      _ -> case process_info(P, dictionary) of
        {dictionary, D} -> case proplists:get_value('$initial_call', D) of
          {M, _, _} -> atom_to_list(M);
          _ -> ""
        end;
        _ -> ""
      end
    end,
    case Name of
      "%2F_" ++ _ -> "queue";
      "rabbit_prequeue" -> "queue";
      "ra_log_wal" -> "log";
      "rabbit_channel" -> "channel";
      "rabbit_reader" -> "connection";
      "rabbit_writer" -> "connection";
      _ -> "other"
    end
  end,
  Waiting = fun(P) -> case process_info(P, message_queue_len) of {_, L} -> L; _ -> 0 end end,
  Before = Count(),
  timer:sleep(2000),
  iolist_to_binary([io_lib:format("~s ~p ~p;", [Kind(P), R - maps:get(P, Before, 0), Waiting(P)])
    || {P, R} <- maps:to_list(Count()), R > maps:get(P, Before, 0) + 1000]).`;

/**
 * Watches a node's processes for two seconds.
 *
 * @param server the node
 */
export async function probeShares(server: TestServer): Promise<Shares> {
  const text = await server.control("eval", COUNT_REDUCTIONS);
  return sumShares(text);
}

/**
 * Sums up what the node said of single processes.
 *
 * @param text `KIND REDUCTIONS WAITING;` for each
 */
export function sumShares(text: string): Shares {
  const seen = [...text.matchAll(/(\w+) (\d+) (\d+);/g)].map(([, kind, work, waiting]) => ({
    kind,
    work: Number(work),
    waiting: Number(waiting),
  }));
  const total = seen.reduce((sum, { work }) => sum + work, 0);
  const shareOf = (kind: ProcessKind): Share => {
    const own = seen.filter((process) => process.kind === kind);
    return {
      all: own.reduce((sum, { work }) => sum + work, 0) / total,
      busiest: Math.max(0, ...own.map(({ work }) => work)) / total,
      waiting: Math.max(0, ...own.map(({ waiting }) => waiting)),
    };
  };
  return {
    queue: shareOf("queue"),
    log: shareOf("log"),
    channel: shareOf("channel"),
    connection: shareOf("connection"),
    other: shareOf("other"),
  };
}

/**
 * The id of a node's process.
 *
 * @param server the node
 */
export async function processOf(server: TestServer): Promise<number> {
  return Number((await server.control("eval", "os:getpid().")).replaceAll('"', ""));
}

/**
 * A node's memory after all of its processes have collected their garbage, in bytes.
 *
 * @param server the node
 */
export async function memoryOf(server: TestServer): Promise<number> {
  const expression = "[erlang:garbage_collect(P) || P <- processes()], erlang:memory(total).";
  return Number(await server.control("eval", expression));
}

/**
 * Bytes that processes had written to disk so far.
 *
 * @param pids their ids
 */
export function writtenBytesOf(pids: readonly number[]): number {
  const { stdout } = new Deno.Command("cat", {
    args: pids.map((pid) => `/proc/${pid}/io`),
    stderr: "null",
  }).outputSync();
  const lines = new TextDecoder().decode(stdout).matchAll(/^write_bytes: (\d+)$/gm);
  return [...lines].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
}

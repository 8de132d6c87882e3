import type { Socket } from "node:net";
import postgres from "postgres";
import { type DatabaseAddress, describeDatabase } from "./address.ts";
import { openSocket } from "./open_socket.ts";
import { describeError, ServerError } from "./postgres_error.ts";
import { within } from "../within.ts";

/** Asks one connection; everything that is asked of it is answered in order. */
export type Sql = postgres.Sql;

/** The same connection within a transaction. */
export type Transaction = postgres.TransactionSql;

/** A connection to the database. */
export interface Connection {
  /** Asks it. */
  readonly sql: Sql;
  /** Whether it can be used no longer. */
  readonly isLost: boolean;
  /** Resolves with the reason when it can be used no longer. */
  readonly lost: Promise<string>;
  /** Ends it at once: whatever is under way fails. */
  abandon(reason: string): void;
  /** Ends it when all that was asked is answered. */
  close(): Promise<void>;
}

/** How to open a connection. */
export interface ConnectionOptions {
  /** Where. */
  readonly address: DatabaseAddress;
  /** A PEM file: who may vouch for the server. */
  readonly caFile: string | undefined;
  /** Takes what others notify us of. */
  readonly onNotify?: (channel: string, text: string) => void;
}

/** Opens a connection; see {@linkcode openConnection}. */
export type OpenConnection = (
  onNotify?: ConnectionOptions["onNotify"],
) => Promise<Connection>;

/** What the client takes and its types do not say. */
interface ClientOptions extends postgres.Options<Record<string, never>> {
  readonly socket: () => Promise<Socket>;
  readonly onnotify: (channel: string, text: string) => void;
  readonly no_subscribe: true;
}

/** How long a connection may take to end in order. */
const CLOSE_LIMIT_S = 5;

/**
 * What each session is told. Our statements touch few rows of large tables by their keys, whatever
 * the planner has heard of a table that was empty a minute ago: it plans them once, with indexes.
 * The server ends a statement before we lose patience, and finds out soon that a client is gone, or
 * takes nothing any more: notices that it does not take are kept for everybody.
 */
const SESSION = `
  SET plan_cache_mode = force_generic_plan;
  SET enable_seqscan = off;
  SET statement_timeout = '25s';
  SET idle_in_transaction_session_timeout = '30s';
  SET tcp_keepalives_idle = 10;
  SET tcp_keepalives_interval = 5;
  SET tcp_keepalives_count = 3;
  SET tcp_user_timeout = '30s';
`;

/**
 * Opens a connection. It is never opened again by itself: whoever has it finds it lost, and opens
 * another one.
 *
 * @param options where, and who listens
 * @throws Error whose message names the database, without the password
 */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { address, caFile, onNotify = () => {} } = options;
  const lost = Promise.withResolvers<string>();
  let isLost = false;
  const lose = (reason: string) => {
    isLost = true;
    lost.resolve(reason);
  };
  const gaveUp = new AbortController();
  let socket: Socket | undefined;
  const openOnce = async () => {
    if (isLost) throw new ServerError("SERVER_SILENT", "the connection is over");
    const ca = caFile === undefined ? undefined : await Deno.readTextFile(caFile);
    return socket = await openSocket(address, ca, gaveUp.signal);
  };
  const client: ClientOptions = {
    host: address.host,
    port: address.port,
    user: address.user,
    password: address.password,
    database: address.database,
    max: 1,
    max_lifetime: null,
    connect_timeout: 0,
    fetch_types: false,
    backoff: false,
    ssl: false,
    connection: { application_name: address.applicationName },
    no_subscribe: true,
    socket: openOnce,
    onnotify: onNotify,
    onnotice: () => {},
    onclose: () => lose("the connection was closed"),
  };
  const sql = postgres(client);
  const abandon = (reason: string) => {
    lose(reason);
    gaveUp.abort();
    socket?.destroy(new ServerError("SERVER_SILENT", reason));
    // Nothing is left to wait for.
    sql.end({ timeout: 0 }).catch(() => {});
  };
  try {
    const answer = await within(Promise.resolve(sql.unsafe(SESSION)), address.connectTimeoutMs);
    if (!answer.inTime) {
      const limit = `${address.connectTimeoutMs / 1_000} s`;
      throw new ServerError("SERVER_SILENT", `no answer within ${limit}`);
    }
  } catch (error) {
    abandon("it could not be opened");
    throw named(address, error);
  }
  return {
    sql,
    get isLost() {
      return isLost;
    },
    lost: lost.promise,
    abandon,
    async close() {
      await sql.end({ timeout: CLOSE_LIMIT_S });
      lose("it was closed");
    },
  };
}

/** The same error, with the database's name in its words. */
function named(address: DatabaseAddress, error: unknown): Error {
  const message = `${describeDatabase(address)}: ${describeError(error)}`;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return Object.assign(new Error(message, { cause: error }), { code });
}

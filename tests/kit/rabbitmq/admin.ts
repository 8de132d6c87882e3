import { poll } from "../poll.ts";

/** What the broker says of a queue, all of it. */
export interface BrokerQueue {
  readonly name: string;
  /** Messages waiting to be taken. */
  readonly ready: number;
  /** Messages taken and not settled. */
  readonly unacked: number;
  /** Messages of a quorum queue whose time is over, and which nobody has taken over so far. */
  readonly overdue: number;
  /** The arguments that it was declared with. */
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** Asks the node itself, instead of statistics that are up to five seconds old. */
const LIVE = "disable_stats=true";

/** A broker's management interface, https://www.rabbitmq.com/docs/http-api-reference. */
export class RabbitmqAdmin {
  /** Where it listens, without a path. */
  readonly url: string;
  readonly #authorization: string;

  /**
   * @param url where it listens, without a path
   * @param username who asks, an administrator
   * @param password the administrator's password
   */
  constructor(url: string, username: string, password: string) {
    this.url = url;
    this.#authorization = `Basic ${btoa(`${username}:${password}`)}`;
  }

  /** Whether it answers. */
  async answers(): Promise<boolean> {
    try {
      await this.get("overview");
      return true;
    } catch {
      return false; // nobody listens yet, or not everything has started
    }
  }

  /** Reads something. */
  async get<T>(path: string): Promise<T> {
    return JSON.parse(await this.#ask("GET", path)) as T;
  }

  /** Writes something. */
  async put(path: string, body?: unknown): Promise<void> {
    await this.#ask("PUT", path, body);
  }

  /** Has something done; `undefined` where nothing is answered. */
  async post<T>(path: string, body: unknown): Promise<T> {
    const text = await this.#ask("POST", path, body);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  /** Removes something; that it is not there is no error. */
  async delete(path: string): Promise<void> {
    await this.#ask("DELETE", path);
  }

  /**
   * Every queue of a vhost, as of a moment ago; quorum queues count their messages every five
   * seconds.
   */
  async queues(vhost: string): Promise<BrokerQueue[]> {
    const queues = await this.get<ListedQueue[]>(
      `queues/${encodeURIComponent(vhost)}?${LIVE}&enable_queue_totals=true`,
    );
    return queues.map((queue) => {
      const { name, messages_ready: ready = 0, messages_unacknowledged: unacked = 0 } = queue;
      const overdue = (queue.messages ?? 0) - ready - unacked;
      return { name, ready, unacked, overdue, arguments: queue.arguments };
    });
  }

  /**
   * Ends every connection to a vhost from the broker's side. It may take seconds before the
   * interface knows a connection well enough to end it.
   *
   * @returns how many there were
   */
  async closeConnections(vhost: string): Promise<number> {
    const old = await this.#connections(vhost);
    await poll(`the end of the connections to ${vhost}`, async () => {
      for (const name of old) await this.delete(`connections/${encodeURIComponent(name)}`);
      const left = await this.#connections(vhost);
      return !left.some((name) => old.includes(name));
    }, { everyMs: 100 });
    return old.length;
  }

  async #connections(vhost: string): Promise<string[]> {
    const all = await this.get<ListedConnection[]>(`connections?${LIVE}`);
    return all.filter((connection) => connection.vhost === vhost).map(({ name }) => name);
  }

  async #ask(method: string, path: string, body?: unknown): Promise<string> {
    const response = await fetch(`${this.url}/api/${path}`, {
      method,
      headers: { authorization: this.#authorization, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok || (method === "DELETE" && response.status === 404)) return text;
    throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
  }
}

/** A connection as the interface lists it. */
interface ListedConnection {
  readonly name: string;
  readonly vhost: string;
}

/** A queue as the interface lists it; a fresh one has no numbers yet. */
interface ListedQueue {
  readonly name: string;
  readonly messages?: number;
  readonly messages_ready?: number;
  readonly messages_unacknowledged?: number;
  readonly arguments: Readonly<Record<string, unknown>>;
}

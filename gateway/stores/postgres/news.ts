import type { Sql } from "@asya/program/postgres";

/** Where gateways tell each other of new updates. */
export const NEWS_CHANNEL = "asya_news";

/**
 * Which of several notices takes a row's news, as a column of the statement that tells them: one of
 * PostgreSQL holds less than 8000 bytes, so that of half of them one more id may be large.
 *
 * @param sql a connection
 * @see https://www.postgresql.org/docs/current/sql-notify.html
 */
export function partOfNews(sql: Sql): ReturnType<Sql> {
  return sql`sum(octet_length(id) + 12) OVER (ROWS UNBOUNDED PRECEDING) / 4000`;
}

/** Stands for the number of an update, once the job is gone. */
export const GONE = Infinity;

/** Those who want to know when a job has more updates. */
interface Watched {
  readonly listeners: Set<() => void>;
  /** Number of the newest update that they were told of. */
  seq: number;
}

/** Tells those who watch a job of each update once, however often the news of it comes. */
export class News {
  readonly #watched = new Map<string, Watched>();

  /**
   * Adds a listener.
   *
   * @returns a function that removes it
   */
  watch(jobId: string, listener: () => void): () => void {
    const watched = this.#watched.get(jobId) ?? { listeners: new Set(), seq: 0 };
    this.#watched.set(jobId, watched);
    watched.listeners.add(listener);
    return () => {
      watched.listeners.delete(listener);
      if (watched.listeners.size === 0 && this.#watched.get(jobId) === watched) {
        this.#watched.delete(jobId);
      }
    };
  }

  /**
   * Tells those who watch a job, unless they were told before; listeners must not throw.
   *
   * @param seq number of the newest update, or {@linkcode GONE}
   */
  tell(jobId: string, seq: number): void {
    const watched = this.#watched.get(jobId);
    if (!watched || watched.seq >= seq) return;
    watched.seq = seq;
    for (const listener of [...watched.listeners]) listener();
  }

  /**
   * Tells what a notice says.
   *
   * @param notice lines of a job's id and the number of its newest update, `-` where it is gone
   */
  read(notice: string): void {
    for (const line of notice.split("\n")) {
      const space = line.lastIndexOf(" ");
      const seq = line.slice(space + 1);
      this.tell(line.slice(0, space), seq === "-" ? GONE : Number(seq));
    }
  }

  /** Tells everybody, since nobody knows what was missed. */
  tellAll(): void {
    for (const { listeners } of [...this.#watched.values()]) {
      for (const listener of [...listeners]) listener();
    }
  }
}

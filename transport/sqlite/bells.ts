/**
 * Where the bells of a file hang.
 *
 * @param path the path of the file with the messages
 */
export function bellsFolder(path: string): string {
  return `${path}-bells`;
}

/** What is written to ring. */
const stroke = new Uint8Array(1);

/**
 * Tells other processes that a queue gained something: one small file per queue, in a folder of
 * their own. Ringing is writing a byte over the last one, after the commit; whoever watches the
 * file wakes up. Watching the file of the messages would do worse: it also changes for what is
 * taken and removed, and it changes before a commit can be seen.
 *
 * A bell that cannot be rung or heard loses nothing, since queues are also looked at now and then.
 */
export class Bells {
  readonly #files = new Map<number, Deno.FsFile>();
  readonly #ringing = new Set<number>();
  #told = false;

  /**
   * @param folder an existing folder that holds nothing else
   * @param onProblem is told once when a bell cannot be rung or heard
   */
  constructor(
    private readonly folder: string,
    private readonly onProblem: (error: unknown) => void,
  ) {}

  /** Rings for a queue, once for all calls in a row. */
  ring(queue: number): void {
    if (this.#ringing.size === 0) queueMicrotask(() => this.#ringAll());
    this.#ringing.add(queue);
  }

  /**
   * Calls back whenever somebody rings for a queue; a process hears its own ringing too.
   *
   * @returns a function that stops it
   */
  listen(queue: number, callback: () => void): () => void {
    let watcher: Deno.FsWatcher;
    try {
      this.#file(queue);
      watcher = Deno.watchFs(this.#pathOf(queue), { recursive: false });
    } catch (error) {
      this.#tell(error);
      return () => {};
    }
    const hear = async () => {
      for await (const _event of watcher) callback();
    };
    hear().catch((error) => this.#tell(error));
    return () => watcher.close();
  }

  /** Rings what is still to be rung, and closes the files. */
  close(): void {
    this.#ringAll();
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
  }

  #ringAll(): void {
    for (const queue of this.#ringing) {
      try {
        const file = this.#file(queue);
        file.seekSync(0, Deno.SeekMode.Start);
        file.writeSync(stroke);
      } catch (error) {
        this.#tell(error);
      }
    }
    this.#ringing.clear();
  }

  #file(queue: number): Deno.FsFile {
    let file = this.#files.get(queue);
    if (file === undefined) {
      file = Deno.openSync(this.#pathOf(queue), { create: true, write: true, mode: 0o600 });
      this.#files.set(queue, file);
    }
    return file;
  }

  #pathOf(queue: number): string {
    return `${this.folder}/${queue}`;
  }

  #tell(error: unknown): void {
    if (!this.#told) this.onProblem(error);
    this.#told = true;
  }
}

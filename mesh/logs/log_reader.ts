import { ENDING } from "./log_files.ts";

/** What has not been read yet is read in pieces of this size. */
const PIECE_BYTES = 64 * 1024;

/** How often files are looked at where the system does not tell that they have changed. */
const LOOK_EVERY_MS = 1_000;

/** A file that is read to its end, and further when it grows. */
class GrowingFile {
  readonly #file: Deno.FsFile;
  readonly #decoder = new TextDecoder();
  readonly #buffer = new Uint8Array(PIECE_BYTES);
  readonly inode: number | null;
  #rest = "";

  constructor(path: string) {
    this.#file = Deno.openSync(path);
    this.inode = this.#file.statSync().ino;
  }

  /** Every line that is whole and was not read yet. */
  read(): string[] {
    const lines: string[] = [];
    for (let count; (count = this.#file.readSync(this.#buffer)) !== null;) {
      const text = this.#decoder.decode(this.#buffer.subarray(0, count), { stream: true });
      const parts = (this.#rest + text).split("\n");
      this.#rest = parts.pop() ?? "";
      for (const part of parts) lines.push(part);
    }
    return lines;
  }

  close(): void {
    this.#file.close();
  }
}

/** Reads the log files of a mesh, and what is added to them. */
export class LogReader implements Disposable {
  readonly #folder: string;
  readonly #files = new Map<string, GrowingFile>();

  /** @param folder where `openLogFiles` writes */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Every line that was written so far, file by file, each file's in their order.
   *
   * @throws Deno.errors.NotFound when there is no such folder
   */
  *readAll(): Generator<string, void> {
    for (const name of this.#names(ENDING.before)) {
      const file = openWhereThere(`${this.#folder}/${name}`);
      yield* file?.read() ?? [];
      file?.close();
    }
    yield* this.readMore();
  }

  /** What was added since it was last asked, also to files that were renamed or are new. */
  *readMore(): Generator<string, void> {
    for (const name of this.#names(ENDING.now)) {
      const path = `${this.#folder}/${name}`;
      const known = this.#files.get(name);
      yield* known?.read() ?? [];
      if (known && known.inode === inodeOf(path)) continue;
      // Renamed: what was added before that was read; the file that has its name is another one.
      yield* known?.read() ?? [];
      known?.close();
      this.#files.delete(name);
      const file = openWhereThere(path);
      if (!file) continue;
      this.#files.set(name, file);
      yield* file.read();
    }
  }

  /**
   * Tells when it may be worth to read more.
   *
   * @param signal ends it
   */
  async *changes(signal: AbortSignal): AsyncGenerator<void, void> {
    using watcher = Deno.watchFs(this.#folder, { recursive: false });
    const events = watcher[Symbol.asyncIterator]();
    let next = events.next();
    while (!signal.aborted) {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      // stands for a change that the system did not tell
      const timer = setTimeout(resolve, LOOK_EVERY_MS);
      signal.addEventListener("abort", () => resolve(), { once: true });
      const told = await Promise.race([next, late]);
      clearTimeout(timer);
      if (told?.done) return;
      if (told) next = events.next();
      if (!signal.aborted) yield;
    }
  }

  [Symbol.dispose](): void {
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
  }

  #names(ending: string): string[] {
    return [...Deno.readDirSync(this.#folder)].map(({ name }) => name)
      .filter((name) => name.endsWith(ending)).sort();
  }
}

function inodeOf(path: string): number | null | undefined {
  try {
    return Deno.statSync(path).ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** A file, or nothing where it was renamed since the folder was looked at. */
function openWhereThere(path: string): GrowingFile | undefined {
  try {
    return new GrowingFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

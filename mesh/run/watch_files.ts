/** Files that are looked after for changes. */
export interface FileWatch extends Disposable {
  /**
   * Watches these files from now on, and no others; they need not be there.
   *
   * @param paths absolute paths
   * @param sinceMs of those that were not watched before, what was written after this time of day
   *   has changed
   */
  follow(paths: Iterable<string>, sinceMs: number): void;
}

/** Editors write in several steps: a change is told when nothing has happened for so long. */
const QUIET_MS = 30;

/**
 * Watches files for other content. Folders are watched, not files: so one that is replaced by
 * another of its name, as many editors save, is still seen.
 *
 * @param onChange is told the paths of files whose content is another than before
 * @param quietMs milliseconds without a change that end one
 */
export function watchFiles(
  onChange: (paths: ReadonlySet<string>) => void,
  quietMs = QUIET_MS,
): FileWatch {
  return new FolderWatch(onChange, quietMs);
}

class FolderWatch implements FileWatch {
  readonly #onChange: (paths: ReadonlySet<string>) => void;
  readonly #quietMs: number;
  /** What each file held when it was last looked at; nothing where it is not there. */
  readonly #contents = new Map<string, string | undefined>();
  #watcher: Deno.FsWatcher | undefined;
  #folders = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onChange: (paths: ReadonlySet<string>) => void, quietMs: number) {
    this.#onChange = onChange;
    this.#quietMs = quietMs;
  }

  follow(paths: Iterable<string>, sinceMs: number): void {
    const wanted = new Set(paths);
    for (const path of this.#contents.keys()) if (!wanted.has(path)) this.#contents.delete(path);
    const folders = [...new Set([...wanted].map(folderOf))].filter(isFolder).sort();
    const key = folders.join("\n");
    if (key !== this.#folders) {
      const earlier = this.#watcher;
      this.#folders = key;
      this.#watcher = folders.length > 0 ? Deno.watchFs(folders, { recursive: false }) : undefined;
      if (this.#watcher) void this.#hear(this.#watcher);
      earlier?.close();
    }
    // Content is read after the watch has begun: what changes in between is seen by one of them.
    for (const path of wanted) {
      if (this.#contents.has(path)) continue;
      this.#contents.set(path, isNewer(path, sinceMs) ? undefined : readIfThere(path));
    }
    this.#lookSoon();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  async #hear(watcher: Deno.FsWatcher): Promise<void> {
    for await (const { paths } of watcher) {
      if (watcher === this.#watcher && paths.some((path) => this.#contents.has(path))) {
        this.#lookSoon();
      }
    }
  }

  #lookSoon(): void {
    clearTimeout(this.#timer);
    // waits for whoever writes to have written all
    this.#timer = setTimeout(() => this.#look(), this.#quietMs);
  }

  #look(): void {
    const changed = new Set<string>();
    for (const [path, before] of this.#contents) {
      const content = readIfThere(path);
      if (content === before) continue;
      this.#contents.set(path, content);
      changed.add(path);
    }
    if (changed.size > 0) this.#onChange(changed);
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false; // nothing can change in a folder that is not there
  }
}

function isNewer(path: string, sinceMs: number): boolean {
  try {
    return (Deno.statSync(path).mtime?.getTime() ?? 0) > sinceMs;
  } catch {
    return false; // it is not there
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined; // gone, or not readable: when that changes, so has the file
  }
}

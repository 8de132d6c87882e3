/** Keeps what the processes of a mesh say. */
export interface LogFiles extends Disposable {
  /**
   * Adds a line.
   *
   * @param name whose it is; a file for each
   * @param line one line of JSON, without line break
   */
  write(name: string, line: string): void;
}

/** A file that is larger makes room for the next one; the one before it is kept. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** How the names of files end: of what is written, and of what was written before it. */
export const ENDING = { now: ".log", before: ".log.1" } as const;

/** A file that is written. */
interface LogFile {
  file: Deno.FsFile;
  bytes: number;
}

/**
 * Opens the folder in which a mesh keeps its log, a file for each name. Each name may be written by
 * one process only. No file grows beyond a bound: it is then renamed, over the one before it.
 *
 * @param folder made where it does not exist; for this user alone
 * @param onProblem is told, once, when nothing more can be written; nothing is then
 * @param maxBytes the bound
 */
export function openLogFiles(
  folder: string,
  onProblem: (error: Error) => void,
  maxBytes = MAX_FILE_BYTES,
): LogFiles {
  const files = new Map<string, LogFile>();
  const encoder = new TextEncoder();
  let isOver = false;
  const open = (name: string): LogFile => {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const options = { append: true, create: true, mode: 0o600 };
    const file = Deno.openSync(`${folder}/${name}${ENDING.now}`, options);
    const opened = { file, bytes: file.statSync().size };
    files.set(name, opened);
    return opened;
  };
  const rotate = (name: string, { file }: LogFile): LogFile => {
    file.close();
    files.delete(name);
    Deno.renameSync(`${folder}/${name}${ENDING.now}`, `${folder}/${name}${ENDING.before}`);
    return open(name);
  };
  return {
    write(name, line) {
      if (isOver) return;
      const bytes = encoder.encode(`${line}\n`);
      try {
        let log = files.get(name) ?? open(name);
        if (log.bytes > 0 && log.bytes + bytes.length > maxBytes) log = rotate(name, log);
        // A short write is the begin of a full disk, which the next one tells.
        log.bytes += log.file.writeSync(bytes);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        // A mesh does its work without a log, too.
        isOver = true;
        onProblem(error);
      }
    },
    [Symbol.dispose]() {
      isOver = true;
      for (const { file } of files.values()) file.close();
      files.clear();
    },
  };
}

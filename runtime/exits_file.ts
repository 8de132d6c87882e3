import type { InstanceExit } from "@asya/protocol/session";
import { addExit, encodeExits, parseExits } from "./exits.ts";

/**
 * The file that remembers how instances ended. A supervisor holds it locked for as long as it lives,
 * so that a socket never has two.
 */
export class ExitsFile {
  readonly #file: Deno.FsFile;
  #exits: readonly InstanceExit[];

  private constructor(file: Deno.FsFile, exits: readonly InstanceExit[]) {
    this.#file = file;
    this.#exits = exits;
  }

  /**
   * Opens the file for this supervisor.
   *
   * @param path of the file
   * @returns the file, or `undefined` while another supervisor holds it
   * @throws what the system says when the file cannot be opened, or has no room on the disk
   */
  static open(path: string): ExitsFile | undefined {
    const file = Deno.openSync(path, { read: true, write: true, create: true });
    if (!file.tryLockSync(true)) {
      file.close();
      return undefined;
    }
    const exits = new ExitsFile(file, parseExits(Deno.readFileSync(path)));
    // Takes its room on the disk here: an end must find room also when there is none left.
    exits.#write();
    return exits;
  }

  /** Whether the end of an instance is remembered. */
  has(instance: string): boolean {
    return this.#exits.some((exit) => exit.instance === instance);
  }

  /** Remembers one more end, in one write, so that nobody ever reads half of it. */
  add(exit: InstanceExit): void {
    this.#exits = addExit(this.#exits, exit);
    this.#write();
  }

  /** Closes the file and frees its lock, also of the copy that a child has while it is started. */
  close(): void {
    this.#file.unlockSync();
    this.#file.close();
  }

  #write(): void {
    this.#file.seekSync(0, Deno.SeekMode.Start);
    this.#file.writeSync(encodeExits(this.#exits));
  }
}

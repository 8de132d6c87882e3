import type { Emit } from "../event.ts";
import type { ParsedTools } from "./parse_tools.ts";
import type { Tool } from "./tool.ts";

/** The tools at this moment; a bad new set leaves the old one in its place. */
export class Catalog {
  readonly #emit: Emit;
  readonly #nowMs: () => number;
  readonly #listeners = new Set<() => void>();
  #tools: readonly Tool[] = [];
  #byName = new Map<string, Tool>();

  /** @param nowMs tells the time, in milliseconds since the epoch */
  constructor(tools: readonly Tool[], emit: Emit, nowMs: () => number) {
    this.#emit = emit;
    this.#nowMs = nowMs;
    this.#set(tools);
  }

  get tools(): readonly Tool[] {
    return this.#tools;
  }

  find(name: string): Tool | undefined {
    return this.#byName.get(name);
  }

  /** Takes a new set of tools, if it is a good one. */
  replace(parsed: ParsedTools): void {
    if (!parsed.ok) return this.#emit({ kind: "tools_refused", problems: parsed.problems });
    this.#set(parsed.tools);
    for (const listener of this.#listeners) listener();
  }

  /** Tells a listener whenever there is a new set of tools. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  #set(tools: readonly Tool[]): void {
    this.#tools = tools;
    this.#byName = new Map(tools.map((tool) => [tool.name, tool]));
    const names = tools.map(({ name }) => name);
    this.#emit({ kind: "tools_loaded", names, atMs: this.#nowMs() });
  }
}

import type { Emit } from "../event.ts";
import type { ParsedTools } from "./parse_tools.ts";
import type { Tool } from "./tool.ts";

/** The tools at this moment; a bad new set leaves the old one in its place. */
export class Catalog {
  readonly #emit: Emit;
  readonly #listeners = new Set<() => void>();
  #tools: readonly Tool[] = [];
  #byName = new Map<string, Tool>();

  constructor(tools: readonly Tool[], emit: Emit) {
    this.#emit = emit;
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
    this.#emit({ kind: "tools_loaded", count: tools.length });
  }
}

import { hidePassword, nearestName } from "@asya/program";
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from "yaml";

/** Something that is wrong in a file, and where. */
export interface Problem {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  /** One sentence: what was got, what is allowed. */
  readonly message: string;
}

/** One key of a mapping and what stands behind it. */
export interface YamlEntry {
  readonly name: string;
  /** Where the key begins, in characters from the begin of the file. */
  readonly start: number;
  /** Where the value ends. */
  readonly end: number;
  readonly value: YamlValue;
  /** Adds a problem at the key's place. */
  readonly refuse: (message: string) => void;
}

/** A value of a YAML file with its place; every problem with it goes to the file's list. */
export class YamlValue {
  readonly #file: YamlFile;
  readonly #node: Node | null;
  /** Where problems of an absent value are shown. */
  readonly #place: Node | null;
  /** How messages call it, such as `actors[0].name`. */
  readonly path: string;

  /** Made by {@linkcode openYaml} and by the methods of another value. */
  constructor(file: YamlFile, node: Node | null, place: Node | null, path: string) {
    this.#file = file;
    this.#node = isAlias(node) ? node.resolve(file.document) ?? null : node;
    this.#place = place;
    this.path = path;
  }

  /** Adds a problem at this value's place. */
  refuse(message: string): undefined {
    this.#file.report(this.#node ?? this.#place, message);
    return undefined;
  }

  /**
   * Adds that this value is not what it should be.
   *
   * @param allowed what is allowed, in words
   */
  refuseFor(allowed: string): undefined {
    return this.refuse(`${this.#name()} is ${this.#kind()}; ${allowed} is allowed`);
  }

  /**
   * The fields of a mapping.
   *
   * @param allowed the keys there may be; any other is a problem that names the nearest of them
   * @returns `undefined` for what is no mapping, which is a problem
   */
  fields<const K extends string>(
    allowed: readonly K[],
  ): { readonly [P in K]?: YamlValue } | undefined {
    const entries = this.entries();
    if (!entries) return undefined;
    const fields: { [P in K]?: YamlValue } = {};
    for (const { name, refuse, value } of entries) {
      const known = allowed.find((candidate) => candidate === name);
      if (known !== undefined) {
        fields[known] = value;
        continue;
      }
      const nearest = nearestName(name, allowed);
      const hint = nearest === undefined
        ? `allowed: ${allowed.join(", ")}`
        : `did you mean ${nearest}?`;
      refuse(`${this.#below(name)} is not known; ${hint}`);
    }
    return fields;
  }

  /**
   * The entries of a mapping, whatever their keys.
   *
   * @returns `undefined` for what is no mapping, which is a problem
   */
  entries(): YamlEntry[] | undefined {
    const node = this.#node;
    if (!isMap(node)) return this.refuseFor("a mapping");
    return node.items.map((pair) => {
      const [key, value] = [pair.key as Node | null, pair.value as Node | null];
      const name = String(isScalar(key) ? key.value : key);
      const start = key?.range?.[0] ?? 0;
      return {
        name,
        start,
        end: value?.range?.[2] ?? key?.range?.[2] ?? start,
        refuse: (message: string) => this.#file.report(key, message),
        value: new YamlValue(this.#file, value, key, this.#below(name)),
      };
    });
  }

  /**
   * The items of a list.
   *
   * @param min how many there must be
   * @returns `undefined` for what is no list, which is a problem
   */
  items(min = 0): YamlValue[] | undefined {
    const node = this.#node;
    if (!isSeq(node)) return this.refuseFor("a list");
    if (node.items.length < min) {
      this.refuse(`${this.#name()} has ${node.items.length} items; ${min} or more are allowed`);
    }
    return node.items.map((item, index) =>
      new YamlValue(this.#file, item as Node | null, node, `${this.path}[${index}]`)
    );
  }

  /**
   * A text.
   *
   * @param parse turns it into what it means, or gives `undefined`
   * @param allowed what is allowed, in words
   */
  text<T>(parse: (text: string) => T | undefined, allowed: string): T | undefined {
    const value = isScalar(this.#node) ? this.#node.value : undefined;
    const text = typeof value === "number" ? this.#written() : value;
    const parsed = typeof text === "string" ? parse(text) : undefined;
    return parsed ?? this.refuseFor(allowed);
  }

  /** A whole number within a range. */
  integer(min: number, max: number): number | undefined {
    const value = isScalar(this.#node) ? this.#node.value : undefined;
    if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) {
      return value;
    }
    return this.refuseFor(`a whole number from ${min} to ${max}`);
  }

  /** Where the value begins and ends, in characters from the begin of the file. */
  get range(): readonly [number, number] {
    const [start, end] = this.#node?.range ?? [0, 0];
    return [start, end];
  }

  /** Refuses a mapping that is written in braces. */
  expectBlock(): void {
    if (isMap(this.#node) && this.#node.flow) {
      this.refuse(`${this.#name()} is written in braces; one key a line is allowed`);
    }
  }

  /** A yes or a no. */
  boolean(): boolean | undefined {
    const value = isScalar(this.#node) ? this.#node.value : undefined;
    if (typeof value === "boolean") return value;
    return this.refuseFor("true or false");
  }

  /** The value as plain data. */
  data(): unknown {
    return this.#node?.toJS(this.#file.document) ?? null;
  }

  #name(): string {
    return this.path === "" ? "the file" : this.path;
  }

  #below(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }

  /** What was got, short enough for a message, and without the password of a URL. */
  #kind(): string {
    if (isMap(this.#node)) return "a mapping";
    if (isSeq(this.#node)) return "a list";
    const value = isScalar(this.#node) ? this.#node.value : undefined;
    if (value === undefined || value === null) return "empty";
    const text = hidePassword(JSON.stringify(value));
    return text.length > 80 ? `${text.slice(0, 80)}…` : text;
  }

  /** A scalar as it stands in the file: `1.10` is not `1.1`. */
  #written(): string | undefined {
    return isScalar(this.#node) ? this.#node.source : undefined;
  }
}

/** A file that is being read, and what is wrong with it so far. */
interface YamlFile {
  readonly document: Document;
  report(node: Node | null, message: string): void;
}

/** A YAML file as it was opened. */
export interface OpenedYaml {
  /** What the whole file holds. */
  readonly root: YamlValue;
  /** Grows with every value that is read and found wrong, in the order of the file at the end. */
  readonly problems: () => Problem[];
}

/**
 * Opens YAML text, so that every value can be read with its place.
 *
 * @param text the file's content
 * @example
 * ```ts
 * import { openYaml } from "./yaml_reader.ts";
 * import assert from "node:assert/strict";
 * const { root, problems } = openYaml("name: hello\nactor: []\n");
 * const fields = root.fields(["name", "actors"]);
 * assert.equal(fields?.name?.text((text) => text, "a text"), "hello");
 * assert.deepEqual(problems(), [
 *   { line: 2, column: 1, message: "actor is not known; did you mean actors?" },
 * ]);
 * ```
 */
export function openYaml(text: string): OpenedYaml {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, keepSourceTokens: true });
  const problemAt = (offset: number, message: string): Problem => {
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col, message };
  };
  const broken = [...document.errors, ...document.warnings].map(({ pos, message }) =>
    problemAt(pos[0], message.split(/ at line |\n/)[0] ?? message)
  );
  const found: Problem[] = [];
  const report = (node: Node | null, message: string) =>
    void found.push(problemAt(node?.range?.[0] ?? 0, message));
  return {
    root: new YamlValue({ document, report }, document.contents as Node | null, null, ""),
    problems: () =>
      // Of what is no YAML, nothing else can be said.
      (broken.length > 0 ? broken : found)
        .toSorted((one, other) => one.line - other.line || one.column - other.column),
  };
}

/**
 * Writes problems one a line, as editors and terminals link them.
 *
 * @param path the file's name
 * @param problems what is wrong with it
 * @example
 * ```ts
 * import { formatProblems } from "./yaml_reader.ts";
 * import assert from "node:assert/strict";
 * const problem = { line: 3, column: 5, message: "name is empty" };
 * assert.equal(formatProblems("mesh.yaml", [problem]), "mesh.yaml:3:5: name is empty");
 * ```
 */
export function formatProblems(path: string, problems: readonly Problem[]): string {
  return problems
    .map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`)
    .join("\n");
}

import { nearestName } from "@asya/program";
import { isJsonObject, type Json, type JsonObject, kindOf } from "@asya/protocol";
import { type Path, type Place, showPlace, type YamlDocument } from "./yaml_document.ts";

/** Something that is wrong, and where. */
export interface Problem {
  readonly place: Place;
  readonly text: string;
}

/** A value of a document that is being read; whatever is wrong with it is added to one list. */
export class Located {
  readonly value: unknown;
  readonly #document: YamlDocument;
  readonly #path: Path;
  readonly #problems: Problem[];

  constructor(document: YamlDocument, problems: Problem[], path: Path = [], value?: unknown) {
    this.value = path.length === 0 ? document.value : value;
    this.#document = document;
    this.#path = path;
    this.#problems = problems;
  }

  /** Its place: `file:line:column`. */
  get place(): string {
    return showPlace(this.#document.locate(this.#path));
  }

  get file(): string {
    return this.#document.locate([]).file;
  }

  /** The key or index under which it stands. */
  get key(): string | number | undefined {
    return this.#path.at(-1);
  }

  get isMissing(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** The value of a key; `isMissing` when there is none. */
  at(key: string | number): Located {
    const inside = typeof this.value === "object" && this.value !== null &&
        Object.hasOwn(this.value, key)
      ? (this.value as Record<string | number, unknown>)[key]
      : undefined;
    return new Located(this.#document, this.#problems, [...this.#path, key], inside);
  }

  /** One step along a path that came as text, where indices look like keys. */
  step(part: string | number): Located {
    return this.at(Array.isArray(this.value) ? Number(part) : part);
  }

  /** Its items; an empty list, with a problem, when it is no list. */
  items(allowed: string): Located[] {
    if (!Array.isArray(this.value)) return this.refuse(allowed, []);
    return this.value.map((_, index) => this.at(index));
  }

  /** Its entries; none, with a problem, when it is no object. */
  entries(allowed: string): [string, Located][] {
    if (!isJsonObject(this.value)) return this.refuse(allowed, []);
    return Object.keys(this.value).map((key) => [key, this.at(key)]);
  }

  /** Says of every key that is not among the given ones that it is unknown. */
  allowKeys(keys: readonly string[]): void {
    if (!isJsonObject(this.value)) return;
    for (const key of Object.keys(this.value)) {
      if (keys.includes(key)) continue;
      const nearest = nearestName(key, keys);
      const hint = nearest === undefined
        ? `allowed: ${keys.join(", ")}`
        : `did you mean ${nearest}?`;
      this.at(key).fail(`${JSON.stringify(key)} is unknown; ${hint}`, "key");
    }
  }

  text(allowed = "a text"): string | undefined {
    return typeof this.value === "string" ? this.value : this.refuse(allowed, undefined);
  }

  flag(): boolean | undefined {
    return typeof this.value === "boolean" ? this.value : this.refuse("true or false", undefined);
  }

  choice<const C extends string>(choices: readonly C[]): C | undefined {
    const found = choices.find((choice) => choice === this.value);
    const allowed = [choices.slice(0, -1).join(", "), choices.at(-1)].filter(Boolean).join(" or ");
    return found ?? this.refuse(allowed, undefined);
  }

  number(allowed: string, isAllowed: (value: number) => boolean): number | undefined {
    const { value } = this;
    if (typeof value === "number" && isAllowed(value)) return value;
    return this.refuse(allowed, undefined);
  }

  object(allowed = "an object"): JsonObject | undefined {
    return isJsonObject(this.value) ? this.value : this.refuse(allowed, undefined);
  }

  /** Its value as JSON. */
  json(): Json {
    return this.value as Json;
  }

  /** Adds that the value is not what is allowed. */
  refuse<T>(allowed: string, instead: T): T {
    const { value } = this;
    const got = typeof value === "object" || value === undefined
      ? kindOf(value)
      : JSON.stringify(value) ?? String(value);
    const name = typeof this.key === "string" ? this.key : `item ${Number(this.key ?? 0) + 1}`;
    this.fail(`${this.#path.length === 0 ? "the file" : name} is ${got}; allowed: ${allowed}`);
    return instead;
  }

  /** Adds a problem at its place. */
  fail(problem: string, on: "key" | "value" = "value"): void {
    this.#problems.push({ place: this.#document.locate(this.#path, on), text: problem });
  }
}

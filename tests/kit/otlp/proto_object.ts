import { isJsonObject, type Json, type JsonObject, showJson } from "@asya/protocol";

/** What is no message of OTLP, in words. */
export class NotOtlp extends Error {}

/** A value of an attribute. */
export type AttributeValue = string | number | boolean | AttributeValue[];

/** Attributes by name. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/**
 * A message in the JSON of protocol buffers: fields that have their default may be missing, and
 * whole numbers of 64 bits are texts.
 *
 * @see https://protobuf.dev/programming-guides/json/
 */
export class ProtoObject {
  readonly #fields: JsonObject;
  readonly #path: string;

  /**
   * @param value parsed JSON
   * @param path where it stands, for what is wrong with it
   * @throws NotOtlp when it is no object
   */
  constructor(value: Json | undefined, path: string) {
    if (!isJsonObject(value)) throw new NotOtlp(`${path} is ${show(value)}; an object is allowed`);
    this.#fields = value;
    this.#path = path;
  }

  /** Whether a field is given. */
  has(name: string): boolean {
    return this.#fields[name] !== undefined;
  }

  /** A message in it; an empty one where it is missing. */
  object(name: string): ProtoObject {
    return new ProtoObject(this.#fields[name] ?? {}, `${this.#path}.${name}`);
  }

  /** Messages in it. */
  objects(name: string): ProtoObject[] {
    return this.#list(name).map((item, index) =>
      new ProtoObject(item, `${this.#path}.${name}[${index}]`)
    );
  }

  /** A text. */
  text(name: string): string {
    return this.#read(name, "", "a text", (value) => typeof value === "string");
  }

  /** A word from a closed list, given by its number. */
  choice<const T extends string>(name: string, words: readonly T[]): T {
    const value = this.#fields[name] ?? 0;
    const word = typeof value === "number" ? words[value] : undefined;
    return word ?? this.#refuse(name, `a number from 0 to ${words.length - 1}`);
  }

  /** An id in hexadecimal digits, not all of them 0. */
  id(name: string, digits: number): string {
    const isId = new RegExp(`^(?!0+$)[0-9a-f]{${digits}}$`);
    const id = this.text(name);
    return isId.test(id) ? id : this.#refuse(name, `an id of ${digits} hexadecimal digits`);
  }

  /** An id, or none. */
  optionalId(name: string, digits: number): string | undefined {
    return this.text(name) === "" ? undefined : this.id(name, digits);
  }

  /** A whole number of up to 64 bits, which has to be given. */
  integer(name: string): bigint {
    const value = this.#fields[name];
    const isInteger = typeof value === "string"
      ? /^-?\d{1,20}$/.test(value)
      : Number.isSafeInteger(value);
    return isInteger ? BigInt(value as string | number) : this.#refuse(name, "a whole number");
  }

  /** Whole numbers. */
  integers(name: string): number[] {
    return this.#list(name).map(Number);
  }

  /** A number. */
  number(name: string): number {
    return this.#read(name, 0, "a number", (value) => typeof value === "number");
  }

  /** Numbers. */
  numbers(name: string): number[] {
    return this.#list(name).map(Number);
  }

  /** A time in nanoseconds since the epoch, given, as milliseconds. */
  timeMs(name: string): number {
    const nanoseconds = this.integer(name);
    if (nanoseconds <= 0n) this.#refuse(name, "a time");
    return Number(nanoseconds / 1_000n) / 1_000;
  }

  /** Its attributes; each name once. */
  attributes(): Attributes {
    const found = new Map<string, AttributeValue>();
    for (const attribute of this.objects("attributes")) {
      const key = attribute.text("key");
      if (key === "" || found.has(key)) this.#refuse("attributes", "names that are told apart");
      found.set(key, attribute.object("value").value());
    }
    return Object.fromEntries(found);
  }

  /** What it is, as the value of an attribute. */
  value(): AttributeValue {
    if (this.has("stringValue")) return this.text("stringValue");
    if (this.has("intValue")) return Number(this.integer("intValue"));
    if (this.has("doubleValue")) return this.number("doubleValue");
    if (this.has("boolValue")) {
      return this.#read("boolValue", false, "true or false", (value) => typeof value === "boolean");
    }
    if (this.has("arrayValue")) {
      return this.object("arrayValue").objects("values").map((one) => one.value());
    }
    throw new NotOtlp(`${this.#path} is ${show(this.#fields)}; a value of an attribute is allowed`);
  }

  #list(name: string): Json[] {
    return this.#read<Json[]>(name, [], "a list", Array.isArray);
  }

  #read<T extends Json>(
    name: string,
    missing: T,
    allowed: string,
    is: (value: Json) => boolean,
  ): T {
    const value = this.#fields[name] ?? missing;
    return is(value) ? value as T : this.#refuse(name, allowed);
  }

  #refuse(name: string, allowed: string): never {
    const shown = show(this.#fields[name]);
    throw new NotOtlp(`${this.#path}.${name} is ${shown}; ${allowed} is allowed`);
  }
}

function show(value: Json | undefined): string {
  return value === undefined ? "missing" : showJson(value);
}

import { createField, type Field, refuse, type Rule } from "./field.ts";

/** The greatest whole number of Kubernetes' own fields; as a limit, it is none to tell of. */
export const MAX_INT32 = 2_147_483_647;

/** What more is said of a text. */
export interface TextOptions {
  /** The most characters; rules cost what the longest text costs. */
  readonly maxLength: number;
  readonly rules?: readonly Rule<string>[];
}

/**
 * A text that is not empty.
 *
 * @param description a sentence for `kubectl explain` and the reference
 * @param options how long it may be, and what rules say of it
 */
export function text(description: string, options: TextOptions): Field<string, "required"> {
  const { maxLength, rules = [] } = options;
  return createField(
    { type: "string", description, minLength: 1, maxLength },
    rules,
    (value, path, problems) => {
      const length = typeof value === "string" ? [...value].length : 0;
      return length > 0 && length <= maxLength
        ? value as string
        : refuse(problems, path, value, `a text of 1 to ${maxLength} characters`, "");
    },
  );
}

/**
 * A text that may be empty, of any length.
 *
 * @param description a sentence for `kubectl explain` and the reference
 */
export function freeText(description: string): Field<string, "required"> {
  return createField(
    { type: "string", description },
    [],
    (value, path, problems) =>
      typeof value === "string" ? value : refuse(problems, path, value, "a text", ""),
  );
}

/** Which whole numbers are taken. */
export interface IntegerOptions {
  readonly min: number;
  /** 2³¹ - 1 where nothing is said. */
  readonly max?: number;
}

/**
 * A whole number.
 *
 * @param description a sentence that names the unit
 * @param options its range, ends included
 */
export function integer(description: string, options: IntegerOptions): Field<number, "required"> {
  const { min, max = MAX_INT32 } = options;
  const allowed = max === MAX_INT32 ? `${min} or more` : `${min} to ${max}`;
  return createField(
    { type: "integer", description, minimum: min, maximum: max },
    [],
    (value, path, problems) =>
      typeof value === "number" && Number.isInteger(value) && value >= min && value <= max
        ? value
        : refuse(problems, path, value, `a whole number, ${allowed},`, min),
  );
}

/**
 * Yes or no.
 *
 * @param description a sentence that says what `true` means
 */
export function boolean(description: string): Field<boolean, "required"> {
  return createField(
    { type: "boolean", description },
    [],
    (value, path, problems) =>
      typeof value === "boolean" ? value : refuse(problems, path, value, "true or false", false),
  );
}

/**
 * One of some words.
 *
 * @param description a sentence for `kubectl explain` and the reference
 * @param words as they are written
 */
export function choice<const W extends string>(
  description: string,
  words: readonly [W, ...W[]],
): Field<W, "required"> {
  return createField(
    { type: "string", description, enum: words },
    [],
    (value, path, problems) =>
      words.find((word) => word === value) ??
        refuse(problems, path, value, words.join(" or "), words[0]),
  );
}

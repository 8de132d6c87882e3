import type { Schema } from "@asya/protocol";

/** How a whole number is written; what does not fit into a double is no number here. */
const NUMERAL = /^(0|[1-9]\d{0,14})$/;

/**
 * The same number, as a URL or a header has it.
 *
 * @param schema which numbers
 */
export function inText(schema: Schema<number>): Schema<number> {
  return {
    ...schema,
    read: (value, name, problems) => {
      const isNumeral = typeof value === "string" && NUMERAL.test(value);
      return schema.read(isNumeral ? Number(value) : value, name, problems);
    },
  };
}

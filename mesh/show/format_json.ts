import { isJsonObject, type Json } from "@asya/protocol";

const COLOURS = { key: 36, text: 32, number: 33, word: 35 } as const;

/**
 * Writes JSON for a person: indented, and coloured where wanted. Short lists of plain values stay on
 * one line.
 *
 * @param value any JSON
 * @param colour whether to use ANSI colours
 * @example
 * ```ts
 * import { formatJson } from "./format_json.ts";
 * import assert from "node:assert/strict";
 * assert.equal(formatJson({ a: [1, 2], b: {} }, false), '{\n  "a": [1, 2],\n  "b": {}\n}');
 * ```
 */
export function formatJson(value: Json, colour: boolean): string {
  const paint = (kind: keyof typeof COLOURS, text: string) =>
    colour ? `\x1b[${COLOURS[kind]}m${text}\x1b[0m` : text;
  const scalar = (item: Json): string => {
    const text = JSON.stringify(item);
    if (typeof item === "string") return paint("text", text);
    return paint(typeof item === "number" ? "number" : "word", text);
  };
  const write = (item: Json, indent: string): string => {
    const deeper = `${indent}  `;
    if (Array.isArray(item)) {
      if (isShort(item)) return `[${item.map(scalar).join(", ")}]`;
      return block("[", item.map((child) => write(child, deeper)), "]", indent);
    }
    if (!isJsonObject(item)) return scalar(item);
    const fields = Object.entries(item).map(([key, child]) =>
      `${paint("key", JSON.stringify(key))}: ${write(child, deeper)}`
    );
    return block("{", fields, "}", indent);
  };
  return write(value, "");
}

function block(open: string, items: readonly string[], close: string, indent: string): string {
  if (items.length === 0) return open + close;
  return `${open}\n${items.map((item) => `${indent}  ${item}`).join(",\n")}\n${indent}${close}`;
}

function isShort(items: readonly Json[]): boolean {
  return items.every((item) => typeof item !== "object" || item === null) &&
    JSON.stringify(items).length <= 80;
}

import { isMap, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { Document, Node, Pair, YAMLError } from "yaml";

/** Where a value stands in a document: keys and indices from the top. */
export type Path = readonly (string | number)[];

/** A place in a file; lines and columns begin at 1. */
export interface Place {
  /** The file's name, as it was given. */
  readonly file: string;
  /** 1 for the first. */
  readonly line: number;
  /** 1 for the first. */
  readonly column: number;
}

/** A YAML document as values, with the places they came from. */
export interface YamlDocument {
  /** What it says. */
  readonly value: unknown;
  /** The place of a value, or of its key. What is missing is placed where it should be. */
  locate(path: Path, on?: "key" | "value"): Place;
}

/** A document, or what is wrong with the text, each with its place. */
export type ParsedYaml =
  | { readonly ok: true; readonly document: YamlDocument }
  | { readonly ok: false; readonly problems: string[] };

/**
 * Parses YAML 1.2 text and keeps the position of everything in it.
 *
 * @param file the file's name, as problems show it
 * @param text its content
 * @example
 * ```ts
 * import { parseYaml, showPlace } from "@asya/gateway";
 * import assert from "node:assert/strict";
 *
 * const parsed = parseYaml("tools.yaml", "tools:\n  - name: scan\n");
 * assert(parsed.ok);
 * assert.deepEqual(parsed.document.value, { tools: [{ name: "scan" }] });
 * const place = parsed.document.locate(["tools", 0, "name"]);
 * assert.equal(showPlace(place), "tools.yaml:2:11");
 * ```
 */
export function parseYaml(file: string, text: string): ParsedYaml {
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeAt = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const found = [...parsed.errors, ...parsed.warnings].map((error): Found => [
    error.pos[0],
    describe(error, text),
  ]);
  if (parsed.errors.length === 0) found.push(...findBeyondJson(parsed));
  if (found.length > 0) {
    const inOrder = found.sort(([one], [other]) => one - other);
    const problems = inOrder.map(([offset, what]) => `${showPlace(placeAt(offset))}: ${what}`);
    return { ok: false, problems };
  }
  try {
    const value: unknown = parsed.toJS();
    const locate = (path: Path, on?: "key" | "value") =>
      placeAt(offsetOf(parsed.contents, path, on));
    return { ok: true, document: { value, locate } };
  } catch (error) {
    // Aliases that would grow without bound are only noticed when they are resolved.
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, problems: [`${showPlace(placeAt(0))}: ${reason}`] };
  }
}

/**
 * Writes a place as compilers do: `file:line:column`.
 *
 * @param place the place
 * @example
 * ```ts
 * import { showPlace } from "@asya/gateway";
 * import assert from "node:assert/strict";
 *
 * assert.equal(showPlace({ file: "tools.yaml", line: 2, column: 7 }), "tools.yaml:2:7");
 * ```
 */
export function showPlace({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/** Something that is wrong at an offset. */
type Found = readonly [offset: number, what: string];

/** What the library says, or better words where it does not say what was got or what is allowed. */
function describe({ code, message, pos }: YAMLError, text: string): string {
  const got = JSON.stringify(text.slice(...pos).split("\n")[0]?.slice(0, 80));
  switch (code) {
    case "DUPLICATE_KEY":
      return `the key ${JSON.stringify(keyAt(text, pos[0]))} is given twice; allowed: once`;
    case "MULTIPLE_DOCS":
      return "another document begins here; allowed: one in each file";
    case "TAG_RESOLVE_FAILED":
      return `the tag ${got} is unknown; allowed: values without tags`;
    case "TAB_AS_INDENT":
      return "the line is indented by a tab; allowed: spaces";
    default:
      return message;
  }
}

function keyAt(text: string, offset: number): string {
  const [key = ""] = /^(?:"[^"]*"|'[^']*'|[^\s:,}\]]+)/.exec(text.slice(offset)) ?? [];
  return key.replace(/^(["'])(.*)\1$/s, "$2");
}

/** What YAML can say and JSON cannot, and aliases of nothing. */
function findBeyondJson(document: Document.Parsed): Found[] {
  const found: Found[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return;
      const text =
        `the alias *${alias.source} stands for nothing; allowed: what has an anchor above`;
      found.push([startOf(alias), text]);
    },
    Scalar(_, { value, source, range }) {
      if (typeof value !== "number" || Number.isFinite(value)) return;
      found.push([range?.[0] ?? 0, `${source} is no number of JSON; allowed: finite ones`]);
    },
  });
  return found;
}

/** The offset of the value at a path, or of the deepest one above it that is there. */
function offsetOf(root: Node | null, path: Path, on: "key" | "value" = "value"): number {
  let node: unknown = root;
  let offset = startOf(root);
  for (const [depth, part] of path.entries()) {
    let next: unknown;
    let key: unknown;
    if (isMap(node)) {
      const pair = (node.items as Pair[]).find(({ key }) => String(key) === String(part));
      [next, key] = [pair?.value, pair?.key];
    } else if (isSeq(node) && typeof part === "number") next = node.items[part];
    const isLast = depth === path.length - 1;
    const shown = isLast && on === "key" ? key ?? next : next ?? key;
    if (shown === undefined || shown === null) return offset;
    offset = startOf(shown);
    node = next;
  }
  return offset;
}

function startOf(node: unknown): number {
  const range = (node as { range?: [number, number, number] | null } | null)?.range;
  return range?.[0] ?? 0;
}

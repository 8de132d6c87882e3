/** What is exported, and how much of it says what it is. */
export interface SymbolCount {
  /** Symbols of all entry points, one that several export as often: so JSR counts them. */
  readonly symbols: number;
  /** What classes, interfaces and enums of them show to their users. */
  readonly parts: number;
  /** What has no words, as `entry: name` or `entry: name.part`. */
  readonly undocumented: readonly string[];
  /** Entry points that do not say what they are. */
  readonly withoutDoc: readonly string[];
}

/** The part of what `deno doc --json` prints that is used here. */
interface Docs {
  readonly nodes: Readonly<Record<string, Entry>>;
}

interface Entry {
  readonly module_doc?: { readonly doc?: string };
  readonly symbols: readonly { readonly name: string; readonly declarations: Declaration[] }[];
}

interface Words {
  readonly jsDoc?: { readonly doc?: string; readonly tags?: readonly unknown[] };
}

interface Part extends Words {
  readonly name?: string;
  readonly accessibility?: string;
  readonly isOverride?: boolean;
}

interface Declaration extends Words {
  readonly kind: string;
  readonly declarationKind: string;
  readonly def?: Readonly<Record<string, unknown>>;
}

/** Lists of a declaration with what its users see of it. */
const PARTS = [
  "constructors",
  "properties",
  "methods",
  "members",
  "callSignatures",
  "indexSignatures",
];

/** Kinds of declarations that have such parts. */
const WHOLES = new Set(["class", "interface", "enum"]);

/**
 * Counts what is exported and what of it is documented: symbols as JSR's score does, and what is in
 * them too, which the score leaves out.
 *
 * @param text what `deno doc --json` prints for all entry points of a package
 * @throws SyntaxError when it is no JSON
 */
export function countSymbols(text: string): SymbolCount {
  const { nodes }: Docs = JSON.parse(text);
  let symbols = 0;
  let parts = 0;
  const undocumented: string[] = [];
  const withoutDoc: string[] = [];
  for (const [url, entry] of Object.entries(nodes)) {
    const path = url.slice(url.lastIndexOf("/") + 1);
    if (!hasText(entry.module_doc?.doc)) withoutDoc.push(path);
    for (const { name, declarations } of entry.symbols) {
      for (const declaration of declarations.filter((one) => isCounted(one, declarations))) {
        symbols++;
        if (!isDocumented(declaration)) undocumented.push(`${path}: ${name}`);
        for (const part of partsOf(declaration)) {
          parts++;
          if (!isDocumented(part)) undocumented.push(`${path}: ${name}.${part.name ?? "()"}`);
        }
      }
    }
  }
  return { symbols, parts, undocumented, withoutDoc };
}

/**
 * A private declaration is shown to nobody, nor is what an overloaded function is written with; a
 * reference is documented where it leads.
 */
function isCounted(declaration: Declaration, all: readonly Declaration[]): boolean {
  if (declaration.declarationKind === "private" || declaration.kind === "reference") return false;
  return !(declaration.def?.hasBody === true && all.length > 1);
}

function partsOf({ kind, def = {} }: Declaration): Part[] {
  if (!WHOLES.has(kind)) return [];
  const parts = PARTS.flatMap((list) => (def[list] as Part[] | undefined) ?? []);
  return parts.filter((part) => part.accessibility !== "private" && !part.isOverride);
}

function isDocumented({ jsDoc }: Words): boolean {
  return hasText(jsDoc?.doc) || (jsDoc?.tags ?? []).length > 0;
}

function hasText(text: string | undefined): boolean {
  return text !== undefined && text.trim() !== "";
}

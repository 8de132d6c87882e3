/** Words of CEL's grammar, which no field may be called in a rule. */
const RESERVED = [
  ...["true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function"],
  ...["if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while"],
];

const ESCAPES: Readonly<Record<string, string>> = {
  __: "__underscores__",
  ".": "__dot__",
  "-": "__dash__",
  "/": "__slash__",
};

/**
 * How a rule calls a field: what is no identifier in CEL is spelt out.
 *
 * @param field such as `max-size`
 * @returns such as `max__dash__size`; `undefined` for a field that no rule can name
 */
export function celName(field: string): string | undefined {
  if (RESERVED.includes(field)) return `__${field}__`;
  const name = field.replaceAll(/__|[./-]/g, (part) => ESCAPES[part] ?? part);
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : undefined;
}

/** The path of a field below another: `spec` and `name` make `spec.name`. */
export function child(path: string, field: string): string {
  return path === "" ? field : `${path}.${field}`;
}

/** The path of a value in a map whose keys are anything: `labels[a/b]`. */
export function keyed(path: string, key: string): string {
  return `${path}[${key}]`;
}

/** The path of an item. */
export function item(path: string, index: number): string {
  return `${path}[${index}]`;
}

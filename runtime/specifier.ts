/** Where a handler's module may come from. */
export const HANDLER_SCHEMES = ["file", "jsr", "npm", "https"] as const;

/** One of {@linkcode HANDLER_SCHEMES}. */
export type HandlerScheme = (typeof HANDLER_SCHEMES)[number];

/** A handler, as `ASYA_HANDLER` names it. */
export interface Specifier {
  /** The whole text, for messages. */
  readonly text: string;
  /** Where the module comes from. */
  readonly scheme: HandlerScheme;
  /** The module: a path for `file`, else a URL. */
  readonly module: string;
  /** Name of the export; `"default"` when the specifier names none. */
  readonly exportName: string;
  /** Method to call on the export, which is a class or an object. */
  readonly method?: string;
}

/** A specifier, or a sentence that says what is wrong with it. */
export type ParsedSpecifier = { ok: true; specifier: Specifier } | { ok: false; problem: string };

const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/**
 * Parses what `ASYA_HANDLER` says: `./predict.ts`, `./predict.ts#predict`,
 * `./predict.ts#Model.predict`, `jsr:@me/models@1/predict#run`, `npm:…`, `https://…`.
 *
 * @param text the specifier
 * @param schemes where modules may come from
 * @example
 * ```ts
 * import { parseSpecifier } from "./specifier.ts";
 * import assert from "node:assert/strict";
 * const parsed = parseSpecifier("./predict.ts#Model.predict", ["file"]);
 * assert.deepEqual(parsed.ok && parsed.specifier, {
 *   text: "./predict.ts#Model.predict",
 *   scheme: "file",
 *   module: "./predict.ts",
 *   exportName: "Model",
 *   method: "predict",
 * });
 * assert.equal(parseSpecifier("data:text/javascript,0", ["file"]).ok, false);
 * ```
 */
export function parseSpecifier(text: string, schemes: readonly string[]): ParsedSpecifier {
  const refuse = (problem: string): ParsedSpecifier => ({
    ok: false,
    problem: `the handler ${JSON.stringify(text)} ${problem}`,
  });
  const [module = "", fragment, ...more] = text.split("#");
  if (module === "") return refuse("names no module; allowed: a path such as ./predict.ts");
  const scheme = schemeOf(module);
  if (scheme === undefined) {
    return refuse(
      `is neither a path nor a URL that is allowed; did you mean ${JSON.stringify(`./${text}`)}?`,
    );
  }
  if (!isHandlerScheme(scheme) || !schemes.includes(scheme)) {
    return refuse(
      `comes from ${scheme}:; allowed: ${schemes.map((name) => `${name}:`).join(", ")}`,
    );
  }
  const [exportName = "", method, ...rest] = fragment?.split(".") ?? ["default"];
  const names = method === undefined ? [exportName] : [exportName, method];
  if (more.length > 0 || rest.length > 0 || !names.every((name) => NAME.test(name))) {
    return refuse("names no export; allowed after the module: #export or #Class.method");
  }
  const specifier = {
    text,
    scheme,
    module: pathOf(module),
    exportName,
    ...(method !== undefined && { method }),
  };
  return { ok: true, specifier };
}

/** A path starts with a dot or a slash, so that a bare word is never taken for one. */
function schemeOf(module: string): string | undefined {
  if (/^(\.{0,2}\/|\.{1,2}$)/.test(module)) return "file";
  return /^([a-z][a-z0-9+.-]*):/i.exec(module)?.[1]?.toLowerCase();
}

/** A `file:` URL is only another way to write a path. */
function pathOf(module: string): string {
  return /^file:/i.test(module) ? decodeURIComponent(new URL(module).pathname) : module;
}

function isHandlerScheme(scheme: string): scheme is HandlerScheme {
  return (HANDLER_SCHEMES as readonly string[]).includes(scheme);
}

import { nearestName } from "@asya/program/nearest_name";
import { type HandlerTraits, handlerTraits } from "./define_handler.ts";
import type { HandlerContext, HandlerMessage } from "./handler.ts";
import type { Specifier } from "./specifier.ts";

/** A module, as `import()` gives it. */
export type ModuleExports = Readonly<Record<string, unknown>>;

/** A handler ready to be called, and what goes with it. */
export interface LoadedHandler {
  /** Calls the handler; what it gives may be a promise or a generator. */
  readonly call: (msg: HandlerMessage, ctx: HandlerContext) => unknown;
  readonly traits: HandlerTraits;
  /** Ends what the handler's class began. */
  readonly close?: () => unknown;
  /** What the module offers to be called after the GPU ran out of memory. */
  readonly onGpuOom?: () => unknown;
}

/** The handler, or a sentence that says what was looked for and what there is. */
export type PickedHandler = { ok: true; handler: LoadedHandler } | { ok: false; problem: string };

/**
 * Finds the handler among a module's exports; a class is constructed and its `init` awaited.
 *
 * @param exports the loaded module
 * @param specifier what to look for
 * @throws whatever the class's constructor or `init` throws
 * @example
 * ```ts
 * import { pickHandler } from "./pick_handler.ts";
 * import assert from "node:assert/strict";
 * const specifier = {
 *   text: "./m.ts#predct", scheme: "file", module: "./m.ts", exportName: "predct",
 * } as const;
 * const picked = await pickHandler({ predict: () => null }, specifier);
 * assert.equal(
 *   !picked.ok && picked.problem,
 *   './m.ts has no export "predct"; did you mean "predict"? It exports: predict (a function)',
 * );
 * ```
 */
export async function pickHandler(
  exports: ModuleExports,
  specifier: Specifier,
): Promise<PickedHandler> {
  const { module, exportName, method } = specifier;
  if (!Object.hasOwn(exports, exportName)) {
    const what = exportName === "default" ? "no default export" : `no export "${exportName}"`;
    return refuse(`${module} has ${what}${didYouMean(exportName, Object.keys(exports))}`, exports);
  }
  const exported = exports[exportName];
  if (method !== undefined) return await pickMethod(exports, specifier, exported, method);
  if (isClass(exported)) {
    return refuse(
      `the export "${exportName}" of ${module} is a class; say which of its methods to call: ` +
        listOr(methodsOf(exported.prototype).map((name) => `${module}#${exportName}.${name}`)),
      exports,
    );
  }
  if (typeof exported !== "function") {
    return refuse(`the export "${exportName}" of ${module} is ${describe(exported)}`, exports);
  }
  return {
    ok: true,
    handler: {
      call: exported as LoadedHandler["call"],
      traits: handlerTraits(exported),
      ...gpuHook(exports),
    },
  };
}

async function pickMethod(
  exports: ModuleExports,
  specifier: Specifier,
  exported: unknown,
  method: string,
): Promise<PickedHandler> {
  const { module, exportName } = specifier;
  if (!isClass(exported) && (typeof exported !== "object" || exported === null)) {
    const what = `${describe(exported)}, which has no methods to call`;
    return refuse(`the export "${exportName}" of ${module} is ${what}`, exports);
  }
  const target = (isClass(exported) ? new exported() : exported) as Record<string, unknown>;
  const found = target[method];
  if (typeof found !== "function") {
    const methods = methodsOf(target);
    const what = `the export "${exportName}" of ${module} has no method "${method}"`;
    return refuse(
      `${sentence(what + didYouMean(method, methods))} ` +
        `Its methods: ${methods.join(", ") || "none"}`,
      exports,
    );
  }
  if (typeof target.init === "function") await target.init();
  const { close } = target;
  return {
    ok: true,
    handler: {
      call: found.bind(target),
      traits: handlerTraits(found, exported),
      ...(typeof close === "function" && { close: close.bind(target) }),
      ...gpuHook(exports),
    },
  };
}

function gpuHook(exports: ModuleExports): { onGpuOom?: () => unknown } {
  const { onGpuOom } = exports;
  return typeof onGpuOom === "function" ? { onGpuOom: () => onGpuOom() } : {};
}

/** Methods of an object, its classes' included, without those that the host calls itself. */
function methodsOf(target: object): string[] {
  const names = new Set<string>();
  let level: object | null = target;
  while (level !== null && level !== Object.prototype) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (typeof property.value === "function") names.add(name);
    }
    level = Object.getPrototypeOf(level);
  }
  for (const name of ["constructor", "init", "close"]) names.delete(name);
  return [...names];
}

type Constructor = (new () => object) & { readonly prototype: object };

/** A class cannot be called, and its source says so; a function that only could be one is none. */
function isClass(value: unknown): value is Constructor {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

function refuse(problem: string, exports: ModuleExports): PickedHandler {
  const listed = Object.entries(exports).map(([name, value]) => `${name} (${describe(value)})`);
  const found = listed.length === 0 ? "It exports nothing" : `It exports: ${listed.join(", ")}`;
  return { ok: false, problem: `${sentence(problem)} ${found}` };
}

function sentence(words: string): string {
  return /[?.]$/.test(words) ? words : `${words}.`;
}

function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? "" : `; did you mean "${nearest}"?`;
}

function describe(value: unknown): string {
  if (isClass(value)) return "a class";
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function listOr(items: readonly string[]): string {
  return items.join(" or ") || "it has none";
}

import type { Dependency, Room } from "../house.ts";

/** One file of the repository and what it imports. */
export interface Module {
  /** The path from the root, with `/`. */
  readonly path: string;
  /** What it imports: paths from the root, `node:` modules, bare names of npm packages. */
  readonly imports: readonly string[];
  /** Whether its code names `Deno`. */
  readonly namesDeno: boolean;
}

/** The rules that modules are held to; see `house.ts`. */
export interface House {
  /** The folders. */
  readonly rooms: Readonly<Record<string, Room>>;
  /** The files of each folder that it exports, as paths from the root. */
  readonly entries: Readonly<Record<string, readonly string[]>>;
  /** Files with a limited reach. */
  readonly reaches: Readonly<Record<string, readonly string[]>>;
  /** The parts of Node's library by folder. */
  readonly nodeModules: Readonly<Record<string, readonly string[]>>;
  /** The packages from npm. */
  readonly dependencies: Readonly<Record<string, Dependency>>;
}

/**
 * Finds everything in which modules break the rules of the house.
 *
 * @param modules Every module of the repository.
 * @param house The rules.
 * @returns One sentence for each breach, sorted.
 */
export function findBreaches(modules: readonly Module[], house: House): string[] {
  return [
    ...modules.flatMap((module) => roomBreaches(module, house)),
    ...modules.flatMap((module) => importBreaches(module, house)),
    ...missingFiles(modules),
    ...edgeBreaches(modules, house),
    ...reachBreaches(modules, house),
    ...unusedDependencies(modules, house),
    ...findCycles(modules).map((cycle) =>
      `${cycle.join(" → ")}: files import each other in a circle`
    ),
  ].sort();
}

function roomBreaches(module: Module, house: House): string[] {
  const room = roomOf(module.path);
  if (house.rooms[room] !== undefined) return [];
  return [`${module.path}: the folder ${room} is not in tools/house.ts`];
}

function missingFiles(modules: readonly Module[]): string[] {
  const paths = new Set(modules.map(({ path }) => path));
  return modules.flatMap(({ path, imports }) =>
    imports.filter((target) => /\.tsx?$/.test(target) && !paths.has(target))
      .map((target) => `${path} imports ${target}: there is no such file`)
  );
}

function importBreaches(module: Module, house: House): string[] {
  return module.imports.flatMap((target) => {
    const problem = target.includes(":") || isPackage(target)
      ? outsideProblem(module, target, house)
      : insideProblem(module, target, house);
    return problem === undefined ? [] : [`${module.path} imports ${target}: ${problem}`];
  });
}

/** Why a module may not import another file of the repository, if it may not. */
function insideProblem(module: Module, target: string, house: House): string | undefined {
  const from = roomOf(module.path);
  const to = roomOf(target);
  const room = house.rooms[from];
  if (room === undefined) return undefined;
  if (from === to) return cornerProblem(module, target, room);
  if (room.imports === "*") return undefined;
  if (isTest(module.path) && target.startsWith("tests/")) return undefined;
  const also = room.alsoImports?.[module.path.slice(from.length + 1)] ?? [];
  const allowed = [...room.imports, ...also];
  if (!allowed.includes(to)) {
    return `${from} may import from ${allowed.join(", ") || "no other folder"}`;
  }
  const entries = house.entries[to] ?? [];
  return entries.includes(target) ? undefined : `${to} exports ${entries.join(", ") || "nothing"}`;
}

/** Why a module may not import a file of a neighbouring folder in its own room, if it may not. */
function cornerProblem(module: Module, target: string, room: Room): string | undefined {
  const from = cornerOf(module.path);
  const to = cornerOf(target);
  const allowed = from === undefined ? undefined : room.corners?.[from];
  if (allowed === undefined || to === undefined || from === to) return undefined;
  if (isForTests(module.path) || allowed.includes(to)) return undefined;
  return `${from} may import from ${allowed.join(", ") || "none of its neighbours"}`;
}

/** Why a module may not import something from outside the repository, if it may not. */
function outsideProblem(module: Module, target: string, house: House): string | undefined {
  const from = roomOf(module.path);
  if (target.startsWith("node:")) {
    const allowed = house.nodeModules[from];
    if (allowed === undefined || isTest(module.path) || allowed.includes(target)) return undefined;
    return `${from} may import ${allowed.join(", ")}`;
  }
  const dependency = house.dependencies[target.replace(/^npm:/, "")];
  if (dependency === undefined) return "the package is not in tools/house.ts";
  const users = dependency.usedBy;
  if (users.includes(from) || (users.includes("tests") && isForTests(module.path))) {
    return undefined;
  }
  return `the package is for ${users.join(", ")}`;
}

function edgeBreaches(modules: readonly Module[], house: House): string[] {
  const breaches: string[] = [];
  const named = new Set(modules.filter((module) => module.namesDeno).map((module) => module.path));
  for (const [name, room] of Object.entries(house.rooms)) {
    if (room.edges === "*") continue;
    const edges = room.edges.map((file) => `${name}/${file}`);
    for (const path of named) {
      if (roomOf(path) !== name || isTest(path) || isEntry(path) || edges.includes(path)) continue;
      breaches.push(`${path} names Deno, but is no edge of ${name} in tools/house.ts`);
    }
    for (const edge of edges) {
      if (!named.has(edge)) {
        breaches.push(`${edge} is an edge in tools/house.ts, but names no Deno`);
      }
    }
  }
  return breaches;
}

function reachBreaches(modules: readonly Module[], house: House): string[] {
  return Object.entries(house.reaches).flatMap(([start, allowed]) =>
    reachable(start, modules).flatMap((path) =>
      allowed.includes(roomOf(path)) || path.startsWith("node:")
        ? []
        : [`${start} reaches ${path}: it may reach ${allowed.join(", ")} alone`]
    )
  );
}

function unusedDependencies(modules: readonly Module[], house: House): string[] {
  return Object.entries(house.dependencies).flatMap(([name, { usedBy }]) =>
    usedBy.flatMap((user) => {
      const used = modules.some((module) =>
        (roomOf(module.path) === user || (user === "tests" && isForTests(module.path))) &&
        module.imports.includes(`npm:${name}`)
      );
      return used ? [] : [`npm:${name} is for ${user} in tools/house.ts, but not imported there`];
    })
  );
}

function reachable(start: string, modules: readonly Module[]): string[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const found = new Set<string>();
  const open = [start];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const target of byPath.get(path)?.imports ?? []) {
      if (found.has(target)) continue;
      found.add(target);
      open.push(target);
    }
  }
  return [...found];
}

/**
 * Finds circles of imports: for each, the files in the order in which they import each other, the
 * first one again at the end.
 *
 * @param modules Every module of the repository.
 * @returns One circle for each file that closes one, found depth first.
 */
export function findCycles(modules: readonly Module[]): string[][] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path]);
    if (start >= 0 || done.has(path)) return;
    for (const target of byPath.get(path)?.imports ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of [...byPath.keys()].sort()) visit(path, []);
  return cycles;
}

/**
 * Says whether code names the global `Deno`, outside of comments.
 *
 * @param source The text of a TypeScript file.
 * @returns Whether it does; a text that names it counts too, since texts are not told apart.
 */
export function namesDeno(source: string): boolean {
  const code = source.replaceAll(/\/\*[^]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "");
  return /\bDeno\s*[.[]/.test(code);
}

function roomOf(path: string): string {
  return path.split("/")[0] ?? path;
}

/** The folder within a room that a file lies in, however deep. */
function cornerOf(path: string): string | undefined {
  const [, corner, file] = path.split("/");
  return file === undefined ? undefined : corner;
}

function isPackage(target: string): boolean {
  return target.startsWith("npm:");
}

/** Tests, and what they stand on. */
function isForTests(path: string): boolean {
  return isTest(path) || path.includes("/testing/");
}

function isTest(path: string): boolean {
  return path.endsWith("_test.ts") || path.startsWith("tests/") || path.startsWith("bench/");
}

/** A program's first file puts its parts together; it is an edge by nature. */
function isEntry(path: string): boolean {
  return path.endsWith("/main.ts");
}

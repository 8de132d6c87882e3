import { nearestName } from "@asya/program";
import type { JsonObject } from "@asya/protocol";
import { exampleArguments } from "./example_arguments.ts";
import { isMapping } from "./read_join.ts";
import { asText, missing } from "./read_name.ts";
import type { YamlValue } from "./yaml_reader.ts";

/** What of a tool concerns a mesh; the gateway reads and checks the rest. */
export interface MeshTool {
  /** What callers call it by. */
  readonly name: string;
  /** What it does, in words for people and models; may be empty. */
  readonly description: string;
  /** The actors on its way, in order. */
  readonly steps: readonly string[];
  /** Arguments to show: something for each one that a call cannot do without. */
  readonly example: JsonObject;
}

/**
 * Reads the tools of a mesh, and checks that every step is somebody.
 *
 * @param list the value of `tools`
 * @param namedRoutes the value of `routes`, where there is one
 * @param actors names of the actors; not there when a step may be served elsewhere
 */
export function readTools(
  list: YamlValue,
  namedRoutes: YamlValue | undefined,
  actors: readonly string[] | undefined,
): MeshTool[] {
  const routes = new Map(
    namedRoutes?.entries()?.map(({ name, value }) => [name, readRouteSteps(value, actors)]),
  );
  return (list.items(1) ?? []).map((value) => readTool(value, routes, actors));
}

function readTool(
  value: YamlValue,
  routes: ReadonlyMap<string, readonly string[]>,
  actors: readonly string[] | undefined,
): MeshTool {
  const entries = value.entries();
  const fields = new Map(entries?.map(({ name, value }) => [name, value]));
  const [name, route] = [fields.get("name"), fields.get("route")];
  if (entries && !name) missing(value, "name");
  if (entries && !route) missing(value, "route");
  for (const { name: step, refuse, value } of fields.get("retry")?.entries() ?? []) {
    if (actors && !actors.includes(step)) refuse(`${value.path} is ${unknownActor(actors, step)}`);
  }
  return {
    name: name?.text(asText, "a name") ?? "",
    description: fields.get("description")?.text(asText, "a text") ?? "",
    steps: route ? readRoute(route, routes, actors) : [],
    example: exampleArguments(fields.get("parameters")?.data(), fields.get("inputSchema")?.data()),
  };
}

function readRoute(
  route: YamlValue,
  routes: ReadonlyMap<string, readonly string[]>,
  actors: readonly string[] | undefined,
): readonly string[] {
  if (typeof route.data() !== "string") return readRouteSteps(route, actors);
  const names = [...routes.keys()];
  const allowed = names.length > 0 ? `one of routes (${names.join(", ")})` : "a list of actors";
  return route.text((name) => routes.get(name), allowed) ?? [];
}

/** The steps of a route; one that says how it joins is the gateway's to check further. */
function readRouteSteps(list: YamlValue, actors: readonly string[] | undefined): string[] {
  return readEach(list, actors, (item) => {
    if (!isMapping(item)) return item;
    const join = item.entries()?.find(({ name }) => name === "join");
    if (!join) missing(item, "join");
    return join?.value;
  });
}

/**
 * Reads names of actors.
 *
 * @param list the list
 * @param actors names of the actors there are; not there when others may be served elsewhere
 */
export function readSteps(list: YamlValue, actors: readonly string[] | undefined): string[] {
  return readEach(list, actors, (item) => item);
}

function readEach(
  list: YamlValue,
  actors: readonly string[] | undefined,
  nameIn: (item: YamlValue) => YamlValue | undefined,
): string[] {
  const steps = (list.items(1) ?? []).map((given) => {
    const item = nameIn(given);
    const step = item?.text(asText, "the name of an actor");
    if (!item || step === undefined || !actors || actors.includes(step)) return step;
    return item.refuse(`${item.path} is "${step}", ${unknownActor(actors, step)}`);
  });
  return steps.filter((step) => step !== undefined);
}

function unknownActor(actors: readonly string[], name: string): string {
  const nearest = nearestName(name, actors);
  const hint = nearest === undefined ? `allowed: ${actors.join(", ")}` : `did you mean ${nearest}?`;
  return `no actor of this mesh; ${hint}`;
}

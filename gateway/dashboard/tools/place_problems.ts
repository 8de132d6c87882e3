import type { SchemaProblem } from "../../tools/json_schema.ts";
import { ROOT, within } from "./form_path.ts";
import type { FieldProblem, ReadArguments } from "./read_arguments.ts";

/**
 * Says of each problem with arguments which field of the form it belongs to: the one that the value
 * came from, or the nearest one around it.
 *
 * @param problems what the check of the arguments found
 * @param places where in the form the values of the arguments come from
 */
export function placeProblems(
  problems: readonly SchemaProblem[],
  places: ReadArguments["places"],
): FieldProblem[] {
  return problems.map(({ path, text }) => {
    const around = path.map((_, end) => path.slice(0, end + 1).reduce(within, ROOT)).reverse();
    const place = around.find((place) => places.has(place)) ?? ROOT;
    return { path: places.get(place) ?? ROOT, text };
  });
}

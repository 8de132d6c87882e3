import type { BakedPermissions } from "@asya/program";
import type { Program } from "../../../tools/images/plan_executables.ts";
import { pathOf } from "../../kit/mod.ts";

/**
 * What a program may need, as it stands beside it.
 *
 * @param program which one
 */
export async function readPermissions(program: Program): Promise<BakedPermissions> {
  return JSON.parse(await Deno.readTextFile(pathOf(`${program}/permissions.json`)));
}

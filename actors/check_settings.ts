/**
 * Checks the settings of a terminal actor or a join without doing anything with them: prints what
 * is wrong, one sentence a line, and then exits with code 2.
 *
 * @module
 */
import { findProblems } from "./config.ts";

const problems = findProblems(Deno.env.toObject());
for (const problem of problems) console.error(problem);
if (problems.length > 0) Deno.exit(2);

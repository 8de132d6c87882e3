import type { Sql } from "@asya/program/postgres";

/**
 * A limit as a part of a statement's text: the planner, who makes one plan for all values, would
 * take a parameter for a tenth of the table.
 *
 * @param sql a connection
 * @param count how many rows at most
 */
export function limitTo(sql: Sql, count: number): ReturnType<Sql["unsafe"]> {
  return sql.unsafe(`LIMIT ${Math.trunc(count)}`);
}

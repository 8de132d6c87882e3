import type { PulseRow } from "../../overview/pulse_store.ts";
import { isStorable } from "./array_literal.ts";
import type { Sql } from "@asya/program/postgres";

/**
 * Writes what a gateway counted in a slot, and deletes what is too old for anybody.
 *
 * @param sql a connection
 * @param row what it counted
 * @param beforeSlot the first slot that is kept
 */
export async function putPulse(sql: Sql, row: PulseRow, beforeSlot: number): Promise<void> {
  const { slot, gateway, counts } = row;
  // Names of actors may have what a database cannot say.
  if (!isStorable(counts)) return;
  await sql`
    WITH old AS (DELETE FROM asya.pulse WHERE slot < ${beforeSlot})
    INSERT INTO asya.pulse (slot, gateway, counts) VALUES (${slot}, ${gateway}, ${counts})
    ON CONFLICT (slot, gateway) DO UPDATE SET counts = EXCLUDED.counts`;
}

/**
 * Reads what all gateways counted.
 *
 * @param sql a connection
 * @param fromSlot the first slot
 */
export async function readPulse(sql: Sql, fromSlot: number): Promise<PulseRow[]> {
  const rows = await sql`
    SELECT slot::float8 AS slot, gateway, counts FROM asya.pulse WHERE slot >= ${fromSlot}`;
  return rows.map(({ slot, gateway, counts }) => ({ slot, gateway, counts }));
}

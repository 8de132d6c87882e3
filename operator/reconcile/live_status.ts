import { recordOf } from "../actor/schema/record_of.ts";

/** A condition as every object of Kubernetes has them, as far as it can be read. */
export interface LiveCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** The status of an object. */
export type LiveStatus = Readonly<Record<string, unknown>> | undefined;

/**
 * A condition of a status, if it has it.
 *
 * @param status of an object
 * @param type which condition
 */
export function conditionOf(status: LiveStatus, type: string): LiveCondition | undefined {
  const conditions = Array.isArray(status?.conditions) ? status.conditions : [];
  return conditions.map(readCondition).find((condition) => condition?.type === type);
}

/**
 * Whether a condition of a status has a value.
 *
 * @param status of an object
 * @param type which condition
 * @param value which value
 */
export function hasCondition(
  status: LiveStatus,
  type: string,
  value: "True" | "False",
): boolean {
  return conditionOf(status, type)?.status === value;
}

/**
 * A count of a status; what is absent is none.
 *
 * @param status of an object
 * @param field which count
 */
export function countOf(status: LiveStatus, field: string): number {
  const count = status?.[field];
  return typeof count === "number" ? count : 0;
}

function readCondition(value: unknown): LiveCondition | undefined {
  const { type, status, reason, message } = recordOf(value);
  if (typeof type !== "string" || typeof status !== "string") return undefined;
  return {
    ...{ type, status },
    ...(typeof reason === "string" && { reason }),
    ...(typeof message === "string" && { message }),
  };
}

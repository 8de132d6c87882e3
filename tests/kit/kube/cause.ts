import type { StatusCause } from "./status_error.ts";

/** What is wrong with one field, in the words that the API server has for it. */
export const cause = {
  required(field: string, why = ""): StatusCause {
    const message = why ? `Required value: ${why}` : "Required value";
    return { reason: "FieldValueRequired", message, field };
  },
  invalid(field: string, value: unknown, why: string): StatusCause {
    const message = `Invalid value: ${JSON.stringify(value)}: ${why}`;
    return { reason: "FieldValueInvalid", message, field };
  },
  /** As `invalid`, of a value of another type than is allowed. */
  typeInvalid(field: string, value: unknown, why: string): StatusCause {
    return { ...this.invalid(field, value, why), reason: "FieldValueTypeInvalid" };
  },
  notSupported(field: string, value: unknown, allowed: readonly unknown[]): StatusCause {
    const list = allowed.map((one) => JSON.stringify(one)).join(", ");
    const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`;
    return { reason: "FieldValueNotSupported", message, field };
  },
  duplicate(field: string, value: unknown): StatusCause {
    const message = `Duplicate value: ${JSON.stringify(value)}`;
    return { reason: "FieldValueDuplicate", message, field };
  },
  notFound(field: string, value: unknown): StatusCause {
    return { reason: "FieldValueNotFound", message: `Not found: ${JSON.stringify(value)}`, field };
  },
  forbidden(field: string, why: string): StatusCause {
    return { reason: "FieldValueForbidden", message: `Forbidden: ${why}`, field };
  },
  tooLong(field: string, maxBytes: number): StatusCause {
    const message = `Too long: may not be more than ${maxBytes} bytes`;
    return { reason: "FieldValueTooLong", message, field };
  },
  tooMany(field: string, count: number, max: number): StatusCause {
    const message = `Too many: ${count}: must have at most ${max} items`;
    return { reason: "FieldValueTooMany", message, field };
  },
} as const;

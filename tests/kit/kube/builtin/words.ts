import { cause } from "../cause.ts";
import { checkName, type NameRule } from "../names.ts";
import type { StatusCause } from "../status_error.ts";

/** What the API server says of numbers that are none of those allowed. */
export const NOT_NEGATIVE = "must be greater than or equal to 0";
/** The same of ports. */
const PORT_RANGE = "must be between 1 and 65535, inclusive";
/** What it says of what can never change. */
export const IMMUTABLE = "field is immutable";

const KEY_WORDS = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' " +
  "(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is " +
  "'[-._a-zA-Z0-9]+')";

/** Why a text is no key of a ConfigMap or Secret. */
export function keyProblems(key: string): string[] {
  if (key.length > 253) return ["must be no more than 253 characters"];
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) return [KEY_WORDS];
  return key === "." || key.startsWith("..") ? [`must not start with '..' or be '.'`] : [];
}

/** Why a text is no name of a port. */
export function portNameProblems(name: string): string[] {
  const problems: string[] = [];
  if (name.length > 15) problems.push("must be no more than 15 characters");
  if (!/^[-a-z0-9]+$/.test(name)) {
    problems.push("must contain only alphanumeric characters (a-z, 0-9), and hyphens (-)");
  }
  if (!/[a-z]/.test(name)) problems.push("must contain at least one letter (a-z)");
  if (name.includes("--")) problems.push("must not contain consecutive hyphens");
  if (/^-|-$/.test(name)) problems.push("must not begin or end with a hyphen");
  return problems;
}

/** Why a text is no name of a variable: whatever can be seen, but for the sign that ends it. */
export function envNameProblems(name: string): string[] {
  return /^[ -<>-~]+$/.test(name) ? [] : [
    "a valid environment variable name must consist only of printable ASCII characters other than '='",
  ];
}

/** What is wrong with a name that has to be there. */
export function checkNamed(path: string, name: unknown, rule: NameRule): StatusCause[] {
  if (!name) return [cause.required(path)];
  return checkName(String(name), rule).map((why) => cause.invalid(path, name, why));
}

/** Whether a value is one of a few; nothing at all is no matter of this. */
export function checkOneOf(path: string, value: unknown, ...allowed: string[]): StatusCause[] {
  return value === undefined || allowed.includes(String(value))
    ? []
    : [cause.notSupported(path, value, allowed.toSorted())];
}

/** Whether a number is not negative. */
export function checkCount(path: string, value: unknown): StatusCause[] {
  return typeof value === "number" && value < 0 ? [cause.invalid(path, value, NOT_NEGATIVE)] : [];
}

/** Whether a port is a port's number, or may be the name of one. */
export function checkPort(path: string, port: unknown): StatusCause[] {
  if (typeof port === "string") {
    return portNameProblems(port).map((why) => cause.invalid(path, port, why));
  }
  const number = typeof port === "number" ? port : 0;
  return number >= 1 && number <= 65535 ? [] : [cause.invalid(path, number, PORT_RANGE)];
}

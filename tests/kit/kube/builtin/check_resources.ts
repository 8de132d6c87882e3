import { cause } from "../cause.ts";
import type { JsonObject } from "../kube_object.ts";
import type { StatusCause } from "../status_error.ts";
import { quantityNanos } from "./quantity.ts";
import { NOT_NEGATIVE } from "./words.ts";

const STANDARD = /^(cpu|memory|ephemeral-storage|hugepages-.+)$/;

/** What is wrong with how much a container may use. */
export function checkResources(resources: JsonObject, path: string): StatusCause[] {
  const limits = (resources.limits ?? {}) as JsonObject;
  const requests = (resources.requests ?? {}) as JsonObject;
  return [
    ...Object.entries(limits).flatMap(([name, amount]) =>
      checkAmount(`${path}.limits`, name, amount)
    ),
    ...Object.entries(requests).flatMap(([name, amount]) => [
      ...checkAmount(`${path}.requests`, name, amount),
      ...checkAgainstLimit(path, name, amount, limits[name]),
    ]),
  ];
}

function checkAmount(path: string, name: string, amount: unknown): StatusCause[] {
  const nanos = quantityNanos(amount) ?? 0n;
  const at = `${path}[${name}]`;
  const causes: StatusCause[] = [];
  if (!STANDARD.test(name) && !name.includes("/")) {
    causes.push(
      cause.invalid(at, name, "must be a standard resource type or fully qualified"),
      cause.invalid(at, name, "must be a standard resource for containers"),
    );
  }
  if (nanos < 0n) causes.push(cause.invalid(at, amount, NOT_NEGATIVE));
  const isExtended = name.includes("/") && !name.includes("kubernetes.io/");
  if (isExtended && nanos % 1_000_000_000n !== 0n) {
    causes.push(cause.invalid(at, amount, "must be an integer"));
  }
  return causes;
}

/** What is asked for is at most what is allowed; of devices, exactly that. */
function checkAgainstLimit(
  path: string,
  name: string,
  request: unknown,
  limit: unknown,
): StatusCause[] {
  const isExtended = !STANDARD.test(name);
  if (limit === undefined) {
    const why = "Limit must be set for non overcommitable resources";
    return isExtended ? [cause.required(`${path}.limits`, why)] : [];
  }
  const [asked = 0n, allowed = 0n] = [quantityNanos(request), quantityNanos(limit)];
  if (isExtended && asked !== allowed) {
    return [
      cause.invalid(`${path}.requests`, request, `must be equal to ${name} limit of ${limit}`),
    ];
  }
  if (asked <= allowed) return [];
  const why = `must be less than or equal to ${name} limit of ${limit}`;
  return [cause.invalid(`${path}.requests`, request, why)];
}

import type { Judge, Writer } from "../judge.ts";
import { isJsonObject, type JsonObject, type KubeObject } from "../kube_object.ts";
import { badRequest, StatusError } from "../status_error.ts";
import { applyConflict } from "./apply_conflict.ts";
import { checkApplied } from "./check_applied.ts";
import { compare } from "./compare.ts";
import { NO_FIELDS, subtract, unite, without } from "./field_set.ts";
import { fieldsOf } from "./fields_of.ts";
import {
  decodeManagers,
  identify,
  type Manager,
  UNOWNED,
  withManagers,
  withoutManagers,
} from "./managers.ts";
import { merge } from "./merge.ts";
import { prune } from "./prune.ts";
import { resetFields } from "./reset_fields.ts";
import { findContested, yieldFields } from "./yield_fields.ts";

/**
 * Server-side apply: a manager says all that it wants of an object.
 *
 * What it says is laid over what is there; what it said last time and says no more goes, unless
 * somebody else owns it, too. From then on it owns what it said, alone or with others who said the
 * same. Where that would change a field of another manager, it is a conflict; with `force`, the other
 * loses the field.
 *
 * @param judge of the kind
 * @param live what is there, if anything is
 * @param applied all that this manager wants
 * @param writer who applies; `force` takes fields from others
 * @returns what is to be there, with `managedFields`
 * @throws StatusError 409 where another manager owns a field that would change; 400 or 500 where
 *   what is applied makes no sense
 */
export function applyPatch(
  judge: Judge,
  live: KubeObject | undefined,
  applied: KubeObject,
  writer: Writer & { readonly force: boolean },
): KubeObject {
  checkBody(judge, applied);
  const { type } = judge;
  const reset = resetFields(judge, writer.subresource);
  const before = live ? withoutManagers(live) : judge.blank;
  const managers = decodeManagers(live?.metadata.managedFields);
  const self: Manager = {
    manager: writer.manager,
    operation: "Apply",
    apiVersion: applied.apiVersion,
    ...(writer.subresource && { subresource: writer.subresource }),
    time: writer.now,
    fields: without(fieldsOf(type, applied), reset),
  };
  const id = identify(self);
  const last = managers.get(id)?.fields ?? NO_FIELDS;
  const everyone = new Map([...managers, [id, self]]);

  const owned = [...everyone.values()].map(({ fields }) => fields).reduce(unite);
  const merged = merge(type, before, applied);
  const after = prune(type, merged, last, owned);

  const change = compare(type, before, after, reset);
  const contested = findContested(everyone, change, id);
  if (contested.size > 0 && !writer.force) throw applyConflict(everyone, contested);

  const yielded = yieldFields(everyone, change, id);
  const fields = subtract(self.fields, UNOWNED);
  return withManagers(after as KubeObject, new Map([...yielded, [id, { ...self, fields }]]));
}

function checkBody(judge: Judge, applied: KubeObject): void {
  const { group, version, kind } = judge;
  const apiVersion = group ? `${group}/${version}` : version;
  if (applied.apiVersion !== apiVersion) {
    throw badRequest(
      "Incorrect version specified in apply patch. " +
        `Specified patch version: ${applied.apiVersion}, expected: ${apiVersion}`,
    );
  }
  const metadata: JsonObject = isJsonObject(applied.metadata) ? applied.metadata : {};
  if (metadata.managedFields !== undefined) {
    throw badRequest("metadata.managedFields must be nil");
  }
  const problems = checkApplied(judge.type, applied);
  if (problems.length === 0) return;
  const name = metadata.namespace ? `${metadata.namespace}/${metadata.name}` : `/${metadata.name}`;
  const what = `${name}; ${group}/${version}, Kind=${kind}`;
  const list = problems.length === 1 ? problems[0] : `errors:\n  ${problems.join("\n  ")}`;
  // The server takes this for a failure of its own: 500, and no reason.
  throw new StatusError(500, "", `failed to create typed patch object (${what}): ${list}`);
}

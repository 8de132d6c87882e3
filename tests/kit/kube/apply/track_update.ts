import type { Judge, Writer } from "../judge.ts";
import type { KubeObject } from "../kube_object.ts";
import { compare } from "./compare.ts";
import { isNone, subtract, unite } from "./field_set.ts";
import {
  decodeManagers,
  identify,
  type Managers,
  UNOWNED,
  withManagers,
  withoutManagers,
} from "./managers.ts";
import { resetFields } from "./reset_fields.ts";
import { yieldFields } from "./yield_fields.ts";

/**
 * Notes who changed what, for every write that is no apply: whoever changes a field owns it, alone.
 *
 * @param judge of the kind
 * @param live what was there, if anything was
 * @param object what is to be there
 * @param writer who writes
 * @returns the object, with `managedFields`
 */
export function trackUpdate(
  judge: Judge,
  live: KubeObject | undefined,
  object: KubeObject,
  writer: Writer,
): KubeObject {
  const before = live ? withoutManagers(live) : judge.blank;
  const after = withoutManagers(object);
  const change = compare(judge.type, before, after, resetFields(judge, writer.subresource));
  const managers = yieldFields(knownManagers(live, object, writer), change);
  const taken = subtract(unite(change.added, change.modified), UNOWNED);
  if (isNone(taken)) return withManagers(after, managers);
  const self = {
    manager: writer.manager,
    operation: "Update" as const,
    apiVersion: object.apiVersion,
    ...(writer.subresource && { subresource: writer.subresource }),
    time: writer.now,
  };
  const id = identify(self);
  const previous = managers.get(id)?.fields;
  const fields = previous ? unite(taken, previous) : taken;
  return withManagers(after, new Map([...managers, [id, { ...self, fields }]]));
}

/**
 * Who owns what before the change: as the body says, which may have put it right by hand, or as it
 * was where the body says nothing. One empty entry gives up everything.
 */
function knownManagers(live: KubeObject | undefined, object: KubeObject, writer: Writer): Managers {
  const said = object.metadata.managedFields ?? [];
  const was = live?.metadata.managedFields;
  if (writer.subresource !== "") return decodeManagers(was);
  if (said.length === 1 && Object.keys(said[0] ?? {}).length === 0) return new Map();
  return decodeManagers(said.length > 0 ? said : was);
}

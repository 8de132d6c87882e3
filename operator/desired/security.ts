import { recordOf } from "../actor/schema/record_of.ts";
import { withoutNulls } from "./without_nulls.ts";

/** The user and the group of our images, and of pods that do not say whose they are. */
const OUR_USER = 65_532;

/** A securityContext as somebody wrote it. */
type Context = Readonly<Record<string, unknown>>;

/** What no container needs: part of the `restricted` profile. */
const LEAST = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

/**
 * The pod's securityContext: what the `restricted` profile asks, and a group that may use the socket
 * whoever made it. What the user set stays, field by field. Where they say nothing of who a pod is,
 * it is nobody in particular: most images are made for root, and would be refused.
 *
 * @param theirs what the user set
 */
export function podSecurity(theirs: unknown): Context {
  const user = contextOf(theirs);
  const saysWho = user.runAsUser !== undefined || user.runAsNonRoot !== undefined;
  return {
    ...(user.runAsUser !== 0 && { runAsNonRoot: true }),
    ...(!saysWho && { runAsUser: OUR_USER, runAsGroup: OUR_USER }),
    seccompProfile: { type: "RuntimeDefault" },
    // A large volume is not walked through at every start only to be given to this group.
    ...(user.fsGroup === undefined && { fsGroupChangePolicy: "OnRootMismatch" }),
    fsGroup: OUR_USER,
    ...user,
  };
}

/**
 * The securityContext of a container of ours.
 *
 * @param pod what the user set for the whole pod
 */
export function ownSecurity(pod: unknown): Context {
  const { runAsUser } = contextOf(pod);
  const isTheirs = runAsUser !== undefined && runAsUser !== 0;
  return {
    ...LEAST,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    ...(!isTheirs && { runAsUser: OUR_USER, runAsGroup: OUR_USER }),
  };
}

/**
 * The securityContext of a container of the user's. What they set stays, field by field; what would
 * contradict it is left out.
 *
 * @param theirs what the user set
 */
export function userSecurity(theirs: unknown): Context {
  const user = contextOf(theirs);
  const { add } = contextOf(user.capabilities);
  // The API server refuses a container that is told both.
  const isPowerful = user.privileged === true ||
    Array.isArray(add) && add.some((name) => /^(CAP_)?SYS_ADMIN$/.test(String(name)));
  return {
    ...(!isPowerful && { allowPrivilegeEscalation: false }),
    // The pod's word would keep the container from starting.
    ...(user.runAsUser === 0 && { runAsNonRoot: false }),
    ...user,
    ...(user.privileged !== true && {
      capabilities: { ...LEAST.capabilities, ...contextOf(user.capabilities) },
    }),
  };
}

function contextOf(value: unknown): Context {
  return withoutNulls(recordOf(value));
}

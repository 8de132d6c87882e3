import type { JsonObject, KubeObject } from "../kube_object.ts";
import { type Api, stampTime } from "../objects/api.ts";
import { notFound } from "../status_error.ts";
import { type KubeUser, mayTouch, serviceAccountUser } from "./authorize.ts";
import type { Verb } from "./request_info.ts";

/** How long a token is good for where nothing is asked, in seconds. */
const TOKEN_SECONDS = 3600;

/** Who is given a token, and what is answered. */
export interface IssuedToken {
  readonly token: string;
  readonly user: KubeUser;
  readonly answer: JsonObject;
}

/**
 * Makes a token for a service account.
 *
 * @param asked the TokenRequest
 * @param manager who asks
 * @throws StatusError 404 where there is no such account
 */
export function issueToken(
  api: Api,
  namespace: string,
  name: string,
  asked: KubeObject,
  manager: string,
): IssuedToken {
  const account = api.store.get("/serviceaccounts", namespace, name);
  if (!account) throw notFound({ group: "", name: "serviceaccounts" }, name);
  const spec = (asked.spec ?? {}) as {
    readonly audiences?: readonly string[];
    readonly expirationSeconds?: number;
  };
  const seconds = spec.expirationSeconds ?? TOKEN_SECONDS;
  const nowMs = api.nowMs();
  const now = stampTime(nowMs);
  const token = `token-of-${namespace}-${name}-${crypto.randomUUID()}`;
  return {
    token,
    user: serviceAccountUser(namespace, name),
    answer: {
      kind: "TokenRequest",
      apiVersion: "authentication.k8s.io/v1",
      metadata: {
        name,
        namespace,
        uid: account.metadata.uid,
        creationTimestamp: now,
        managedFields: [{
          manager,
          operation: "Update",
          apiVersion: "authentication.k8s.io/v1",
          time: now,
          fieldsType: "FieldsV1",
          fieldsV1: { "f:spec": { "f:expirationSeconds": {} } },
          subresource: "token",
        }],
      },
      spec: {
        audiences: spec.audiences ?? ["https://kubernetes.default.svc"],
        expirationSeconds: seconds,
        boundObjectRef: null,
      },
      status: { token, expirationTimestamp: stampTime(nowMs + seconds * 1000) },
    },
  };
}

/** Answers whether somebody may do something: what `kubectl auth can-i` asks. */
export function reviewAccess(api: Api, asker: KubeUser, asked: KubeObject): JsonObject {
  const spec = asked.spec as {
    readonly user?: string;
    readonly groups?: readonly string[];
    readonly resourceAttributes?: Readonly<Record<string, string>>;
  };
  const user = asked.kind === "SubjectAccessReview"
    ? { name: spec.user ?? "", groups: spec.groups ?? [] }
    : asker;
  const { verb = "", group = "", resource = "", subresource = "", namespace = "", name = "" } =
    spec.resourceAttributes ?? {};
  const question = { verb: verb as Verb, group, resource, subresource, namespace, name };
  const allowed = mayTouch(api.store, user, question);
  return { ...asked, metadata: {}, status: { allowed } };
}

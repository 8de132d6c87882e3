import { isJsonObject, type JsonObject, type KubeObject } from "../kube_object.ts";
import type { StatusDetails } from "../status_error.ts";

/** What was answered. */
export interface KubeAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** JSON where it is any, else text. */
  readonly body: unknown;
}

/** What a watch tells. */
export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: KubeObject;
}

/** An answer that is a refusal. */
export class KubeRefusal extends Error {
  override readonly name = "KubeRefusal";
  readonly status: number;
  readonly reason: string;
  readonly details: StatusDetails;

  constructor(asked: string, answer: KubeAnswer) {
    const body = isJsonObject(answer.body) ? answer.body : { message: String(answer.body) };
    super(`${asked} was answered ${answer.status}: ${body.message}`);
    this.status = answer.status;
    this.reason = String(body.reason ?? "");
    this.details = (body.details ?? {}) as StatusDetails;
  }
}

/**
 * The object of an answer.
 *
 * @param asked what was asked, in words for the failure
 * @throws KubeRefusal where it is none
 */
export function expectObject(asked: string, answer: KubeAnswer): KubeObject {
  if (answer.status >= 400) throw new KubeRefusal(asked, answer);
  return answer.body as JsonObject as unknown as KubeObject;
}

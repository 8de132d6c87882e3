import type { Fields, Json, JsonObject, Schema } from "@asya/protocol";
import type { Scope } from "../../auth/access.ts";

/** What operations are grouped by. */
export type Tag = "tools" | "jobs" | "dead letters" | "overview" | "reports" | "operation";

/** One thing that can be asked: what the gateway reads it with, and what it answers. */
export interface Operation {
  readonly id: string;
  readonly method: "get" | "post" | "delete";
  /** As OpenAPI writes it: `/jobs/{id}`. */
  readonly path: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  /** What whoever asks must show: a scope, the token of actors, or nothing. */
  readonly needs: Scope | "internal_token" | "nothing";
  /** The path's parameters, as they are called in it. */
  readonly inPath?: Fields;
  /** Reads the query. */
  readonly query?: Schema<unknown>;
  /** Headers that mean something, by their names. */
  readonly headers?: Fields;
  readonly body?: RequestBody;
  /** What is answered when all is well, by status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** What else may be answered, by status: what it means. */
  readonly refusals: Readonly<Record<number, string>>;
}

/** A body of JSON. */
export interface RequestBody {
  readonly schema: Schema<unknown>;
  readonly isOptional?: boolean;
  readonly examples: Readonly<Record<string, Json>>;
}

/** An answer. */
export interface Answer {
  readonly description: string;
  /** `application/json` where nothing is said. */
  readonly type?: string;
  /** What the body is, as JSON Schema. */
  readonly json: JsonObject;
  readonly example?: Json;
  /** What each kind of event carries, where the answer is a stream of them. */
  readonly events?: Readonly<Record<string, JsonObject>>;
  /** Headers that come with it, by their names: what they say. */
  readonly headers?: Readonly<Record<string, string>>;
}

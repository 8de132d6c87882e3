/** What is asked of the API server, in the words that its access rules have for it. */
export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete";

/** One request. */
export interface Call {
  readonly verb: Verb;
  /** As the API server's paths are, without its host. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Of the body; not said: plain JSON. */
  readonly contentType?: string;
  /** Not said: plain JSON. */
  readonly accept?: string;
  /** Whether the body is secret: then nothing of it may come back in a failure's words. */
  readonly isSecret?: boolean;
  /**
   * Milliseconds that it may take, for what is asked whether this replica leads or not; without it,
   * writes are allowed while it leads.
   */
  readonly limitMs?: number;
  /** Ends the request. */
  readonly signal?: AbortSignal;
}

/** The API server, as the rest of this folder asks it. Everything rejects with a `KubeError`. */
export interface Api {
  /** Asks, and gives the JSON of a good answer. */
  ask(call: Call): Promise<unknown>;
  /** Asks for an answer without end, and gives its lines of JSON as they come. */
  follow(call: Call): AsyncIterable<unknown>;
}

/** One request that was made: what of, how it ended, how long it took until it was answered. */
export interface ApiEvent {
  readonly kind: "api_asked";
  readonly verb: Verb;
  /** Of HTTP; without one there was no answer. */
  readonly status?: number;
  readonly ms: number;
}

/** How each verb is said in HTTP. */
export const METHODS: Readonly<Record<Verb, string>> = {
  get: "GET",
  list: "GET",
  watch: "GET",
  create: "POST",
  update: "PUT",
  patch: "PATCH",
  delete: "DELETE",
};

/**
 * Whether a request changes anything.
 *
 * @param verb the request's
 */
export function isWrite(verb: Verb): boolean {
  return METHODS[verb] !== "GET";
}

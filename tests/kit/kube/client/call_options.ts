/** How something is asked beyond its path. */
export interface SendOptions {
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

/** How an object is applied. */
export interface ApplyOptions {
  readonly manager?: string;
  /** Whether fields are taken from others. */
  readonly force?: boolean;
  readonly subresource?: "status";
}

/** How an object is asked to go. */
export interface RemoveOptions {
  readonly propagationPolicy?: "Background" | "Foreground" | "Orphan";
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** Which objects of a list. */
export interface ListOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

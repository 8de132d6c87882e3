/** An object of Kubernetes, as it is written into a file. */
export interface ExportedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** A mesh as a cluster takes it. */
export interface Exported {
  /** An AsyncActor for each actor, in the order of the mesh. */
  readonly actors: readonly ExportedObject[];
  /** The ConfigMap with the tools that the gateway reads. */
  readonly tools: ExportedObject;
  /** Values for the chart `asya-gateway`. */
  readonly gatewayValues: Values;
  /** Values for the chart `asya-actors`. */
  readonly actorsValues: Values;
  /** What a cluster cannot have as this machine has it, a sentence each, with what to do. */
  readonly notes: readonly string[];
}

/** Values of a chart. */
export type Values = Readonly<Record<string, unknown>>;

/** What whoever exports a mesh may say besides its file. */
export interface ExportOptions {
  /** The image with the handlers. */
  readonly image: string;
  /** Where everything goes; not set: where it is applied. */
  readonly namespace?: string;
  /** Whether actors are scaled by their queues; else there are as many as the file says. */
  readonly isScaled: boolean;
  /** The image with the handlers of joins. */
  readonly actorsImage: string;
  /** The version of Deno that the handlers run on here. */
  readonly denoVersion: string;
}

/** One entry of a Secret. */
export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/**
 * The Secret with the variables of one actor that are nobody's business.
 *
 * @param actor the actor's name
 */
export function envSecretOf(actor: string): string {
  return `${actor}-env`;
}

/**
 * The name of the ConfigMap with a mesh's tools.
 *
 * @param mesh the mesh's name
 */
export function toolsMapOf(mesh: string): string {
  return `${mesh}-tools`;
}

import type { Environment } from "@asya/program";

/** What is examined. */
export interface Subject {
  /** The mesh's file; without one it is what the environment says of a program. */
  readonly file?: string;
  readonly transportUrl?: string;
  readonly env: Environment;
  readonly gatewayUrl?: string;
  readonly token?: string;
  /** RabbitMQ's management interface, where it is not at the usual port. */
  readonly managementUrl?: string;
  /** Ours. */
  readonly version: string;
}

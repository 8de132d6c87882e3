import type { JsonObject } from "../kube_object.ts";
import { badRequest } from "../status_error.ts";

/** What clients in Go send of some kinds, even to servers that they ask for JSON. */
export const PROTOBUF = "application/vnd.kubernetes.protobuf";

/** How a field's value is read. */
type FieldType =
  | "text"
  | "bytes"
  | "number"
  | "flag"
  | "time"
  /** JSON in bytes, as in `fieldsV1`. */
  | "json"
  | { readonly of: Message }
  | { readonly listOf: Message | "text" }
  | { readonly mapOf: "text" | "bytes" };

/** Fields by their number, each with its name. */
type Message = Readonly<Record<number, readonly [string, FieldType]>>;

const OWNER: Message = {
  1: ["kind", "text"],
  3: ["name", "text"],
  4: ["uid", "text"],
  5: ["apiVersion", "text"],
  6: ["controller", "flag"],
  7: ["blockOwnerDeletion", "flag"],
};

const MANAGED: Message = {
  1: ["manager", "text"],
  2: ["operation", "text"],
  3: ["apiVersion", "text"],
  4: ["time", "time"],
  6: ["fieldsType", "text"],
  7: ["fieldsV1", "json"],
  8: ["subresource", "text"],
};

const METADATA: Message = {
  1: ["name", "text"],
  2: ["generateName", "text"],
  3: ["namespace", "text"],
  5: ["uid", "text"],
  6: ["resourceVersion", "text"],
  7: ["generation", "number"],
  8: ["creationTimestamp", "time"],
  9: ["deletionTimestamp", "time"],
  10: ["deletionGracePeriodSeconds", "number"],
  11: ["labels", { mapOf: "text" }],
  12: ["annotations", { mapOf: "text" }],
  13: ["ownerReferences", { listOf: OWNER }],
  14: ["finalizers", { listOf: "text" }],
  17: ["managedFields", { listOf: MANAGED }],
};

const REVIEWED: Message = {
  1: ["namespace", "text"],
  2: ["verb", "text"],
  3: ["group", "text"],
  4: ["version", "text"],
  5: ["resource", "text"],
  6: ["subresource", "text"],
  7: ["name", "text"],
};

/** The kinds that Helm and `kubectl` send so. */
const KINDS: Readonly<Record<string, Message>> = {
  Secret: {
    1: ["metadata", { of: METADATA }],
    2: ["data", { mapOf: "bytes" }],
    3: ["type", "text"],
    4: ["stringData", { mapOf: "text" }],
    5: ["immutable", "flag"],
  },
  ConfigMap: {
    1: ["metadata", { of: METADATA }],
    2: ["data", { mapOf: "text" }],
    3: ["binaryData", { mapOf: "bytes" }],
    4: ["immutable", "flag"],
  },
  Namespace: {
    1: ["metadata", { of: METADATA }],
    2: ["spec", { of: { 1: ["finalizers", { listOf: "text" }] } }],
    3: ["status", { of: { 1: ["phase", "text"] } }],
  },
  ServiceAccount: { 1: ["metadata", { of: METADATA }] },
  DeleteOptions: {
    1: ["gracePeriodSeconds", "number"],
    2: ["preconditions", { of: { 1: ["uid", "text"], 2: ["resourceVersion", "text"] } }],
    3: ["orphanDependents", "flag"],
    4: ["propagationPolicy", "text"],
    5: ["dryRun", { listOf: "text" }],
  },
  SelfSubjectAccessReview: {
    1: ["metadata", { of: METADATA }],
    2: ["spec", { of: { 1: ["resourceAttributes", { of: REVIEWED }] } }],
  },
  TokenRequest: {
    1: ["metadata", { of: METADATA }],
    2: ["spec", {
      of: { 1: ["audiences", { listOf: "text" }], 4: ["expirationSeconds", "number"] },
    }],
  },
};

/** What is around every object. */
const ENVELOPE: Message = {
  1: ["type", { of: { 1: ["apiVersion", "text"], 2: ["kind", "text"] } }],
  2: ["raw", "bytes"],
};
const MAGIC = [0x6b, 0x38, 0x73, 0x00];

/**
 * Reads an object from Kubernetes' protobuf.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
 * @throws StatusError 400 for what is none, or of a kind that is not known here
 */
export function parseProtobuf(bytes: Uint8Array): JsonObject {
  if (!MAGIC.every((byte, at) => bytes[at] === byte)) {
    throw badRequest("provided data does not appear to be a protobuf message");
  }
  const { type, raw } = read(bytes.subarray(MAGIC.length), ENVELOPE) as {
    readonly type?: { readonly apiVersion: string; readonly kind: string };
    readonly raw?: string;
  };
  const message = KINDS[type?.kind ?? ""];
  if (!type || !message) {
    throw badRequest(
      `no protobuf of ${type?.kind ?? "nothing"} is read here, but of: ${Object.keys(KINDS)}`,
    );
  }
  return { ...type, ...read(Uint8Array.fromBase64(raw ?? ""), message) };
}

/** Numbers and lengths of a message, one after another. */
class Reader {
  #at = 0;

  constructor(readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.#at >= this.bytes.length;
  }

  number(): number {
    let value = 0;
    for (let factor = 1;; factor *= 128) {
      const byte = this.bytes[this.#at++];
      if (byte === undefined) throw badRequest("unexpected EOF");
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  part(length: number): Uint8Array {
    this.#at += length;
    if (this.#at > this.bytes.length) throw badRequest("unexpected EOF");
    return this.bytes.subarray(this.#at - length, this.#at);
  }
}

/** Fields that say nothing (an empty text, zero) are left out, as they are in JSON. */
function read(bytes: Uint8Array, message: Message): JsonObject {
  const reader = new Reader(bytes);
  const found: Record<string, unknown> = {};
  while (!reader.isAtEnd) {
    const tag = reader.number();
    const value = tag % 8 === 0 ? reader.number() : reader.part(lengthOf(tag % 8, reader));
    const [name, type] = message[Math.floor(tag / 8)] ?? [];
    if (name === undefined || type === undefined) continue;
    const meant = interpret(type, value, found[name]);
    if (meant !== undefined) found[name] = meant;
  }
  return found;
}

function lengthOf(wireType: number, reader: Reader): number {
  if (wireType === 2) return reader.number();
  return wireType === 1 ? 8 : 4;
}

function interpret(type: FieldType, value: number | Uint8Array, before: unknown): unknown {
  if (typeof value === "number") {
    if (type === "flag") return value !== 0;
    return value === 0 ? undefined : value;
  }
  if (typeof type === "string") return interpretScalar(type, value);
  if ("of" in type) {
    const inner = read(value, type.of);
    return Object.keys(inner).length === 0 ? undefined : inner;
  }
  if ("listOf" in type) {
    const item = type.listOf === "text" ? readText(value) : read(value, type.listOf);
    return [...(before as readonly unknown[] | undefined) ?? [], item];
  }
  const entry = read(value, { 1: ["key", "text"], 2: ["value", type.mapOf] });
  return { ...before as JsonObject | undefined, [String(entry.key)]: entry.value ?? "" };
}

function interpretScalar(type: FieldType & string, value: Uint8Array): unknown {
  switch (type) {
    case "text":
      return readText(value) || undefined;
    case "bytes":
      return value.toBase64();
    case "json": {
      const { raw } = read(value, { 1: ["raw", "text"] });
      return raw === undefined ? undefined : JSON.parse(String(raw));
    }
    case "time": {
      const { seconds } = read(value, { 1: ["seconds", "number"] });
      if (seconds === undefined) return undefined;
      return new Date(Number(seconds) * 1000).toISOString().replace(".000Z", "Z");
    }
    default:
      return undefined;
  }
}

function readText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** A rule of the API server in CEL, and the sentence that it refuses with. */
export interface Validation {
  /** An expression over `self`, the value that the rule stands at. */
  readonly rule: string;
  /** What is allowed, in one line. */
  readonly message: string;
  /** An expression over `self` that makes a sentence; where it fails, `message` is said. */
  readonly messageExpression?: string;
  /** Whether it is asked of an object that is made too, when `oldSelf` has no value. */
  readonly optionalOldSelf?: true;
}

/** What OpenAPI v3 can say in a CustomResourceDefinition: a "structural schema". */
export interface StructuralSchema {
  readonly type: "object" | "array" | "string" | "integer" | "boolean";
  readonly description?: string;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema;
  readonly items?: StructuralSchema;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly "x-kubernetes-preserve-unknown-fields"?: true;
  readonly "x-kubernetes-list-type"?: "atomic" | "map";
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-validations"?: readonly Validation[];
}

import { hidePassword } from "@asya/program";
import { envSecretOf } from "./exported.ts";

/** One variable of a container. */
export type ExportedVariable =
  | { readonly name: string; readonly value: string }
  | {
    readonly name: string;
    readonly valueFrom: {
      readonly secretKeyRef: { readonly name: string; readonly key: string };
    };
  };

/** Words in the names of variables whose values are nobody's business. */
const SECRET_NAME =
  /(^|_)(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|API_?KEY)S?($|_)|_(KEYS?|HEADERS)$/i;

/** Models count tokens, too. */
const COUNT = /TOKENS=\d+$/i;

/**
 * The names of variables that look like ones that no file should have: by their names, or by a
 * password in the URL that they are.
 *
 * @param env an actor's environment
 * @example
 * ```ts
 * import { secretNames } from "./export_env.ts";
 * import assert from "node:assert/strict";
 * const secrets = {
 *   OPENAI_API_KEY: "sk-1",
 *   OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20abc",
 *   STORE: "redis://me:pass@store",
 * };
 * assert.deepEqual(
 *   secretNames({ ...secrets, MODEL: "small", MAX_TOKENS: "4096" }),
 *   Object.keys(secrets),
 * );
 * ```
 */
export function secretNames(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).filter(([name, value]) => isSecret(name, value)).map(([name]) => name);
}

/**
 * The variables of an actor's container. The value of one that looks like a secret is left out: the
 * container gets it from a Secret.
 *
 * @param actor the actor's name
 * @param env its environment
 */
export function exportEnv(
  actor: string,
  env: Readonly<Record<string, string>>,
): ExportedVariable[] {
  return Object.entries(env).map(([name, value]) =>
    isSecret(name, value)
      ? { name, valueFrom: { secretKeyRef: { name: envSecretOf(actor), key: name } } }
      : { name, value }
  );
}

/**
 * Variables with the values that they have.
 *
 * @param env by name; one without a value is left out
 */
export function plainEnv(
  env: Readonly<Record<string, string | undefined>>,
): { readonly name: string; readonly value: string }[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value }]
  );
}

function isSecret(name: string, value: string): boolean {
  const isNamed = SECRET_NAME.test(name) && !COUNT.test(`${name}=${value}`);
  return isNamed || hidePassword(value) !== value;
}

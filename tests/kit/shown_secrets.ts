/** Variables whose values are secrets. */
const SECRET_NAME = /(TOKEN|TOKENS|TOKEN_BEFORE|PASSWORD|SECRET|SECRET_KEY|COOKIE)$/;

/** What is shorter may well be a word that says something else. */
const MIN_LENGTH = 8;

/**
 * The secrets in the environment of a process: tokens, passwords, and passwords in URLs, as they
 * are written and as they are meant.
 *
 * @param env its variables
 */
export function secretsIn(env: Readonly<Record<string, string>>): string[] {
  const secrets = Object.entries(env).flatMap(([name, value]) => {
    const password = URL.parse(value)?.password ?? "";
    const tokens = SECRET_NAME.test(name)
      ? [value, ...value.split(",").map((entry) => entry.slice(entry.indexOf("=") + 1))]
      : [];
    return [password, decode(password), ...tokens];
  });
  return [...new Set(secrets)].filter((secret) => secret.length >= MIN_LENGTH);
}

/**
 * Looks for the secrets of a process in what it wrote.
 *
 * @throws Error with the lines that show one
 */
export function assertNoSecrets(
  name: string,
  env: Readonly<Record<string, string>>,
  lines: readonly { readonly text: string }[],
): void {
  const secrets = secretsIn(env);
  if (secrets.length === 0) return;
  const shown = lines.filter(({ text }) => secrets.some((secret) => text.includes(secret)));
  if (shown.length === 0) return;
  throw new Error(
    `${name} wrote a secret of its settings:\n${shown.map(({ text }) => text).join("\n")}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone percent sign
  }
}

/** The runtime's files for a ConfigMap. */
export interface RuntimeBundle {
  /** By name, with their text; none where there is no such folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Twelve hexadecimal digits that differ when the files do; none without files. */
  readonly hash: string;
}

/** What the runtime is made of, as `deno task build` makes it. */
const NAMES = ["main.js", "mod.ts"] as const;

/** Where the runtime's files are, and whether it is an error when they are not. */
export interface BundlePlace {
  readonly path: string;
  readonly isRequired: boolean;
}

/**
 * Reads the runtime's files.
 *
 * @param place the folder
 * @throws Error in words when they cannot be read
 */
export async function readBundle({ path, isRequired }: BundlePlace): Promise<RuntimeBundle> {
  try {
    const texts = await Promise.all(NAMES.map((name) => Deno.readTextFile(`${path}/${name}`)));
    const files = Object.fromEntries(NAMES.map((name, index) => [name, texts[index] ?? ""]));
    return { files, hash: await hashOf(texts) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    if (!isRequired) return { files: {}, hash: "" };
    throw new Error(
      `ASYA_RUNTIME_BUNDLE is ${path}; allowed: a folder with ${NAMES.join(" and ")}`,
    );
  }
}

async function hashOf(texts: readonly string[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(texts));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return digest.toHex().slice(0, 12);
}

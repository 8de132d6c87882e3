/** How long an answer may take. */
const TIMEOUT_MS = 5_000;

/** How large an answer may be: keys have a few kilobytes. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads the keys that an authorization server publishes.
 *
 * @param url where its JSON Web Key Set is; an answer that leads elsewhere is refused
 * @returns the answer's JSON
 * @throws Error when there is no answer in time, or one that is no JSON, or too large
 */
export async function fetchKeys(url: string): Promise<unknown> {
  const response = await fetch(url, {
    headers: { accept: "application/jwk-set+json, application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`the keys' server answers with ${response.status}; allowed: 200`);
  }
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`the keys are over ${MAX_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return JSON.parse(text + decoder.decode());
}

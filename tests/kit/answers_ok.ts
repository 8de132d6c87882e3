/**
 * Whether a URL is answered, and well; not where nobody listens there yet.
 *
 * @param url which one
 */
export async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.ok;
  } catch (error) {
    // Nobody listens, or no longer.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

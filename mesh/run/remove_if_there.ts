/** Removes a file of a mesh, unless somebody else has. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    // Whoever cleans up the folder may have been faster.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

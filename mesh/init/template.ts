/** A mesh to begin with: its handlers, what tests them, and how they are called. */
export interface Template {
  /** What it shows, in a phrase. */
  readonly summary: string;
  /** What `mesh.yaml` says below the mesh's name. */
  readonly mesh: string;
  /** Files of code by name, each with its test. */
  readonly files: Readonly<Record<string, string>>;
  /** What the README says of it, in Markdown. */
  readonly about: string;
  /** A call to try, as it is typed behind `asya call`. */
  readonly call: string;
}

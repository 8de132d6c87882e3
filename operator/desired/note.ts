/** Something about an actor that its owner should know, told by conditions and Events. */
export interface Note {
  /** CamelCase. */
  readonly reason: string;
  readonly message: string;
  /** `refused`: nothing can run; `limited`: it runs, not all as asked; `told`: for information. */
  readonly weight: "refused" | "limited" | "told";
  /** What it is about. */
  readonly about: "workload" | "scaling";
}

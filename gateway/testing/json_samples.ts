import fc from "fast-check";

/** Fan-out lineages that are none only where a pattern cannot say so are left out. */
export const lineageSample: fc.Arbitrary<string> = fc.constantFrom(
  "/0:2:ab",
  "/1:2:ab/0:1:c",
  "0:2:ab",
  "/x:2:ab",
  "/0:2:",
);

import { parseBranch } from "./lineage.ts";
import { optionalText, type Schema } from "./schema.ts";

/** Reads a fan-out lineage that may be missing (see `lineage.ts`). */
export const lineage: Schema<string | undefined> = optionalText(
  "fan-out lineage: of which output of how many, for each fan-out; each index below its count",
  {
    pattern: "^(/(0|[1-9][0-9]{0,9}):[1-9][0-9]{0,9}:[0-9a-z]{1,64})*$",
    accepts: (text) => parseBranch(text) !== undefined,
    allowed: 'a lineage such as "/0:3:ab12"',
  },
);

/**
 * docs/monitoring.md, done as it says.
 *
 * @module
 */
import { findPrometheus, pathOf, platformEnv } from "../kit/mod.ts";
import { followPage } from "./follow_page.ts";

const prometheus = await findPrometheus();

Deno.test({
  name: "[T1] [X3] what docs/monitoring.md says of one machine works as it stands",
  ignore: prometheus.isMissing,
  fn: async () => {
    const deno = Deno.execPath().replace(/\/[^/]+$/, "");
    const PATH = [deno, pathOf("scripts"), prometheus.folder, platformEnv().PATH].join(":");
    await followPage("docs/monitoring.md", { ASYA: pathOf("").replace(/\/$/, ""), PATH });
  },
});

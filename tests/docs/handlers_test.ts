/**
 * docs/handlers.md, done as it says.
 *
 * @module
 */
import { followPage } from "./follow_page.ts";

Deno.test("[T1] [M1] [D8] what docs/handlers.md tells authors to do works as it stands", async () => {
  await followPage("docs/handlers.md");
});

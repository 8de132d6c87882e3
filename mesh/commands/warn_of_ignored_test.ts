import assert from "node:assert/strict";
import { warnOfIgnored } from "./warn_of_ignored.ts";

Deno.test({
  name: "a mesh says which settings protect nobody, and shows no token",
  permissions: "none",
  fn: () => {
    assert.equal(warnOfIgnored({ ASYA_AUTH: "", ASYA_LOG_LEVEL: "DEBUG" }), undefined);
    assert.equal(
      warnOfIgnored({ ASYA_AUTH: "token", ASYA_API_TOKENS: "shop=secret", PATH: "/bin" }),
      "ASYA_AUTH, ASYA_API_TOKENS have no effect here: the gateway of a mesh lets in everybody on " +
        "this machine; one that keeps callers apart is started by itself",
    );
  },
});

import assert from "node:assert/strict";
import { assertNoSecrets, secretsIn } from "./shown_secrets.ts";

const ENV = {
  ASYA_API_TOKENS: "me=first-token,ops/jobs:admin=second-token",
  ASYA_INTERNAL_TOKEN: "third-token",
  ASYA_DATABASE_URL: "postgres://ada:p%40ssword-four@db/asya",
  ASYA_RABBITMQ_URL: "amqp://guest:guest@localhost",
  ASYA_LOG_LEVEL: "DEBUG-or-so",
};

Deno.test({
  name: "shown secrets: tokens, passwords, and passwords in URLs",
  permissions: "none",
  fn: () => {
    assert.deepEqual(secretsIn(ENV), [
      ENV.ASYA_API_TOKENS,
      "first-token",
      "second-token",
      "third-token",
      "p%40ssword-four",
      "p@ssword-four",
    ]);
  },
});

Deno.test({
  name: "shown secrets: a line with one is found, wherever it stands",
  permissions: "none",
  fn: () => {
    const line = (text: string) => ({ text });
    const fine = [line("{}"), line("amqp://guest:guest@localhost DEBUG-or-so ada")];
    assertNoSecrets("gateway", ENV, fine);
    for (const text of ["…second-token…", '{"url":"postgres://ada:p%40ssword-four@db"}']) {
      assert.throws(() => assertNoSecrets("gateway", ENV, [...fine, line(text)]), /wrote a secret/);
    }
  },
});

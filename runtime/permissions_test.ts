import assert from "node:assert/strict";
import type { Json } from "@asya/protocol/json";
import { HostedHandler, type HostedOptions, messageFor } from "../tests/kit/hosted_handler.ts";

const source = `
  const attempts = {
    token: () => Deno.env.get("ASYA_INTERNAL_TOKEN") ?? null,
    own_variable: () => Deno.env.get("MY_KEY") ?? null,
    settings: () => Deno.env.get("ASYA_HANDLER") ?? null,
    own_file: () => Deno.readTextFileSync("./data.txt"),
    etc: () => Deno.readTextFileSync("/etc/hostname").length > 0,
    run: () => new Deno.Command("true").outputSync().success,
    net: () => Deno.listen({ port: 0, hostname: "127.0.0.1" }).close() ?? true,
    environ: () => Deno.readTextFileSync("/proc/self/environ").length,
    write: () => Deno.writeTextFileSync("./out.txt", "x") ?? true,
    printenv: () => new TextDecoder().decode(new Deno.Command("printenv").outputSync().stdout),
  };
  const tried = (attempt) => { try { return attempt(); } catch (error) { return error.name; } };
  export default () => Object.fromEntries(
    Object.entries(attempts).map(([name, attempt]) => [name, tried(attempt)]),
  );
`;

async function attempts(options: HostedOptions): Promise<Record<string, Json>> {
  await using hosted = await HostedHandler.start({ "handler.ts": source, "data.txt": "mine" }, {
    ...options,
    env: { ASYA_INTERNAL_TOKEN: "secret", MY_KEY: "mine", ...options.env },
  });
  await using session = await hosted.session();
  await session.call(1, messageFor({}));
  const { reply } = await session.reply(1);
  assert(reply.kind === "output", JSON.stringify(reply));
  return reply.output.payload as Record<string, Json>;
}

Deno.test("[C8] a handler is given nothing by default, not even its own files", async () => {
  assert.deepEqual(await attempts({}), {
    token: null,
    own_variable: null,
    settings: null,
    own_file: "NotCapable",
    etc: "NotCapable",
    run: "NotCapable",
    net: "NotCapable",
    environ: "NotCapable",
    write: "NotCapable",
    printenv: "NotCapable",
  });
});

Deno.test("[C8] a handler is given what its flags say, and no more", async () => {
  const flags = [
    "--allow-env=MY_KEY",
    "--allow-read=./data.txt",
    "--allow-net=127.0.0.1",
    "--allow-write=./out.txt",
  ];
  const seen = await attempts({ flags });
  assert.deepEqual(
    [seen.own_variable, seen.own_file, seen.net, seen.write],
    ["mine", "mine", true, true],
  );
  assert.deepEqual(
    [seen.token, seen.settings, seen.etc, seen.run],
    [null, null, "NotCapable", "NotCapable"],
  );
});

Deno.test("[C2] what a handler runs sees none of our settings, unless it was given them", async () => {
  const withheld = await attempts({ flags: ["--allow-run=printenv"] });
  assert.doesNotMatch(String(withheld.printenv), /secret|handler\\.ts/);
  const flags = ["--allow-run=printenv", "--allow-env=ASYA_INTERNAL_TOKEN"];
  const given = await attempts({ flags });
  assert.equal(given.token, "secret");
  assert.match(String(given.printenv), /ASYA_INTERNAL_TOKEN=secret/);
});

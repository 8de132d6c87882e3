import assert from "node:assert/strict";
import { openGateway, openMeantGateway } from "./open_gateway.ts";
import { noteGateway } from "../run/gateway_note.ts";

const never = new AbortController().signal;
const signals = { first: never, second: never, [Symbol.dispose]() {} };

Deno.test("[U4] the gateway is the one that was named, else that of this folder's mesh", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const state = `${folder}/.asya`;
    await Deno.mkdir(`${state}/run`, { recursive: true });
    const told: string[] = [];
    const screen = { err: (line: string) => told.push(line) };
    const open = async (url?: string, gatewayUrl?: string) => {
      const config = { logLevel: "INFO", gatewayUrl, apiToken: undefined } as const;
      const context = { config: { ...config, managementUrl: undefined }, signals, screen };
      return (await openGateway(url, context, folder)).url;
    };
    assert.equal(await open(), "http://127.0.0.1:8080");
    {
      await using _note = await noteGateway(state, "http://127.0.0.1:8081");
      assert.equal(await open(), "http://127.0.0.1:8081");
      assert.equal(await open(undefined, "http://set"), "http://set");
      assert.equal(await open("http://said/", "http://set"), "http://said");
    }
    assert.deepEqual(told, [], "the gateway that is meant was asked");
    assert.equal(await open(), "http://127.0.0.1:8080", "it is gone with its mesh");
    await Deno.writeTextFile(`${state}/run/gateway.url`, "http://127.0.0.1:8081\n");
    assert.equal(await open(), "http://127.0.0.1:8080", "a mesh that was killed has no gateway");
    assert.deepEqual(told, [], "there is no mesh in this folder whose gateway could be meant");
    await Deno.writeTextFile(`${folder}/mesh.yaml`, "");
    assert.equal(await open(), "http://127.0.0.1:8080");
    assert.deepEqual(told, ["the mesh of this folder is not up; http://127.0.0.1:8080 is asked"]);
    const mean = async (url?: string, gatewayUrl?: string) => {
      const config = { logLevel: "INFO", gatewayUrl, apiToken: undefined } as const;
      const context = { config: { ...config, managementUrl: undefined }, signals, screen };
      return (await openMeantGateway(url, context, folder))?.url;
    };
    assert.equal(await mean(), undefined, "nothing is done to another's jobs by mistake");
    assert.match(
      told.at(-1) ?? "",
      /not up, and nothing is done at .*: --url or ASYA_GATEWAY_URL$/,
    );
    assert.equal(await mean("http://said"), "http://said");
    assert.equal(await mean(undefined, "http://set"), "http://set");
    {
      await using _note = await noteGateway(state, "http://127.0.0.1:8081");
      assert.equal(await mean(), "http://127.0.0.1:8081");
    }
    await Deno.remove(`${folder}/mesh.yaml`);
    assert.equal(await mean(), "http://127.0.0.1:8080", "no other gateway could be meant");
    await Deno.writeTextFile(`${folder}/mesh.yaml`, "");
    for (const elsewhere of ["http://evil.example", "http://127.0.0.1.evil.example", "nonsense"]) {
      await using _note = await noteGateway(state, elsewhere);
      assert.equal(await open(), "http://127.0.0.1:8080", "no note leads a token elsewhere");
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

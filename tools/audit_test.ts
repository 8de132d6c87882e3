import assert from "node:assert/strict";
import { freePort } from "../tests/kit/mod.ts";

const root = new URL("..", import.meta.url);

/** A weakness of one package, in the words of npm's registry. */
const ADVISORY = {
  yaml: [{
    id: 1,
    url: "https://example.org/advisory",
    title: "made up for this test",
    severity: "high",
    vulnerable_versions: "*",
    cwe: [],
    cvss: { score: 7, vectorString: null },
  }],
};

async function audit(registry: string): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-run", "tools/audit.ts"],
    cwd: root,
    env: { NPM_CONFIG_REGISTRY: registry, NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

const registries = [
  { says: "nothing", answer: () => Response.json({}), code: 0, out: /No known/, err: /^$/ },
  {
    says: "a weakness",
    answer: () => Response.json(ADVISORY),
    code: 1,
    out: /made up for this test/,
    err: /^$/,
  },
  {
    says: "that it is broken",
    answer: () => new Response("no", { status: 500 }),
    code: 3,
    out: /^$/,
    err: /nothing is known about the packages/,
  },
];

Deno.test("[C12] an audit tells weak packages from a registry that could not be asked", async () => {
  const asked: unknown[] = [];
  let answer = () => Response.json({});
  const port = freePort();
  await using _server = Deno.serve(
    { port, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      asked.push(await request.json());
      return answer();
    },
  );
  for (const registry of registries) {
    answer = registry.answer;
    const { code, out, err } = await audit(`http://127.0.0.1:${port}/`);
    assert.equal(code, registry.code, `a registry that says ${registry.says}: ${out}${err}`);
    assert.match(out, registry.out);
    assert.match(err, registry.err);
  }
  assert.equal(asked.length, registries.length);
  assert(
    JSON.stringify(asked[0]).includes('"prom-client":["15.1.3"]'),
    "all packages are asked for",
  );
});

import assert from "node:assert/strict";
import { BASE_URL, createTestGateway, type TestGateway } from "../../testing/test_gateway.ts";

const TOOLS = `
tools:
  - name: scan
    parameters: { page: { type: integer, required: true }, note: { type: string } }
    route: [ocr, store]
`;

async function send(
  { gateway }: TestGateway,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
  tool: string = "scan",
): Promise<Response> {
  return await gateway.fetch(
    new Request(`${BASE_URL}/dashboard/tools/${tool}`, {
      method: "POST",
      headers: { host: "127.0.0.1", origin: BASE_URL, ...headers },
      body: new URLSearchParams(form),
    }),
  );
}

Deno.test("[B3] a form makes a job of who sent it, and leads to its page", async () => {
  const bench = createTestGateway({
    tools: TOOLS,
    env: { ASYA_AUTH: "token", ASYA_API_TOKENS: "ada=ada-secret" },
  });
  const response = await send(bench, { "/page": "3", "/note": "" }, {
    authorization: "Bearer ada-secret",
  });
  assert.equal(response.status, 303);
  const [, id = ""] = /^\/dashboard\/jobs\/(.+)$/.exec(response.headers.get("location") ?? "") ??
    [];
  const stored = await bench.store.read(id);
  assert.deepEqual(stored?.payload, { page: 3 });
  assert.equal(stored?.job.owner, "ada");
  const page = await bench.get("/dashboard/tools/scan", { authorization: "Bearer ada-secret" });
  const html = await page.text();
  assert.match(html, /\$ASYA_API_TOKEN/);
  assert.doesNotMatch(html, /ada-secret/);
});

Deno.test("[B3] a form that is sent twice makes one job, and with other arguments another", async () => {
  const bench = createTestGateway({ tools: TOOLS });
  const keyOf = async () => {
    const html = await (await bench.get("/dashboard/tools/scan")).text();
    const keys = [...html.matchAll(/name="key" value="([^"]+)"/g)].map(([, key = ""]) => key);
    assert.deepEqual(keys, [keys[0], keys[0]], "both forms of a page have its key");
    return keys[0] ?? "";
  };
  const key = await keyOf();
  const rows: [form: Record<string, string>, job: number][] = [
    [{ "/page": "3", key }, 0],
    [{ "/page": "3", key }, 0],
    [{ do: "json", json: '{"page":3}', key }, 0],
    [{ "/page": "4", key }, 1],
    [{ "/page": "3", key: await keyOf() }, 2],
    [{ "/page": "3", key: "" }, 3],
    [{ "/page": "3", key: "" }, 4],
  ];
  const places: string[] = [];
  for (const [form, job] of rows) {
    const response = await send(bench, form);
    assert.equal(response.status, 303);
    const place = response.headers.get("location") ?? "";
    if (!places.includes(place)) places.push(place);
    assert.equal(places.indexOf(place), job, JSON.stringify(form));
  }
  const jobs = (await bench.store.list({ limit: 10 })).jobs;
  assert.equal(jobs.length, 5);
});

Deno.test("[B2] whatever a tools file says is shown as text, with nothing unseen in it", async () => {
  const hostile = `"><img src=x onerror=alert(1)>\u202e`;
  const words = { title: hostile, description: hostile, default: hostile, format: hostile };
  const properties = {
    [hostile]: { type: "string", ...words },
    choice: { ...words, enum: [hostile, { [hostile]: hostile }] },
    list: { type: "array", title: hostile, items: { type: "string", title: hostile } },
  };
  const tool = {
    ...{ name: "evil", description: hostile, route: ["a"] },
    inputSchema: { type: "object", properties },
  };
  const bench = createTestGateway({ tools: JSON.stringify({ tools: [tool] }) });
  const forms: Record<string, string>[] = [
    { "#/list": "3", "/choice": hostile },
    { do: "json", json: JSON.stringify({ list: [hostile, 1] }) },
    { do: "json", json: hostile },
  ];
  const pages = [
    await bench.get("/dashboard/tools"),
    await bench.get("/dashboard/tools/evil"),
    ...await Promise.all(forms.map((form) => send(bench, form, {}, "evil"))),
  ];
  for (const page of pages) {
    const html = await page.text();
    assert.doesNotMatch(html, /<img src=x/);
    // What stands in an input is what is sent, whatever it is.
    const shown = html.replace(/<(?:textarea|pre)\b.*?<\/(?:textarea|pre)>/gs, "")
      .replace(/ (?:name|value)="[^"]*"/g, "");
    assert.doesNotMatch(shown, /\u202e/, shown.slice(Math.max(0, shown.indexOf("\u202e") - 200)));
  }
});

Deno.test("[B3] a form that says nothing good makes no job", async (t) => {
  const rows: [string, Record<string, string>, number, RegExp][] = [
    ["nothing", {}, 400, /argument &quot;page&quot; is missing/],
    ["a text for a number", { "/page": "three" }, 400, /integer is allowed/],
    ["no JSON", { do: "json", json: "{" }, 400, /This is not JSON/],
    ["JSON that is no object", { do: "json", json: "[1]" }, 400, /a JSON object is allowed/],
    ["JSON that is wrong", { do: "json", json: '{"page": "x"}' }, 400, /integer is allowed/],
    ["too many items", rowsOf(11), 413, /more items than a form can have/],
    ["another button", { do: "show", "/page": "<b>" }, 200, /page=&lt;b&gt;|page=.{1,20}&lt;b&gt;/],
  ];
  for (const [what, form, status, words] of rows) {
    await t.step(what, async () => {
      const bench = createTestGateway({ tools: TOOLS });
      const response = await send(bench, form);
      assert.equal(response.status, status);
      assert.match(await response.text(), words);
      assert.deepEqual((await bench.store.list({ limit: 1 })).jobs, []);
    });
  }
});

function rowsOf(lists: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: lists }, (_, at) => [`#/${at}`, "100"]));
}

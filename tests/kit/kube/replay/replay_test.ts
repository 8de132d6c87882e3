import assert from "node:assert/strict";
import { freePort } from "../../free_port.ts";
import { poll } from "../../poll.ts";
import { KubeServer } from "../kube_server.ts";
import { type Exchange, parseExchanges } from "./exchange.ts";
import { SameAnswers } from "./same_answer.ts";

const ADMIN = "admin-of-replay";
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

/** Whose request it was, where it was not an administrator's. */
const OTHERS: Readonly<Record<string, "nobody" | "wrong" | "account">> = {
  "unauthenticated": "nobody",
  "bad token": "wrong",
  "forbidden for an unprivileged account": "account",
};

/** What shows only once a controller has done its work, which is polled for. */
const LATE = [
  "discovery of the group",
  "Deployment after its controller saw it",
  "dependant collected",
  "owner gone",
  "list after the crd is gone",
];

Deno.test("[Q5] what a real API server of 1.36 was asked is answered as it answered", async (t) => {
  await using server = new KubeServer({
    port: freePort(),
    adminToken: ADMIN,
    // Between a deletion and what follows from it, the recording looks at what is still there.
    controllerLatencyMs: 150,
    establishMs: 150,
    // Who wrote later is listed later, by seconds: the recording wrote most in one of them.
    nowMs: () => Date.UTC(2026, 10, 21, 17, 53, 1),
  });
  const recording = await Deno.readTextFile(
    new URL("./kube_apiserver_1_36.jsonl", import.meta.url),
  );
  const exchanges = parseExchanges(recording);
  assert.equal(exchanges.length, 75);
  const same = new SameAnswers();
  let account = "";
  let watched: { readonly exchange: Exchange; readonly response: Response } | undefined;

  const send = (exchange: Exchange): Promise<Response> => {
    const { method, path, contentType, body } = exchange.request;
    const tokens = { nobody: undefined, wrong: "of nobody", account };
    const other = OTHERS[exchange.name];
    const token = other ? tokens[other] : ADMIN;
    return fetch(server.url + same.translatePath(path), {
      method,
      headers: {
        "user-agent": "Python-urllib/3.13",
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(contentType && { "content-type": contentType }),
        ...(exchange.name === "list as table" && { accept: TABLE }),
      },
      ...(body && {
        body: typeof body === "string" ? body : JSON.stringify(same.translate(body)),
      }),
    });
  };

  const compareWatch = async () => {
    if (!watched) throw new Error("no watch was begun");
    server.control.sendBookmarks();
    server.control.endWatches();
    const text = await watched.response.text();
    const lines = text.trim().split("\n").map((line) => JSON.parse(line));
    const recorded = watched.exchange.response.lines ?? [];
    return recorded.flatMap((line, at) =>
      same.compare(line, lines[at], line.type === "BOOKMARK" ? "bookmark" : `event ${at} `)
    ).concat(lines.length === recorded.length ? [] : [`${lines.length} lines`]);
  };

  const answer = async (exchange: Exchange): Promise<string[]> => {
    const { response } = exchange;
    const actual = await send(exchange);
    if (response.lines && response.lines.length > 1) {
      watched = { exchange, response: actual };
      return [];
    }
    const text = await actual.text();
    const body: unknown = actual.headers.get("content-type") === "application/json"
      ? JSON.parse(text)
      : text;
    if (exchange.name === "a token for a service account") {
      account = (body as { status: { token: string } }).status.token;
    }
    return [
      ...same.compare(response.status, actual.status, "status"),
      ...same.compare(response.warning, actual.headers.get("warning") ?? undefined, "warning"),
      ...same.compare(response.lines?.[0] ?? response.body, body, "body"),
    ];
  };

  for (const exchange of exchanges) {
    await t.step(exchange.name, async () => {
      let differences = await answer(exchange);
      if (LATE.includes(exchange.name) && differences.length > 0) {
        await poll(`"${exchange.name}" to be answered as recorded`, async () => {
          differences = await answer(exchange);
          return differences.length === 0;
        }, { timeoutMs: 3000 }).catch(() => {});
      }
      assert.deepEqual(differences, []);
    });
    // The watch that was begun at first is over with the last change that it saw.
    if (exchange.name === "label selector") {
      await t.step("what the watch told", async () => {
        assert.deepEqual(await compareWatch(), []);
      });
    }
  }
});

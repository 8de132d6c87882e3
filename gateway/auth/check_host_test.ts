import assert from "node:assert/strict";
import { checkHost, createHostRules, isLoopbackHost } from "./check_host.ts";
import { createTestGateway } from "../testing/test_gateway.ts";

const rows: {
  readonly host: string | null;
  readonly origin?: string;
  readonly loopback?: boolean;
  readonly allowed?: string[];
  readonly publicUrl?: string;
  readonly wrong?: "host" | "origin";
}[] = [
  { host: "127.0.0.1:8080", loopback: true },
  { host: "localhost:8080", loopback: true },
  { host: "LOCALHOST", loopback: true },
  { host: "[::1]:8080", loopback: true },
  { host: "evil.example:8080", loopback: true, wrong: "host" },
  { host: "127.0.0.1.evil.example", loopback: true, wrong: "host" },
  { host: "localhost@evil.example", loopback: true, wrong: "host" },
  { host: null, loopback: true, wrong: "host" },
  { host: "", loopback: true, wrong: "host" },
  { host: "127.0.0.1", origin: "http://localhost:3000", loopback: true },
  { host: "127.0.0.1", origin: "https://evil.example", loopback: true, wrong: "origin" },
  { host: "127.0.0.1", origin: "null", loopback: true, wrong: "origin" },
  { host: "127.0.0.1", origin: "file://", loopback: true, wrong: "origin" },
  { host: "127.0.0.1", origin: "https://localhost:8443", loopback: true },
  { host: "127.0.0.1", origin: "http://[::1]:3000", loopback: true },
  { host: "127.0.0.1", origin: "http://localhost@evil.example", loopback: true, wrong: "origin" },
  { host: "127.0.0.1", origin: "http://evil.example@localhost", loopback: true, wrong: "origin" },
  { host: "127.0.0.1", origin: "http://localhost.evil.example", loopback: true, wrong: "origin" },
  { host: "127.0.0.1", origin: "http://localhost/evil", loopback: true, wrong: "origin" },
  { host: "127.0.0.1", origin: "localhost", loopback: true, wrong: "origin" },
  { host: "127.0.0.1", origin: "", loopback: true, wrong: "origin" },
  {
    host: "127.0.0.1",
    origin: "http://localhost, http://x.example",
    loopback: true,
    wrong: "origin",
  },
  // The same name in another spelling.
  { host: "localhost.", loopback: true },
  { host: "localhost.:8080", loopback: true },
  { host: "[0:0:0:0:0:0:0:1]:8080", loopback: true },
  { host: "0x7f.0.0.1", loopback: true },
  // What looks like a name that is allowed, and is none.
  { host: "localhost..", loopback: true, wrong: "host" },
  { host: "localhost.evil.example", loopback: true, wrong: "host" },
  { host: "evil.example@localhost", loopback: true, wrong: "host" },
  { host: "evil.example#@localhost", loopback: true, wrong: "host" },
  { host: "evil.example\\@localhost", loopback: true, wrong: "host" },
  { host: "localhost/evil.example", loopback: true, wrong: "host" },
  { host: "localhost:80:80", loopback: true, wrong: "host" },
  { host: "localhost:http", loopback: true, wrong: "host" },
  { host: "localhost:999999", loopback: true, wrong: "host" },
  { host: "127.0.0.1:65536", loopback: true, wrong: "host" },
  { host: "127.0.0.1:65535", loopback: true },
  { host: "xn--a.example", wrong: "host" },
  { host: "localhost, evil.example", loopback: true, wrong: "host" },
  { host: "localhost evil.example", loopback: true, wrong: "host" },
  { host: 'gateway",x="y.svc', wrong: "host" },
  { host: "0.0.0.0:8080", loopback: true, wrong: "host" },
  { host: "[::]:8080", loopback: true, wrong: "host" },
  { host: "[::ffff:10.0.0.1]", loopback: true, wrong: "host" },
  { host: "[::1", loopback: true, wrong: "host" },
  { host: "ⓛocalhost", loopback: true },
  { host: "locаlhost", loopback: true, wrong: "host" }, // with a Cyrillic а
  { host: "münchen.example", allowed: ["xn--mnchen-3ya.example"] },
  { host: "xn--mnchen-3ya.example", allowed: ["MÜNCHEN.example"] },
  { host: "xn--mnchen-3ya.example.", allowed: ["münchen.example."] },
  { host: "asya.example", allowed: ["not a name"], wrong: "host" },
  // The URL that callers are told is a name too, but no reason to refuse others.
  { host: "asya.example", publicUrl: "https://asya.example/x", loopback: true },
  { host: "evil.example", publicUrl: "https://asya.example/x", loopback: true, wrong: "host" },
  { host: "gateway.svc", publicUrl: "https://asya.example" },
  { host: "gateway.svc", origin: "https://asya.example", publicUrl: "https://asya.example" },
  {
    host: "gateway.svc",
    origin: "https://b.example",
    publicUrl: "https://a.example",
    wrong: "origin",
  },
  { host: "gateway.svc:8080" },
  { host: "gateway.svc:8080", origin: "http://gateway.svc:8080" },
  { host: "gateway.svc:8080", origin: "http://evil.example", wrong: "origin" },
  { host: "asya.example", allowed: ["asya.example"] },
  { host: "asya.example", origin: "https://ASYA.example", allowed: ["asya.example"] },
  { host: "evil.example", allowed: ["asya.example"], wrong: "host" },
  { host: "localhost", allowed: ["asya.example"] },
  { host: "asya.example", loopback: true, allowed: ["asya.example"] },
];

const rulesOf = ({ loopback = false, allowed = [], publicUrl }: {
  readonly loopback?: boolean;
  readonly allowed?: string[];
  readonly publicUrl?: string | undefined;
}) => createHostRules({ listensOn: loopback ? "::1" : "::", allowedHosts: allowed, publicUrl });

for (const { host, origin = null, loopback = false, allowed = [], publicUrl, wrong } of rows) {
  Deno.test({
    name: `[A4] checkHost: ${JSON.stringify({ host, origin, loopback, allowed, publicUrl })}: ${
      wrong ?? "fine"
    }`,
    permissions: "none",
    fn: () => {
      assert.equal(checkHost({ host, origin }, rulesOf({ loopback, allowed, publicUrl })), wrong);
    },
  });
}

Deno.test({
  name: "[A4] checkHost: a page of another site gets nothing, and health is answered to all",
  permissions: "none",
  fn: async () => {
    const bench = createTestGateway();
    for (
      const headers of [{ host: "evil.example" }, { origin: "https://evil.example" }] as Record<
        string,
        string
      >[]
    ) {
      for (const path of ["/", "/jobs", "/tools"]) {
        assert.equal((await bench.get(path, headers)).status, 403, path);
      }
      const call = { name: "echo", arguments: { message: "x" } };
      assert.equal((await bench.post("/tools/call", call, headers)).status, 403);
      assert.equal((await bench.post("/mcp", {}, headers)).status, 403);
      assert.equal((await bench.get("/metrics", headers)).status, 403);
      assert.equal((await bench.get("/health", headers)).status, 200);
    }
    assert.deepEqual((await bench.store.list({ limit: 1 })).jobs, []);
    const names = { ASYA_GATEWAY_HOST: "0.0.0.0", ASYA_ALLOWED_HOSTS: "asya.example" };
    const beyond = createTestGateway({ env: names });
    // Who looks after a pod asks it by its address.
    assert.equal((await beyond.get("/metrics", { host: "10.0.0.7:8080" })).status, 404);
    assert.equal((await beyond.get("/jobs", { host: "10.0.0.7:8080" })).status, 403);
  },
});

Deno.test({
  name: "isLoopbackHost",
  permissions: "none",
  fn: () => {
    for (const host of ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "::1", "0:0::1"]) {
      assert.equal(isLoopbackHost(host), true, host);
    }
    for (
      const host of ["0.0.0.0", "::", "192.168.1.1", "example.com", "127.example.com", "1270.0.0.1"]
    ) {
      assert.equal(isLoopbackHost(host), false, host);
    }
  },
});

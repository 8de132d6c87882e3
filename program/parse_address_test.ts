import assert from "node:assert/strict";
import { type Address, formatAddress, parseAddress } from "./parse_address.ts";

const permissions = "none";

const read: [string, Address | undefined][] = [
  [":8080", { hostname: "0.0.0.0", port: 8080 }],
  ["127.0.0.1:0", { hostname: "127.0.0.1", port: 0 }],
  [" rabbit.svc:5672 ", { hostname: "rabbit.svc", port: 5672 }],
  ["[::1]:80", { hostname: "::1", port: 80 }],
  ["::1:80", undefined],
  ["host", undefined],
  ["8080", undefined],
  ["host:65536", undefined],
  ["host:port", undefined],
  ["http://host:80", undefined],
  ["user@host:80", undefined],
  ["", undefined],
];

for (const [text, expected] of read) {
  Deno.test(`address ${JSON.stringify(text)}`, { permissions }, () => {
    assert.deepEqual(parseAddress(text), expected);
    if (expected !== undefined) assert.deepEqual(parseAddress(formatAddress(expected)), expected);
  });
}

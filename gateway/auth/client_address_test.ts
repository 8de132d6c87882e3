import assert from "node:assert/strict";
import { clientAddress, networkOf } from "./client_address.ts";

const rows: [string | undefined, string | undefined, number, string | undefined][] = [
  ["10.0.0.1", undefined, 0, "10.0.0.1"],
  ["::ffff:10.0.0.1", undefined, 0, "10.0.0.1"],
  ["2001:DB8:0:0::1", undefined, 0, "2001:db8::1"],
  [undefined, undefined, 0, undefined],
  ["not an address", undefined, 0, undefined],
  // Nobody is believed who was not named.
  ["10.0.0.1", "1.2.3.4", 0, "10.0.0.1"],
  ["10.0.0.1", undefined, 1, "10.0.0.1"],
  ["10.0.0.1", "1.2.3.4", 1, "1.2.3.4"],
  ["10.0.0.1", "6.6.6.6, 1.2.3.4", 1, "1.2.3.4"],
  ["10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", 2, "1.2.3.4"],
  ["10.0.0.1", "1.2.3.4", 2, "1.2.3.4"],
  ["10.0.0.1", "1.2.3.4:5678", 1, "1.2.3.4"],
  ["10.0.0.1", "[2001:db8::7]:5678", 1, "2001:db8::7"],
  ["10.0.0.1", "2001:db8::7", 1, "2001:db8::7"],
  ["10.0.0.1", "unknown", 1, "10.0.0.1"],
  ["10.0.0.1", "", 1, "10.0.0.1"],
  ["10.0.0.1", "1.2.3.4, secret", 1, "10.0.0.1"],
  ["10.0.0.1", "a:b:c", 1, "10.0.0.1"],
];

Deno.test({
  name: "client address: as proxies that are trusted tell it",
  permissions: "none",
  fn: () => {
    for (const [peer, header, proxies, expected] of rows) {
      assert.equal(clientAddress(peer, header, proxies), expected, `${peer} ${header} ${proxies}`);
    }
  },
});

Deno.test({
  name: "client address: a network of IPv6 is one caller",
  permissions: "none",
  fn: () => {
    assert.equal(networkOf("10.0.0.1"), "10.0.0.1");
    assert.equal(networkOf("2001:db8::1"), "2001:db8:0:0::/64");
    assert.equal(networkOf("2001:db8:0:0:8::1"), "2001:db8:0:0::/64");
    assert.equal(networkOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    assert.equal(networkOf("::1"), "0:0:0:0::/64");
    assert.equal(networkOf("fe80::"), "fe80:0:0:0::/64");
  },
});

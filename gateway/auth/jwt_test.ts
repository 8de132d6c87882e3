import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { base64url, type CryptoKey, exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { FakeClock } from "../testing/fake_clock.ts";
import type { Admission } from "./access.ts";
import { admitJwts } from "./jwt.ts";
import { COOLDOWN_MS, KeySet } from "./key_set.ts";

const ISSUER = "https://login.example";
const AUDIENCE = "https://asya.example/mcp";
const START_SECONDS = Date.parse("2026-01-01T00:00:00Z") / 1_000;

interface Key {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

async function makeKey(kid: string, alg = "ES256"): Promise<Key> {
  return { kid, alg, ...await generateKeyPair(alg, { extractable: true }) };
}

async function publish(...keys: Key[]): Promise<{ keys: object[] }> {
  return {
    keys: await Promise.all(keys.map(async ({ kid, alg, publicKey }) => ({
      ...await exportJWK(publicKey),
      ...(kid !== "" && { kid }),
      alg,
      use: "sig",
    }))),
  };
}

const KEY = await makeKey("one");
const OTHER = await makeKey("two");

/** Claims that are all right. */
const CLAIMS = { iss: ISSUER, aud: AUDIENCE, sub: "me", exp: START_SECONDS + 300 };

async function sign(claims: object, key: Key = KEY, header: object = {}): Promise<string> {
  return await new SignJWT({ ...claims })
    .setProtectedHeader({ alg: key.alg, ...(key.kid !== "" && { kid: key.kid }), ...header })
    .sign(key.privateKey);
}

/** What lets tokens in, and the server that publishes their keys. */
async function createBench(...keys: Key[]) {
  const clock = new FakeClock();
  const publisher = { keys: await publish(...keys), isAway: false, asked: 0 };
  const set = new KeySet({
    fetchKeys: () => {
      publisher.asked++;
      return publisher.isAway ? Promise.reject(new Error("away")) : Promise.resolve(publisher.keys);
    },
    clock,
    emit: () => {},
  });
  const rules = { issuer: ISSUER, audiences: [AUDIENCE, "asya"], clockToleranceMs: 30_000 };
  const admit = admitJwts({ ...rules, keys: set, clock, maxRemembered: 3 });
  return { clock, publisher, admit: (token: string) => admit(`Bearer ${token}`) };
}

function describe(admission: Admission): string {
  if (admission.ok) return [admission.caller.name, ...admission.caller.scopes].join(" ");
  return [admission.reason, admission.detail ?? []].flat().join(": ");
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, permissions: "none", fn });
}

test("[A7] jwt: the subject is who calls, and may do what scope and scp say", async () => {
  const { admit } = await createBench(KEY);
  const rows: [object, string][] = [
    [{}, "me"],
    [{ scope: "jobs:read tools:call" }, "me jobs:read tools:call"],
    [{ scope: "openid tools:call  email" }, "me tools:call"],
    [{ scp: ["jobs:admin", "jobs:read"] }, "me jobs:read jobs:admin"],
    [{ scp: "jobs:read" }, "me jobs:read"],
    [{ scope: "jobs:read", scp: ["tools:call", 7, null] }, "me jobs:read tools:call"],
    [{ scope: ["jobs:read"] }, "me"],
    [{ scope: "jobs:read,tools:call" }, "me"],
    [{ aud: ["elsewhere", "asya"] }, "me"],
    [{ sub: "auth0|ü" }, "auth0|ü"],
    [{ nbf: START_SECONDS + 29 }, "me"],
    [{ exp: START_SECONDS - 29 }, "me"],
  ];
  for (const [claims, expected] of rows) {
    const admission = await admit(await sign({ ...CLAIMS, ...claims }));
    assert.equal(describe(admission), expected, JSON.stringify(claims));
  }
});

test("[A7] jwt: a claim that is wrong, or not there, is refused by its name", async () => {
  const { admit } = await createBench(KEY);
  const rows: [object, string][] = [
    [{ iss: "https://evil.example" }, "wrong_token: its iss is not allowed"],
    [{ iss: `${ISSUER}/` }, "wrong_token: its iss is not allowed"],
    [{ iss: undefined }, "wrong_token: its iss is not allowed"],
    [{ aud: "elsewhere" }, "wrong_token: its aud is not allowed"],
    [{ aud: [] }, "wrong_token: its aud is not allowed"],
    [{ aud: undefined }, "wrong_token: its aud is not allowed"],
    [{ sub: undefined }, "wrong_token: its sub is not allowed"],
    [{ sub: "" }, "wrong_token: its sub is not allowed"],
    [{ sub: 7 }, "wrong_token: its sub is not allowed"],
    [{ sub: "me\0" }, "wrong_token: its sub is not allowed"],
    [{ sub: "x".repeat(256) }, "wrong_token: its sub is not allowed"],
    [{ exp: undefined }, "wrong_token: its exp is not allowed"],
    [{ exp: "tomorrow" }, "wrong_token: its exp is not allowed"],
    [{ exp: START_SECONDS - 31 }, "expired_token"],
    [{ nbf: START_SECONDS + 31 }, "wrong_token: its nbf is not allowed"],
  ];
  for (const [claims, expected] of rows) {
    // A token of a raw payload: the library would not sign all of these.
    const token = await signRaw({ ...CLAIMS, ...claims });
    assert.equal(describe(await admit(token)), expected, JSON.stringify(claims));
  }
});

test("[A7] jwt: a token that its issuer did not sign is refused, whatever it says of itself", async () => {
  const { admit } = await createBench(KEY);
  const good = await sign(CLAIMS);
  const [header = "", payload = "", signature = ""] = good.split(".");
  const secret = new TextEncoder().encode(await exportSPKI(KEY.publicKey));
  const encode = (value: object) => base64url.encode(JSON.stringify(value));
  const rows: [string, string, RegExp][] = [
    ["another key of the same name", await sign(CLAIMS, { ...OTHER, kid: "one" }), /signature/],
    ["an unknown key", await sign(CLAIMS, OTHER), /key that is not known/],
    ["no signature", `${header}.${payload}.`, /signature/],
    ["half a signature", `${header}.${payload}.${signature.slice(0, 20)}`, /signature/],
    ["other claims", `${header}.${encode({ ...CLAIMS, sub: "you" })}.${signature}`, /signature/],
    ["alg none", `${encode({ alg: "none" })}.${payload}.`, /algorithm/],
    [
      "the public key as a shared secret",
      await new SignJWT(CLAIMS).setProtectedHeader({ alg: "HS256", kid: "one" }).sign(secret),
      /algorithm/,
    ],
    [
      "a key of its own",
      await sign(CLAIMS, OTHER, { jwk: await exportJWK(OTHER.publicKey) }),
      /key/,
    ],
    ["keys elsewhere", await sign(CLAIMS, OTHER, { jku: "https://evil.example" }), /key/],
    ["a demand nobody knows", await signRaw(CLAIMS, { crit: ["x"], x: 1 }), /no JSON Web Token/],
    ["two parts", `${header}.${payload}`, /no JSON Web Token/],
    ["five parts", `${good}.x.y`, /no JSON Web Token/],
    ["no JSON", `${header}.eA.${signature}`, /signature/],
    ["an opaque token", "c2VjcmV0", /no JSON Web Token/],
    ["dots", "..", /no JSON Web Token/],
  ];
  for (const [name, token, why] of rows) {
    const admission = await admit(token);
    assert.equal(admission.ok, false, name);
    assert.match(describe(admission), /^wrong_token: /, name);
    assert.match(describe(admission), why, name);
  }
  assert.equal(describe(await admit(good)), "me");
});

test("jwt: every asymmetric algorithm", async () => {
  for (const alg of ["RS256", "PS384", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]) {
    const key = await makeKey("k", alg);
    const { admit } = await createBench(KEY, key);
    assert.equal(describe(await admit(await sign(CLAIMS, key))), "me", alg);
  }
});

test("jwt: a token that does not name its key is tried with those that fit", async () => {
  const nameless = [await makeKey(""), await makeKey(""), await makeKey("", "RS256")] as const;
  const { admit } = await createBench(...nameless);
  for (const key of nameless) assert.equal(describe(await admit(await sign(CLAIMS, key))), "me");
  const stranger = await sign(CLAIMS, await makeKey(""));
  assert.match(describe(await admit(stranger)), /signature/);
  assert.equal(
    describe(await admit(await sign({ ...CLAIMS, exp: 1 }, nameless[0]))),
    "expired_token",
  );
});

test("[A7] jwt: a key that is new is found, one that is withdrawn is not trusted any longer", async () => {
  const { admit, publisher, clock } = await createBench(KEY);
  const long = { ...CLAIMS, exp: START_SECONDS + 86_400 };
  const [before, after] = [await sign(long), await sign(long, OTHER)];
  assert.equal(describe(await admit(before)), "me");
  publisher.keys = await publish(KEY, OTHER);
  assert.match(describe(await admit(after)), /not known/, "the keys were read a moment ago");
  await clock.pass(COOLDOWN_MS);
  assert.equal(describe(await admit(after)), "me");
  publisher.keys = await publish(OTHER);
  assert.equal(describe(await admit(before)), "me");
  await clock.pass(10 * 60_000);
  assert.match(describe(await admit(before)), /not known/, "although it was verified before");
  assert.equal(describe(await admit(after)), "me");
});

test("[A7] jwt: without keys nobody can say that a token is wrong", async () => {
  const { admit, publisher, clock } = await createBench(KEY);
  publisher.isAway = true;
  assert.equal(describe(await admit(await sign(CLAIMS))), "keys_away");
  assert.equal(describe(await admit("")), "no_token");
  publisher.isAway = false;
  await clock.pass(5_000);
  assert.equal(describe(await admit(await sign(CLAIMS))), "me");
  publisher.isAway = true;
  await clock.pass(COOLDOWN_MS);
  assert.equal(describe(await admit(await sign(CLAIMS))), "me", "the keys are known");
  assert.equal(describe(await admit(await sign(CLAIMS, OTHER))), "keys_away");
});

test("jwt: a verified token is let in at once until it expires, and not many are remembered", async () => {
  const { admit, clock, publisher } = await createBench(KEY);
  const tokens = await Promise.all(
    ["a", "b", "c", "d"].map((sub) => sign({ ...CLAIMS, sub, exp: START_SECONDS + 60 })),
  );
  for (const token of tokens) {
    const first = admit(token);
    assert(first instanceof Promise);
    await first;
    const again = admit(token);
    assert(!(again instanceof Promise));
    assert.equal(again.ok, true);
  }
  const oldest = admit(tokens[0] ?? "");
  assert(oldest instanceof Promise, "the oldest is forgotten");
  assert(!(admit(tokens[3] ?? "") instanceof Promise));
  assert.equal((await oldest).ok, true);
  await clock.pass(90_000);
  assert.equal(describe(await admit(tokens[3] ?? "")), "expired_token");
  assert.equal(publisher.asked, 1);
});

test("jwt: a token that is checked many times at once takes nobody's place", async () => {
  const { admit } = await createBench(KEY);
  const [first = "", second = "", busy = ""] = await Promise.all(
    ["a", "b", "c"].map((sub) => sign({ ...CLAIMS, sub })),
  );
  await admit(first);
  await admit(second);
  await Promise.all([1, 2, 3, 4].map(() => admit(busy)));
  for (const token of [first, second, busy]) assert(!(admit(token) instanceof Promise));
});

/** Signs claims, and says things in the header, that the library would not. */
async function signRaw(claims: object, header: object = {}): Promise<string> {
  const encode = (value: object) => base64url.encode(JSON.stringify(value));
  const text = `${encode({ alg: "ES256", kid: "one", ...header })}.${encode(claims)}`;
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  const bytes = new TextEncoder().encode(text);
  const signature = await webcrypto.subtle.sign(algorithm, KEY.privateKey, bytes);
  return `${text}.${base64url.encode(new Uint8Array(signature))}`;
}

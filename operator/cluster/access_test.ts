import assert from "node:assert/strict";
import { makeTempFolder } from "../../tests/kit/mod.ts";
import { type Access, readAccess } from "./access.ts";

function kubeconfig(cluster: string, user: string): string {
  return `
apiVersion: v1
kind: Config
current-context: here
contexts: [{ name: here, context: { cluster: c, user: u, namespace: tools } }]
clusters: [{ name: c, cluster: { ${cluster} } }]
users: [{ name: u, user: { ${user} } }]
`;
}

const PEM = btoa("-----BEGIN CERTIFICATE-----");

const taken: [string, string, string, Record<string, unknown>][] = [
  ["a token", `server: "https://kube/"`, "token: abc", { authorization: "Bearer abc" }],
  ["a user", `server: "https://kube"`, "username: me, password: abc", {
    authorization: `Basic ${btoa("me:abc")}`,
  }],
  [
    "a certificate",
    `server: "https://kube", certificate-authority-data: ${PEM}`,
    `client-certificate-data: ${PEM}, client-key-data: ${PEM}`,
    {},
  ],
];
for (const [name, cluster, user, headers] of taken) {
  Deno.test(`[F6] a kubeconfig is read: ${name}`, async () => {
    await using folder = await makeTempFolder();
    const access = await readAccess(await folder.write("config", kubeconfig(cluster, user)));
    assert.equal(access.server, "https://kube");
    assert.equal(access.namespace, "tools");
    const read = Object.entries(await access.headers()).map(([key, value]) =>
      [key.toLowerCase(), value] as const
    );
    assert.deepEqual(Object.fromEntries(read), headers);
    if (name !== "a certificate") return;
    assert.deepEqual(access.caCerts, ["-----BEGIN CERTIFICATE-----"]);
    assert.equal(access.certificate?.cert, "-----BEGIN CERTIFICATE-----");
  });
}

const UNVERIFIED = "insecure-skip-tls-verify: true";

const trusted: [string, string, Partial<Access>][] = [
  ["nobody is asked", `server: "https://kube", ${UNVERIFIED}`, { isUnverified: true }],
  ["another name", `server: "https://kube", tls-server-name: x`, { serverName: "x" }],
  ["plain HTTP", `server: "http://kube", ${UNVERIFIED}, tls-server-name: x`, {}],
];
for (const [name, cluster, expected] of trusted) {
  Deno.test(`[F9] whom a kubeconfig trusts: ${name}`, async () => {
    await using folder = await makeTempFolder();
    const path = await folder.write("config", kubeconfig(cluster, "token: abc"));
    const { isUnverified, serverName } = await readAccess(path);
    const { isUnverified: isExpected, serverName: expectedName } = expected;
    assert.deepEqual([isUnverified, serverName], [isExpected, expectedName]);
  });
}

const PROXIED = `server: "https://kube", proxy-url: "http://proxy"`;

const refused: [string, string, string, RegExp][] = [
  ["a command", `server: "https://kube"`, "exec: { command: aws }", /runs a command to sign in/],
  [
    "a proxy, but nobody who is asked",
    `${PROXIED}, ${UNVERIFIED}`,
    "token: abc",
    /proxy-url alone/,
  ],
  ["a proxy, and another name", `${PROXIED}, tls-server-name: x`, "token: abc", /proxy-url alone/],
];
refused.push(
  ["a password in the address", `server: "https://me:abc@kube"`, "token: abc", /is no address/],
  ["no address", `server: kube`, "token: abc", /is no address/],
);
for (const [name, cluster, user, words] of refused) {
  Deno.test(`[F6] a kubeconfig is refused: ${name}`, async () => {
    await using folder = await makeTempFolder();
    const path = await folder.write("config", kubeconfig(cluster, user));
    await assert.rejects(readAccess(path), words);
  });
}

Deno.test("[F6] a kubeconfig that is not there is named, and so is the variable", async () => {
  await using folder = await makeTempFolder();
  const there = await folder.write("config", kubeconfig(`server: "https://kube"`, "token: abc"));
  const missing = folder.at("missing");
  for (const paths of [missing, `${missing}:${there}`, `${there}:${missing}`]) {
    await assert.rejects(readAccess(paths), {
      message: `KUBECONFIG names ${missing}, where there is no file`,
    });
  }
});

Deno.test("[F6] what is wrong with a kubeconfig is said without a word of it", async () => {
  await using folder = await makeTempFolder();
  const text = kubeconfig(`server: "https://kube"`, "token: hunter2");
  const path = await folder.write("config", text.replace("hunter2 }", "hunter2"));
  await assert.rejects(readAccess(path), (error: Error) => {
    assert.match(error.message, /^KUBECONFIG cannot be read from .*config: .+$/);
    assert.doesNotMatch(error.message, /hunter2/);
    return true;
  });
  const split = kubeconfig(`server: "https://kube"`, String.raw`token: "hunter2\nhunter3"`);
  const { headers } = await readAccess(await folder.write("split", split));
  await assert.rejects(
    headers(),
    /^Error: what signs in .* has control characters; allowed: none$/,
  );
});

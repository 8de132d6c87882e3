import assert from "node:assert/strict";
import { makeCertificates } from "../../tests/kit/certificates.ts";
import { makeTempFolder } from "../../tests/kit/temp_folder.ts";
import { checkTls, type PemFile } from "./check_tls.ts";

Deno.test("[C1] files for TLS: what is wrong is told by the file's name", async () => {
  await using folder = await makeTempFolder();
  const { ca, server, client } = await makeCertificates(folder.path);
  const read = async (path: string): Promise<PemFile> => ({
    path,
    text: await Deno.readTextFile(path),
  });
  const [authority, cert, key, otherKey] = [
    await read(ca),
    await read(client.cert),
    await read(client.key),
    await read(server.key),
  ];
  const words = { path: "words.pem", text: "hello" };
  const broken = {
    path: "broken.pem",
    text: "-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n",
  };
  const bundle = { path: "bundle.pem", text: authority.text + cert.text };

  for (const files of [{}, { ca: authority }, { ca: bundle, cert, key }, { cert: bundle }]) {
    checkTls(files);
  }
  const wrong: [Parameters<typeof checkTls>[0], RegExp][] = [
    [{ ca: words }, /^words\.pem holds no certificate; allowed: /],
    [{ ca: { ...words, text: "" } }, /^words\.pem holds no certificate; allowed: /],
    [{ ca: broken }, /^broken\.pem holds a certificate that cannot be read \(.+\)$/],
    [{ cert: key, key }, /holds no certificate; allowed: /],
    [{ cert, key: words }, /^words\.pem holds no key that can be read; allowed: /],
    [{ cert, key: cert }, /holds no key that can be read; allowed: /],
    [{ cert, key: otherKey }, /server-key\.pem is not the key of .*client\.pem; allowed: /],
  ];
  for (const [files, message] of wrong) assert.throws(() => checkTls(files), { message });
});

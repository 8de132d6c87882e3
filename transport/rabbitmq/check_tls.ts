import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { describeError } from "./amqp_error.ts";

/** A file of PEM text, as it was read. */
export interface PemFile {
  /** Where it is, or how it is called in failures. */
  readonly path: string;
  /** What it says. */
  readonly text: string;
}

/** The files that a connection over TLS is opened with. */
export interface PemFiles {
  readonly ca?: PemFile | undefined;
  readonly cert?: PemFile | undefined;
  readonly key?: PemFile | undefined;
}

/**
 * Looks at the files for TLS before they are used: what the handshake would say of a bad one names
 * neither the file nor the fault.
 *
 * @param files what was read
 * @throws Error whose message names the file, what is wrong with it and what is allowed
 */
export function checkTls({ ca, cert, key }: PemFiles): void {
  if (ca) readCertificates(ca);
  const [own] = cert ? readCertificates(cert) : [];
  const ownKey = key && readKey(key);
  if (!own || !ownKey || isKeyOf(ownKey, own)) return;
  throw new Error(
    `${key.path} is not the key of ${cert?.path}; allowed: the key that belongs to it`,
  );
}

function readCertificates({ path, text }: PemFile): X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g);
  if (!blocks) throw new Error(`${path} holds no certificate; allowed: certificates in PEM form`);
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (error) {
    const why = describeError(error);
    throw new Error(`${path} holds a certificate that cannot be read (${why})`, { cause: error });
  }
}

function readKey({ path, text }: PemFile): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    const allowed = "one private key in PEM form, not encrypted";
    throw new Error(`${path} holds no key that can be read; allowed: ${allowed}`, { cause: error });
  }
}

function isKeyOf(key: KeyObject, certificate: X509Certificate): boolean {
  const [own, certified] = [createPublicKey(key), certificate.publicKey]
    .map((publicKey) => publicKey.export({ type: "spki", format: "pem" }));
  return own === certified;
}

import { runCommand } from "./rabbitmq/run_command.ts";
import { platformEnv } from "./start_program.ts";

/** A certificate and its key: paths of PEM files. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority of our own, and whom it vouches for. */
export interface TestCertificates {
  /** The authority's own certificate: the path of a PEM file. */
  readonly ca: string;
  readonly server: TestCertificate;
  readonly client: TestCertificate;
}

const NEW_KEY = ["-newkey", "rsa:2048", "-nodes"];
const DAYS = ["-days", "2"];

/**
 * Makes an authority, a certificate for a server on loopback, and one for a client, with openssl.
 *
 * @param folder where the files go
 */
export async function makeCertificates(folder: string): Promise<TestCertificates> {
  const at = (name: string) => `${folder}/${name}`;
  const [ca, caKey] = [at("ca.pem"), at("ca-key.pem")];
  await openssl(
    ...["req", "-x509", "-subj", "/CN=authority for tests", ...DAYS],
    ...[...NEW_KEY, "-keyout", caKey, "-out", ca],
  );
  const make = async (name: string, subject: string, extensions: string) => {
    const [cert, key] = [at(`${name}.pem`), at(`${name}-key.pem`)];
    const [request, extensionFile] = [at(`${name}.csr`), at(`${name}.ext`)];
    await Deno.writeTextFile(extensionFile, extensions);
    await openssl(
      "req",
      "-new",
      "-subj",
      `/CN=${subject}`,
      ...NEW_KEY,
      "-keyout",
      key,
      "-out",
      request,
    );
    await openssl(
      ...["x509", "-req", "-in", request, "-out", cert, ...DAYS],
      ...["-CA", ca, "-CAkey", caKey, "-CAcreateserial", "-extfile", extensionFile],
    );
    return { cert, key };
  };
  return {
    ca,
    server: await make("server", "localhost", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
    client: await make("client", "asya", "extendedKeyUsage=clientAuth"),
  };
}

async function openssl(...args: readonly string[]): Promise<void> {
  await runCommand("openssl", args, platformEnv());
}

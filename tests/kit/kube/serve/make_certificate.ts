import { runCommand } from "../../rabbitmq/run_command.ts";
import { platformEnv } from "../../start_program.ts";

/**
 * Makes a certificate for a server on loopback that vouches for itself: clients of Kubernetes send
 * tokens only where a connection is encrypted.
 *
 * @param folder where it is made
 * @returns PEM; the certificate is also what clients trust
 */
export async function makeCertificate(
  folder: string,
): Promise<{ readonly cert: string; readonly key: string }> {
  const [cert, key] = [`${folder}/server.pem`, `${folder}/server-key.pem`];
  await runCommand("openssl", [
    ...["req", "-x509", "-days", "2", "-subj", "/CN=API server for tests"],
    ...["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    // One who only vouches for others may not be a server.
    ...["-addext", "basicConstraints=critical,CA:FALSE"],
    ...["-keyout", key, "-out", cert],
  ], platformEnv());
  return { cert: await Deno.readTextFile(cert), key: await Deno.readTextFile(key) };
}

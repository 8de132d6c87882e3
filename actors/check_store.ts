/**
 * Checks whether outcomes can be stored where the settings say: writes something there and removes it
 * again, with the permissions that the terminal actors have.
 *
 * @module
 */
import { readActorConfig } from "./config.ts";
import { bucketOptions } from "./open_object_store.ts";

const CONTENT = new TextEncoder().encode("{}");

const config = readActorConfig(Deno.env.toObject());
const { resultsDir, s3BasePrefix = "" } = config;
const name = `asya-check-${crypto.randomUUID()}.json`;
const bucket = bucketOptions(config);
try {
  if (bucket) {
    const { openS3Bucket } = await import("./s3_bucket.ts");
    const opened = openS3Bucket(bucket);
    await opened.create(s3BasePrefix + name, CONTENT);
    await opened.remove(s3BasePrefix + name);
  } else if (resultsDir !== undefined) {
    await Deno.writeFile(`${resultsDir}/${name}`, CONTENT, { createNew: true });
    await Deno.remove(`${resultsDir}/${name}`);
  }
} catch (error) {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  Deno.exit(1);
}

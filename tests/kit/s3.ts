import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { freePort } from "./free_port.ts";
import { RunningProcess } from "./running_process.ts";
import { pathOf, platformEnv } from "./start_program.ts";

/** The bucket that every S3 server for tests has. */
export const TEST_BUCKET = "results";

/** Who may come to it. */
export const TEST_S3_KEYS = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" } as const;

/** An S3 server of one test; disposing stops it and removes what it holds. */
export class TestS3 implements AsyncDisposable {
  readonly endpoint: string;
  readonly #folder: string;
  readonly #port: number;
  readonly #client: S3Client;
  #process: RunningProcess | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#port = freePort();
    this.endpoint = `http://127.0.0.1:${this.#port}`;
    this.#client = new S3Client({
      endpoint: this.endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: TEST_S3_KEYS,
    });
  }

  /** Starts one with an empty bucket. */
  static async start(): Promise<TestS3> {
    const server = new TestS3(await Deno.makeTempDir({ prefix: "asya-s3-" }));
    await server.start();
    return server;
  }

  /** The settings that lead terminal actors here. */
  get env(): Record<string, string> {
    return {
      ASYA_S3_BUCKET: TEST_BUCKET,
      ASYA_S3_ENDPOINT: this.endpoint,
      ASYA_S3_ACCESS_KEY: TEST_S3_KEYS.accessKeyId,
      ASYA_S3_SECRET_KEY: TEST_S3_KEYS.secretAccessKey,
    };
  }

  /** Starts it again, with what it held. */
  async start(): Promise<void> {
    this.#process = new RunningProcess({
      name: "s3",
      command: Deno.execPath(),
      args: [
        ...["run", "--quiet", "--no-prompt", "--allow-env", "--allow-sys"],
        ...[`--allow-net=127.0.0.1:${this.#port}`, "--allow-read", `--allow-write=${this.#folder}`],
        ...[pathOf("tests/kit/s3/serve.ts"), String(this.#port), this.#folder],
      ],
      env: platformEnv(),
    });
    await this.#process.waitForLine(({ text }) => text === "listening", 30_000);
  }

  /** Kills it. */
  async kill(): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
  }

  /** Every object's text, by its key. */
  async objects(): Promise<Record<string, string>> {
    const objects: Record<string, string> = {};
    const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: TEST_BUCKET });
    for await (const { Contents = [] } of pages) {
      for (const { Key = "" } of Contents) {
        const object = await this.#client.send(new GetObjectCommand({ Bucket: TEST_BUCKET, Key }));
        objects[Key] = await object.Body?.transformToString() ?? "";
      }
    }
    return objects;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.destroy();
    await this.kill();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/**
 * happy-end with a bucket, under an audit of its permissions: what its client of S3 uses was given,
 * and what was given is used. At a server of one's own, and with AWS' own chain of credentials.
 *
 * @module
 */
import { permissionFlags } from "@asya/program";
import assert from "node:assert/strict";
import { s3Error, ScriptedS3 } from "../../actors/testing/scripted_s3.ts";
import {
  makeTempFolder,
  parseGrants,
  parseUses,
  pathOf,
  type PermissionGrant,
  type PermissionUse,
  platformEnv,
  ungranted,
  unused,
} from "../kit/mod.ts";

const MESSAGE = { job_id: "j1", route: { steps: ["ocr"], current: 1 }, payload: { page: 1 } };

/**
 * What the client of S3 looks for whether it may or not: variables look unset, files missing. It
 * works without.
 */
const LOOKED_FOR: readonly RegExp[] = [
  /^env (AWS_|_X_AMZN_|HOME|USERPROFILE)/,
  /^read .*\/\.aws\/(config|credentials)$/,
];

interface Handled {
  readonly uses: readonly PermissionUse[];
  readonly grants: readonly PermissionGrant[];
  readonly answer: string;
}

/** Handles one message with happy-end, in a process with the flags that its list gives it. */
async function handle(
  env: Readonly<Record<string, string>>,
  furtherHosts: readonly string[] = [],
): Promise<Handled> {
  await using folder = await makeTempFolder();
  const permissions = JSON.parse(await Deno.readTextFile(pathOf("actors/permissions.json")));
  const all = {
    ...platformEnv(),
    // What whoever runs this test has in a home of their own is of no concern.
    AWS_CONFIG_FILE: folder.at("config"),
    AWS_SHARED_CREDENTIALS_FILE: folder.at("credentials"),
    ...env,
  };
  const flags = permissionFlags(permissions, all).map((flag) =>
    flag.startsWith("--allow-net=") ? [flag, ...furtherHosts].join(",") : flag
  );
  const args = ["run", ...flags, pathOf("actors/testing/handle_once.ts")];
  const child = new Deno.Command(Deno.execPath(), {
    args,
    clearEnv: true,
    env: { ...all, DENO_AUDIT_PERMISSIONS: folder.at("audit.jsonl") },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(MESSAGE)));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const audit = await Deno.readTextFile(folder.at("audit.jsonl"));
  return {
    uses: parseUses(audit.split("\n")),
    grants: parseGrants(args),
    answer: new TextDecoder().decode(stdout),
  };
}

function show({ kind, value }: PermissionUse | PermissionGrant): string {
  return `${kind} ${value ?? "everything"}`;
}

function usedBeyond({ uses, grants }: Handled): string[] {
  return ungranted(uses, grants).map(show)
    .filter((use) => !LOOKED_FOR.some((pattern) => pattern.test(use)));
}

/** A gateway that takes every report. */
function startGateway(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response("{}"));
}

Deno.test("[M4] [C8] [D22] at a server of one's own, S3 needs that server and three facts", async () => {
  const gateway = startGateway();
  await using s3 = new ScriptedS3(({ line }) =>
    line.startsWith("HEAD")
      ? s3Error(404, "NotFound")
      : new Response("", { headers: { etag: "1" } })
  );
  const handled = await handle({
    ASYA_GATEWAY_URL: `http://127.0.0.1:${gateway.addr.port}`,
    ASYA_S3_BUCKET: "papers",
    ASYA_S3_ENDPOINT: s3.endpoint,
    AWS_PROFILE: "somebody's own, and of no concern here",
  });
  assert.match(handled.answer, /"sends":\[\]/);
  assert.equal(s3.lines.length, 2);
  assert.deepEqual(usedBeyond(handled), []);
  assert.deepEqual(unused(handled.uses, handled.grants).map(show), []);
  assert.deepEqual(handled.grants.filter(({ kind }) => kind === "sys").map(show), [
    "sys osRelease",
    "sys uid",
    "sys homedir",
  ]);
  await gateway.shutdown();
});

Deno.test("[M4] [C8] [D22] on AWS a pod's role suffices: its token is read, and traded for keys", async () => {
  await using folder = await makeTempFolder();
  await Deno.writeTextFile(folder.at("token"), "token-of-the-pod");
  const trades: string[] = [];
  await using aws = new ScriptedS3(({ line, body }) => {
    if (!line.startsWith("POST / ") && line !== "POST /") {
      return new Response("", { headers: { etag: "1" } });
    }
    trades.push(new TextDecoder().decode(body));
    const expiration = new Date(Date.now() + 3_600_000).toISOString();
    return new Response(
      "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>" +
        "<AccessKeyId>ASIATRADED</AccessKeyId><SecretAccessKey>traded</SecretAccessKey>" +
        `<SessionToken>session</SessionToken><Expiration>${expiration}</Expiration>` +
        "</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>",
      { headers: { "content-type": "text/xml" } },
    );
  });
  const handled = await handle({
    ASYA_S3_BUCKET: "papers",
    AWS_REGION: "eu-west-1",
    AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/outcomes",
    AWS_WEB_IDENTITY_TOKEN_FILE: folder.at("token"),
    // Stands for AWS' own hosts.
    AWS_ENDPOINT_URL: aws.endpoint,
  }, [aws.endpoint.slice("http://".length)]);
  assert.match(handled.answer, /"sends":\[\]/);
  assert.match(trades.join(), /token-of-the-pod/);
  const [put, ...more] = aws.requests.filter(({ line }) => line.startsWith("PUT"));
  assert.deepEqual(more, []);
  assert.equal(put?.headers.get("if-none-match"), "*");
  assert.match(
    put?.headers.get("authorization") ?? "",
    /Credential=ASIATRADED\/\d+\/eu-west-1\/s3/,
  );
  assert.deepEqual(usedBeyond(handled), []);
});

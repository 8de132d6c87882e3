/** What a program may bring along. */
export interface Budget {
  /** The size of all its bundles together, minified, in units of 1000 bytes. */
  readonly maxKilobytes: number;
  /** The packages of which there is code in them, by their names at npm. */
  readonly packages: readonly string[];
  /** Packages that others of them bring as their own copies, as `name@version`. */
  readonly copies?: readonly string[];
}

const AWS = [
  "@aws-sdk/checksums",
  "@aws-sdk/client-s3",
  "@aws-sdk/core",
  "@aws-sdk/credential-provider-env",
  "@aws-sdk/credential-provider-http",
  "@aws-sdk/credential-provider-ini",
  "@aws-sdk/credential-provider-login",
  "@aws-sdk/credential-provider-node",
  "@aws-sdk/credential-provider-process",
  "@aws-sdk/credential-provider-sso",
  "@aws-sdk/credential-provider-web-identity",
  "@aws-sdk/lib-storage",
  "@aws-sdk/middleware-sdk-s3",
  "@aws-sdk/nested-clients",
  "@aws-sdk/signature-v4-multi-region",
  "@aws-sdk/token-providers",
  "@aws-sdk/xml-builder",
  "@aws/lambda-invoke-store",
  "@smithy/core",
  "@smithy/credential-provider-imds",
  "@smithy/node-http-handler",
  "@smithy/signature-v4",
  "@smithy/types",
  "bowser",
];

/**
 * The budget of every program, by its folder. Whoever adds a package to a program, or much code,
 * changes this file too, where everybody sees it; what went is taken from here.
 */
export const budgets: Readonly<Record<string, Budget>> = {
  actors: { maxKilobytes: 1_500, packages: [...AWS, "@opentelemetry/api", "postgres"] },
  gateway: {
    maxKilobytes: 1_650,
    packages: [
      "@modelcontextprotocol/core",
      "@modelcontextprotocol/server",
      "@opentelemetry/api",
      "ajv",
      "amqplib",
      "fast-deep-equal",
      "fast-uri",
      "hono",
      "jose",
      "json-schema-traverse",
      "postgres",
      "prom-client",
      "re2js",
      "yaml",
      "zod",
    ],
    copies: ["ajv-formats@3.0.1", "ajv@8.18.0", "content-type@1.0.5", "fast-uri@3.1.8"],
  },
  mesh: { maxKilobytes: 550, packages: ["amqplib", "yaml"] },
  operator: {
    maxKilobytes: 1_700,
    packages: [
      "@kubernetes/client-node",
      "@opentelemetry/api",
      "agent-base",
      "amqplib",
      "debug",
      "has-flag",
      "hpagent",
      "ip-address",
      "js-yaml",
      "jsonpath-plus",
      "ms",
      "oauth4webapi",
      "openid-client",
      "prom-client",
      "rfc4648",
      "smart-buffer",
      "socks",
      "socks-proxy-agent",
      "supports-color",
      "undici",
    ],
  },
  runtime: { maxKilobytes: 130, packages: ["@opentelemetry/api"] },
  sidecar: { maxKilobytes: 360, packages: ["@opentelemetry/api", "amqplib", "prom-client"] },
};

/** What there is in a program's bundles. */
export interface Weighed {
  /** The size of all of them together. */
  readonly bytes: number;
  /** The packages, as `name@version`. */
  readonly packages: readonly string[];
  /** Those that others bring as copies, as `name@version`. */
  readonly copies: readonly string[];
}

/**
 * Compares what a program brings along with what it may.
 *
 * @param program Its folder.
 * @param budget What it may bring; nothing where it has no budget.
 * @param weighed What it brings.
 * @returns A sentence for each package and each size that is not as the budget has it.
 */
export function compareBudget(
  program: string,
  budget: Budget | undefined,
  weighed: Weighed,
): string[] {
  const { maxKilobytes = 0, packages = [], copies = [] } = budget ?? {};
  const names = weighed.packages.map(nameOf);
  const kilobytes = Math.ceil(weighed.bytes / 1_000);
  return [
    ...weighed.packages.filter((title) => !packages.includes(nameOf(title)))
      .map((title) => `${program} brings ${title}, which is not in its budget`),
    ...weighed.copies.filter((title) => !copies.includes(title))
      .map((title) => `${program} brings a copy of ${title}, which is not in its budget`),
    ...packages.filter((name) => !names.includes(name))
      .map((name) => `${program} has ${name} in its budget, and brings none`),
    ...copies.filter((title) => !weighed.copies.includes(title))
      .map((title) => `${program} has a copy of ${title} in its budget, and brings none`),
    ...(kilobytes > maxKilobytes
      ? [`${program} has ${kilobytes} kB of bundles; its budget is ${maxKilobytes} kB`]
      : []),
  ];
}

function nameOf(title: string): string {
  return title.slice(0, title.lastIndexOf("@"));
}

import { type Finding, finding, ok } from "./finding.ts";

/** What is known of a gateway. */
export interface GatewayFacts {
  /** Without a password. */
  readonly url: string;
  /** Whether it is to be there: its mesh runs, or a setting names it. */
  readonly isExpected: boolean;
  /** What `/readyz` answered; not there where nobody did. */
  readonly ready?: { readonly status: number; readonly text: string };
  /** Its version, where it says one. */
  readonly version?: string;
  /** Ours. */
  readonly ownVersion: string;
  /** Names of its tools, where it shows them. */
  readonly tools?: readonly string[];
  /** Names of the mesh's tools. */
  readonly ownTools: readonly string[];
  /** Why nobody answered. */
  readonly reason?: string;
}

const CHECK = "gateway";

/**
 * Judges a gateway.
 *
 * @param facts what is known of it
 */
export function judgeGateway(facts: GatewayFacts): Finding[] {
  const { url, ready, isExpected } = facts;
  if (ready === undefined) {
    if (!isExpected) return [ok(CHECK, "it does not run, nor does its mesh")];
    return [finding(
      CHECK,
      "broken",
      `nobody answers at ${url}: ${facts.reason ?? "no answer"}`,
      "no tool can be called, and progress and results are not reported",
      "start it with asya up, or correct ASYA_GATEWAY_URL",
    )];
  }
  if (ready.status !== 200) {
    const isGateway = ready.status === 503;
    return [finding(
      CHECK,
      "broken",
      isGateway
        ? `${url} is not ready: ${ready.text}`
        : `${url}/readyz answers ${ready.status}, as no gateway does`,
      "no tool can be called",
      isGateway ? "mend what it says, or look at its log" : "correct ASYA_GATEWAY_URL",
    )];
  }
  return [ok(CHECK, `${url} is ready`), ...judgeVersion(facts), ...judgeTools(facts)];
}

function judgeVersion({ version, ownVersion }: GatewayFacts): Finding[] {
  if (version === undefined || version === ownVersion) return [];
  return [finding(
    CHECK,
    "warning",
    `its version is ${version}, and this asya's ${ownVersion}`,
    "what one of them knows the other may not",
    "run both from the same release",
  )];
}

function judgeTools({ tools, ownTools, url }: GatewayFacts): Finding[] {
  const missing = ownTools.filter((name) => !tools?.includes(name));
  if (tools === undefined || missing.length === 0) return [];
  return [finding(
    CHECK,
    "warning",
    `${url} does not have the tools ${missing.join(", ")} of this mesh`,
    "it is another mesh's gateway, or has an older tools file",
    "stop what runs there, or set ports.gateway of mesh.yaml, or wait a second after a change",
  )];
}

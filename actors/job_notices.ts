import { type Heartbeat, heartbeatToWire } from "@asya/protocol";

/** Tells the gateway, for those who watch a job, that a step is tried again, or is not any more. */
export interface JobNotices {
  /**
   * Sends a notice, without being waited for: one that nobody takes costs the work nothing.
   *
   * @param jobId which job
   * @param notice what is told of it
   * @param onLost hears why it was not taken
   */
  send(jobId: string, notice: Heartbeat, onLost: (reason: string) => void): void;
  /** Waits for the notices that are under way. */
  flush(): Promise<void>;
}

/** How to reach the gateway. */
export interface JobNoticesOptions {
  /** Base URL, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Shown as a bearer token, where the gateway asks for one. */
  readonly token?: string | undefined;
  /** Milliseconds one request may take. */
  readonly timeoutMs?: number;
}

/** Notices under way at once; with a gateway that is slow, further ones are lost. */
const MAX_UNDER_WAY = 64;

/**
 * Creates what sends notices to one gateway. Needs `--allow-net` for its host.
 *
 * @param options where the gateway is
 */
export function createJobNotices(options: JobNoticesOptions): JobNotices {
  const underWay = new Set<Promise<void>>();
  return {
    send(jobId, notice, onLost) {
      if (underWay.size >= MAX_UNDER_WAY) return onLost(`${MAX_UNDER_WAY} others are under way`);
      const sent = post(options, jobId, notice).then((problem) => {
        underWay.delete(sent);
        if (problem !== undefined) onLost(problem);
      });
      underWay.add(sent);
    },
    async flush() {
      await Promise.all(underWay);
    },
  };
}

/** Posts a notice; answers with why it was not taken. */
async function post(
  options: JobNoticesOptions,
  jobId: string,
  notice: Heartbeat,
): Promise<string | undefined> {
  const { url, token, timeoutMs = 2_000 } = options;
  try {
    const response = await fetch(
      `${url.replace(/\/$/, "")}/jobs/${encodeURIComponent(jobId)}/heartbeat`,
      {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(heartbeatToWire(notice)),
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
      },
    );
    await response.body?.cancel();
    return response.ok ? undefined : `the gateway answered ${response.status}`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `no answer from ${url}: ${reason}`;
  }
}

/**
 * What has to happen in a thousand worlds, each at least so often: a simulation proves nothing of
 * what it never reaches. The figures are about a third of what was seen when they were written.
 */
const LEAST: Readonly<Record<string, number>> = {
  // what is done to the world
  "act: kill the sidecar": 500,
  "act: send a signal": 250,
  "act: cut the connection": 350,
  "act: stop the broker": 150,
  "act: block the broker": 150,
  "act: slow the broker": 150,
  "act: let the broker refuse": 150,
  "act: cancel the consumers": 150,
  "act: crash the runtime": 400,
  "act: keep the runtime away": 250,
  "act: let the runtime not read": 150,
  "act: let the gateway be away": 80,
  "act: let the gateway refuse": 70,
  "act: cancel a job": 350,
  "act: create the late queue": 80,
  "act: set the clock": 80,
  "act: delete queues": 80,
  // how processes end
  "the process dies at an effect": 300,
  "is poisoned": 3_000,
  "is drained": 800,
  "leaves a message to the broker": 5,
  "event: abandoned": 2,
  // what hosts do
  "host: hangs": 100,
  "host: hangs, supervised": 90,
  "host: heed": 150,
  "host: late": 150,
  "host: breaks with garbage": 90,
  "host: breaks with oversized": 90,
  "host: breaks with half": 90,
  "host: breaks with close": 90,
  "old host: hangs": 20,
  "old host: late": 30,
  "old host: breaks with garbage": 20,
  "says nothing to a hello": 150,
  "answers a hello with nonsense": 150,
  "an answer after the timeout": 300,
  "host answers twice": 1_000,
  "cancels a call": 500,
  // whose fault a death is
  "a death by oom alone": 40,
  "a death by signal alone": 150,
  "a death by exit alone": 40,
  "a death by killed alone": 200,
  "a death by timeout alone": 40,
  "a death by unknown alone": 800,
  "a death by oom of the named": 150,
  "a death by signal of the named": 25,
  "a death by exit of the named": 250,
  "a death by killed of the named": 25,
  "a death by timeout of the named": 150,
  "a death in company by oom": 15,
  "a death in company by signal": 70,
  "a death in company by exit": 15,
  "a death in company by killed": 70,
  "a death in company by timeout": 10,
  "a death in company of the culprit": 300,
  "calls a suspect": 800,
  // what becomes of publishes, holds and consumers
  "publish is failed": 2_500,
  "publish is unroutable": 2_000,
  "event: transport hold_lost": 300,
  "event: transport consumer_ended": 100,
  "event: paused": 3_000,
  "is handed it again": 8_000,
  // what a message is acknowledged for
  "forwarded": 2_000,
  "fanned out": 40,
  "joined": 20,
  "finished empty": 40,
  "absorbed": 10,
  "absorbed until woken": 10,
  "consumed": 1_000,
  "consumed with sends": 15,
  "dropped as inactive": 70,
  "dropped as a duplicate": 800,
  "sent back: redelivered": 8_000,
  "sent back: the runtime died": 1_400,
  "sent back: the runtime is away": 500,
  "sent back: the process ends": 90,
  "sent back: early": 250,
  "sent back: own failure": 300,
  "failed: connection_error (killed its runtime)": 250,
  "failed: connection_error (came again too often)": 250,
  "failed: oom_error": 150,
  "failed: timeout_error": 350,
  "failed: deadline_exceeded": 40,
  "failed: malformed_message": 450,
  "failed: frame_too_large": 250,
  "failed: processing_error": 120,
  "failed: retryable_error": 15,
  "failed: route_error (too many hops)": 80,
  "failed: route_error (step not allowed)": 80,
  "failed: route_error (no queue)": 80,
  // beside the messages' way
  "reports a step as completed": 500,
  "reports that work goes on": 150,
  "names inactive jobs": 120,
  "event: gateway_away": 10,
  "event: gateway_back": 5,
  "event: progress_dropped refused": 25,
  "event: chunks_awaited answered": 30,
  "event: chunks_awaited late": 35,
  "event: chunks_awaited skipped": 5,
};

/**
 * Everything that happened too seldom.
 *
 * @param counts how often each kind of thing happened
 */
export function findMissing(counts: ReadonlyMap<string, number>): string[] {
  return Object.entries(LEAST).flatMap(([kind, least]) => {
    const count = counts.get(kind) ?? 0;
    return count < least ? [`${kind}: ${count} times, not ${least}`] : [];
  });
}

/**
 * What happened, as lines for a person.
 *
 * @param counts how often each kind of thing happened
 */
export function describeCoverage(counts: ReadonlyMap<string, number>): string {
  const lines: string[] = [];
  let line = "what happened in all worlds:";
  for (const kind of Object.keys(LEAST)) {
    const item = ` ${kind} ${counts.get(kind) ?? 0};`;
    if (line.length + item.length > 118) lines.push(line), line = "  ";
    line += item;
  }
  return [...lines, line].join("\n");
}

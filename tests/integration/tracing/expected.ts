/**
 * What traces look like, as `drawTrace` draws them.
 *
 * @module
 */

/** A call over MCP that waits: branches of a step, which a join brings together. */
export const FAN_OUT = `
server POST /mcp (gateway) http.response.status_code=200
  server tools/call papers (gateway) gen_ai.operation.name=execute_tool gen_ai.tool.name=papers jsonrpc.request.id=7 mcp.method.name=tools/call mcp.protocol.version=2025-11-25 network.protocol.name=http network.transport=tcp
    producer send split (gateway)
      client receive split (split.sidecar) asya.step.index=0
      consumer process split (split.sidecar) asya.outcome=forward asya.step.index=0
        client call split (split.sidecar) asya.call.end=replied asya.step.index=0
          server execute split (split.runtime)
        producer send work (split.sidecar) asya.step.index=0
          client receive work (work.sidecar) asya.branch=one of 2 asya.step.index=1
          consumer process work (work.sidecar) asya.branch=one of 2 asya.outcome=forward asya.step.index=1
            client call work (work.sidecar) asya.branch=one of 2 asya.call.end=replied asya.step.index=1
              server execute work (work.runtime)
            producer send merge (work.sidecar) asya.branch=one of 2 asya.step.index=1
              client receive merge (merge.sidecar) asya.branch=one of 2 asya.step.index=2
              consumer process merge (merge.sidecar) asya.branch=one of 2 asya.outcome=absorb asya.step.index=2
                client call merge (merge.sidecar) asya.branch=one of 2 asya.call.end=replied asya.step.index=2
                  server execute Join.handle (merge.runtime)
        producer send work (split.sidecar) asya.step.index=0
          client receive work (work.sidecar) asya.branch=one of 2 asya.step.index=1
          consumer process work (work.sidecar) asya.branch=one of 2 asya.outcome=forward asya.step.index=1
            client call work (work.sidecar) asya.branch=one of 2 asya.call.end=replied asya.step.index=1
              server execute work (work.runtime)
            producer send merge (work.sidecar) asya.branch=one of 2 asya.step.index=1
              client receive merge (merge.sidecar) asya.branch=one of 2 asya.step.index=2
              consumer process merge (merge.sidecar) asya.branch=one of 2 asya.outcome=finish asya.step.index=2
                client call merge (merge.sidecar) asya.branch=one of 2 asya.call.end=replied asya.step.index=2
                  server execute Join.handle (merge.runtime) -> execute Join.handle (merge.runtime)
                producer send happy-end (merge.sidecar) asya.branch=one of 2 asya.step.index=2
                  client receive happy-end (happy-end.sidecar)
                  consumer process happy-end (happy-end.sidecar) asya.outcome=sends
                    client call happy-end (happy-end.sidecar) asya.call.end=replied
                      server execute HappyEnd.handle (happy-end.runtime)
                        client POST (happy-end.runtime) http.response.status_code=200
                          server POST /jobs/{id}/final (gateway) http.response.status_code=200
`.trim();

/** A try that fails, and the next one, which is linked to it. */
export const RETRY = `
server tools/call work (gateway) gen_ai.operation.name=execute_tool gen_ai.tool.name=work jsonrpc.request.id=7 mcp.method.name=tools/call mcp.protocol.version=2025-11-25 network.protocol.name=http network.transport=tcp -> a span elsewhere
  producer send work (gateway)
    client receive work (work.sidecar) asya.step.index=0
    consumer process work (work.sidecar) asya.outcome=fail asya.step.index=0 error.type=retryable_error error: it fails once
      client call work (work.sidecar) asya.call.end=replied asya.step.index=0 error.type=retryable_error error
        server execute work (work.runtime) error.type=retryable_error error: it fails once
      producer send error-end (work.sidecar) asya.step.index=0
        client receive error-end (error-end.sidecar)
        consumer process error-end (error-end.sidecar) asya.outcome=sends
          client call error-end (error-end.sidecar) asya.call.end=replied
            server execute ErrorEnd.handle (error-end.runtime)
              client POST (error-end.runtime) http.response.status_code=200
                server POST /jobs/{id}/heartbeat (gateway) http.response.status_code=200
          producer send work (error-end.sidecar) asya.delay_ms=50
            client receive work (work.sidecar) asya.attempt=2 asya.step.index=0
            consumer process work (work.sidecar) asya.attempt=2 asya.outcome=finish asya.step.index=0 -> process work (work.sidecar)
              client call work (work.sidecar) asya.attempt=2 asya.call.end=replied asya.step.index=0
                server execute work (work.runtime) asya.attempt=2
              producer send happy-end (work.sidecar) asya.attempt=2 asya.step.index=0
                client receive happy-end (happy-end.sidecar)
                consumer process happy-end (happy-end.sidecar) asya.outcome=sends
                  client call happy-end (happy-end.sidecar) asya.call.end=replied
                    server execute HappyEnd.handle (happy-end.runtime)
                      client POST (happy-end.runtime) http.response.status_code=200
                        server POST /jobs/{id}/final (gateway) http.response.status_code=200
`.trim();

/** Work that is given up. */
export const FAILURE = `
server POST /tools/call (gateway) gen_ai.operation.name=execute_tool gen_ai.tool.name=work http.response.status_code=200
  producer send work (gateway)
    client receive work (work.sidecar) asya.step.index=0
    consumer process work (work.sidecar) asya.outcome=fail asya.step.index=0 error.type=processing_error error: it always fails
      client call work (work.sidecar) asya.call.end=replied asya.step.index=0 error.type=processing_error error
        server execute work (work.runtime) error.type=processing_error error: it always fails
      producer send error-end (work.sidecar) asya.step.index=0
        client receive error-end (error-end.sidecar)
        consumer process error-end (error-end.sidecar) asya.outcome=sends
          client call error-end (error-end.sidecar) asya.call.end=replied
            server execute ErrorEnd.handle (error-end.runtime)
              client POST (error-end.runtime) http.response.status_code=200
                server POST /jobs/{id}/final (gateway) http.response.status_code=200
          producer send dead-letter-queue (error-end.sidecar)
`.trim();

/** A call over REST. */
export const PLAIN = `
server POST /tools/call (gateway) gen_ai.operation.name=execute_tool gen_ai.tool.name=work http.response.status_code=200
  producer send work (gateway)
    client receive work (work.sidecar) asya.step.index=0
    consumer process work (work.sidecar) asya.outcome=finish asya.step.index=0
      client call work (work.sidecar) asya.call.end=replied asya.step.index=0
        server execute work (work.runtime)
      producer send happy-end (work.sidecar) asya.step.index=0
        client receive happy-end (happy-end.sidecar)
        consumer process happy-end (happy-end.sidecar) asya.outcome=sends
          client call happy-end (happy-end.sidecar) asya.call.end=replied
            server execute HappyEnd.handle (happy-end.runtime)
              client POST (happy-end.runtime) http.response.status_code=200
                server POST /jobs/{id}/final (gateway) http.response.status_code=200
`.trim();

/** A call over REST by a caller with a trace, over two steps. */
export const TWO_STEPS = `
server POST /tools/call (gateway) gen_ai.operation.name=execute_tool gen_ai.tool.name=plain http.response.status_code=200
  producer send first (gateway)
    client receive first (first.sidecar) asya.step.index=0
    consumer process first (first.sidecar) asya.outcome=forward asya.step.index=0
      client call first (first.sidecar) asya.call.end=replied asya.step.index=0
        server execute work (first.runtime)
      producer send last (first.sidecar) asya.step.index=0
        client receive last (last.sidecar) asya.step.index=1
        consumer process last (last.sidecar) asya.outcome=finish asya.step.index=1
          client call last (last.sidecar) asya.call.end=replied asya.step.index=1
            server execute work (last.runtime)
          producer send happy-end (last.sidecar) asya.step.index=1
            client receive happy-end (happy-end.sidecar)
            consumer process happy-end (happy-end.sidecar) asya.outcome=sends
              client call happy-end (happy-end.sidecar) asya.call.end=replied
                server execute HappyEnd.handle (happy-end.runtime)
                  client POST (happy-end.runtime) http.response.status_code=200
                    server POST /jobs/{id}/final (gateway) http.response.status_code=200
`.trim();

/** A call whose second step drops what it does not know: the first trace, as far as it goes. */
export const TO_FLEET = `
server POST /tools/call (gateway) gen_ai.operation.name=execute_tool gen_ai.tool.name=through http.response.status_code=200
  producer send first (gateway)
    client receive first (first.sidecar) asya.step.index=0
    consumer process first (first.sidecar) asya.outcome=forward asya.step.index=0
      client call first (first.sidecar) asya.call.end=replied asya.step.index=0
        server execute work (first.runtime)
      producer send legacy (first.sidecar) asya.step.index=0
`.trim();

/** The trace that begins behind that step, where nobody says when the message was sent. */
export const BEHIND_FLEET = `
consumer process last (last.sidecar) asya.outcome=finish asya.step.index=2
  client call last (last.sidecar) asya.call.end=replied asya.step.index=2
    server execute work (last.runtime)
  producer send happy-end (last.sidecar) asya.step.index=2
    client receive happy-end (happy-end.sidecar)
    consumer process happy-end (happy-end.sidecar) asya.outcome=sends
      client call happy-end (happy-end.sidecar) asya.call.end=replied
        server execute HappyEnd.handle (happy-end.runtime)
          client POST (happy-end.runtime) http.response.status_code=200
            server POST /jobs/{id}/final (gateway) http.response.status_code=200
`.trim();

/**
 * Makes the vector files whose contents are bytes and hashes: `frames.json`, `sessions.json` and
 * `identity.json`. The rules are written out here a second time, from the platform's primitives;
 * nothing of the code under test may be imported.
 *
 * `deno run --allow-write=protocol/vectors protocol/vectors/make.ts` writes the files.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** Hexadecimal bytes; in a list, one behind the other, with runs as `{hex, times}`. */
export type Bytes = string | (string | { hex: string; times: number })[];

/** A stream of frames, and how a decoder with a cap must read it. */
export interface FrameVector {
  name: string;
  max_bytes: number;
  bytes: Bytes;
  /** The bodies that come out, in order. */
  frames: Bytes[];
  /** How the stream ends: between frames, inside one, or refused at a length over the cap. */
  end: "between_frames" | "inside_a_frame" | "frame_too_large";
  /** Bytes of the unfinished frame that have come in. */
  pending_bytes: number;
}

/** One frame of a session, and what it says. */
export interface SessionVector {
  name: string;
  from: "client" | "host";
  body: string;
  frame: Bytes;
  meaning: unknown;
}

const text = new TextEncoder();

function lengthHex(length: number): string {
  return length.toString(16).padStart(8, "0");
}

function hexOf(body: string): string {
  return text.encode(body).toHex();
}

function frameHex(body: string): string {
  return lengthHex(text.encode(body).length) + hexOf(body);
}

function sha(algorithm: "sha1" | "sha256", ...parts: (string | Uint8Array)[]): string {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** Streams that end well, half-way and over the cap. */
export function makeFrames(): { about: string; cases: FrameVector[] } {
  const open = { frames: [], pending_bytes: 0 };
  const cases: FrameVector[] = [
    { ...open, name: "nothing", max_bytes: 8, bytes: "", end: "between_frames" },
    {
      name: "one frame",
      max_bytes: 8,
      bytes: frameHex("hello"),
      frames: [hexOf("hello")],
      end: "between_frames",
      pending_bytes: 0,
    },
    {
      name: "an empty body",
      max_bytes: 8,
      bytes: frameHex(""),
      frames: [""],
      end: "between_frames",
      pending_bytes: 0,
    },
    {
      name: "several frames, empty ones among them",
      max_bytes: 8,
      bytes: [frameHex("a"), frameHex(""), frameHex(""), frameHex("bc")],
      frames: [hexOf("a"), "", "", hexOf("bc")],
      end: "between_frames",
      pending_bytes: 0,
    },
    {
      name: "bodies that look like lengths",
      max_bytes: 8,
      bytes: ["00000004", "00000004", "00000004", "ffffffff"],
      frames: ["00000004", "ffffffff"],
      end: "between_frames",
      pending_bytes: 0,
    },
    {
      name: "as long as the cap",
      max_bytes: 5,
      bytes: frameHex("hello"),
      frames: [hexOf("hello")],
      end: "between_frames",
      pending_bytes: 0,
    },
    {
      name: "a length that needs its second byte",
      max_bytes: 1000,
      bytes: ["00000100", { hex: "61", times: 256 }],
      frames: [[{ hex: "61", times: 256 }]],
      end: "between_frames",
      pending_bytes: 0,
    },
    {
      name: "a length that needs its third byte",
      max_bytes: 70_000,
      bytes: ["00010000", { hex: "00ff", times: 32_768 }],
      frames: [[{ hex: "00ff", times: 32_768 }]],
      end: "between_frames",
      pending_bytes: 0,
    },
    {
      ...open,
      name: "half a length",
      max_bytes: 8,
      bytes: "0000",
      end: "inside_a_frame",
      pending_bytes: 2,
    },
    {
      ...open,
      name: "a length and no body",
      max_bytes: 8,
      bytes: "00000005",
      end: "inside_a_frame",
      pending_bytes: 4,
    },
    {
      name: "a frame, and half of the next",
      max_bytes: 8,
      bytes: [frameHex("a"), "00000005", hexOf("hel")],
      frames: [hexOf("a")],
      end: "inside_a_frame",
      pending_bytes: 7,
    },
    {
      ...open,
      name: "one byte over the cap",
      max_bytes: 4,
      bytes: frameHex("hello"),
      end: "frame_too_large",
      pending_bytes: 4,
    },
    {
      ...open,
      name: "4 GiB announced, nothing sent",
      max_bytes: 67_108_864,
      bytes: "ffffffff",
      end: "frame_too_large",
      pending_bytes: 4,
    },
    {
      name: "a good frame, then one over the cap, then what must not be read",
      max_bytes: 4,
      bytes: [frameHex("a"), frameHex("hello"), frameHex("b")],
      frames: [hexOf("a")],
      end: "frame_too_large",
      pending_bytes: 4,
    },
    {
      ...open,
      name: "text where a length should be",
      max_bytes: 67_108_864,
      bytes: hexOf('{"payload":1}'),
      end: "frame_too_large",
      pending_bytes: 4,
    },
  ];
  return { about: "Streams of frames: [length: uint32 big-endian][body].", cases };
}

/** A session from hello to cancel, frame by frame. */
export function makeSessions(): { about: string; cases: SessionVector[] } {
  const said: Omit<SessionVector, "frame">[] = [
    {
      name: "the client's hello",
      from: "client",
      body: 'ASYA/1 {"version":1,"features":["progress","cancel","measures"]}',
      meaning: { kind: "hello", version: 1, features: ["progress", "cancel", "measures"] },
    },
    {
      name: "the host's hello",
      from: "host",
      body: 'ASYA/1 {"version":1,"features":["progress"],"instance":"i2","concurrency":4,' +
        '"exits":[{"instance":"i1","reason":"oom","code":133,"at":"2030-01-02T03:04:05Z",' +
        '"culprits":[7]}]}',
      meaning: {
        kind: "hello",
        version: 1,
        features: ["progress"],
        instance: "i2",
        concurrency: 4,
        exits: [{
          instance: "i1",
          reason: "oom",
          code: 133,
          at: "2030-01-02T03:04:05Z",
          culprits: [7],
        }],
      },
    },
    {
      name: "a hello that says the least: one call at a time",
      from: "host",
      body: 'ASYA/1 {"version":1}',
      meaning: {
        kind: "hello",
        version: 1,
        features: [],
        instance: "",
        concurrency: 1,
        exits: [],
      },
    },
    {
      name: "a call",
      from: "client",
      body: '{"call":7,"message":{"job_id":"j1","route":{"steps":["a"],"current":0},' +
        '"payload":{"é":"😀"}},"timeout_ms":500}',
      meaning: {
        kind: "call",
        call: 7,
        message: { job_id: "j1", route: { steps: ["a"], current: 0 }, payload: { é: "😀" } },
        timeout_ms: 500,
      },
    },
    {
      name: "a call that is part of a recorded trace",
      from: "client",
      body: '{"call":7,"timeout_ms":500,' +
        '"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",' +
        '"message":{"payload":1}}',
      meaning: {
        kind: "call",
        call: 7,
        message: { payload: 1 },
        timeout_ms: 500,
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      },
    },
    {
      name: "a call whose trace is no text counts as one without",
      from: "client",
      body: '{"call":7,"traceparent":7,"message":{"payload":1}}',
      meaning: { kind: "call", call: 7, message: { payload: 1 } },
    },
    {
      name: "a call of a terminal actor: any body",
      from: "client",
      body: '{"call":8,"raw":{"body":"/wD+","encoding":"base64","properties":{"message_id":"m1",' +
        '"timestamp":"2030-01-02T03:04:05Z","headers":{"traceparent":"00-ab"}}}}',
      meaning: {
        kind: "raw_call",
        call: 8,
        raw: {
          body: "/wD+",
          encoding: "base64",
          properties: {
            message_id: "m1",
            timestamp: "2030-01-02T03:04:05Z",
            headers: { traceparent: "00-ab" },
          },
        },
      },
    },
    {
      name: "a cancel",
      from: "client",
      body: '{"cancel":7}',
      meaning: { kind: "cancel", call: 7 },
    },
    {
      name: "progress",
      from: "host",
      body: '{"progress":7,"fraction":0.4,"message":"page 2 of 5"}',
      meaning: { kind: "progress", call: 7, fraction: 0.4, message: "page 2 of 5" },
    },
    {
      name: "a streamed partial",
      from: "host",
      body: '{"progress":7,"data":{"text":"To"}}',
      meaning: { kind: "progress", call: 7, data: { text: "To" } },
    },
    {
      name: "a fraction out of bounds is drawn to them",
      from: "host",
      body: '{"progress":7,"fraction":1.5}',
      meaning: { kind: "progress", call: 7, fraction: 1 },
    },
    {
      name: "measures",
      from: "host",
      body: '{"measure":7,"measures":[' +
        '{"kind":"generation","model":"m1","provider":"p1","operation":"chat",' +
        '"duration_ms":1200.5,"first_token_ms":130,"input_tokens":12,"output_tokens":34},' +
        '{"kind":"generation","model":"m1","duration_ms":3,"error_type":"timeout"},' +
        '{"kind":"stream","chunks":5,"first_chunk_ms":2,"duration_ms":10},' +
        '{"kind":"count","name":"pages_total","value":3,"labels":{"kind":"scan"}},' +
        '{"kind":"gauge","name":"depth","value":-1.5},' +
        '{"kind":"observe","name":"score","values":[0.5,1],"labels":{}}],"dropped":2}',
      meaning: {
        kind: "measure",
        call: 7,
        dropped: 2,
        measures: [
          {
            kind: "generation",
            model: "m1",
            provider: "p1",
            operation: "chat",
            duration_ms: 1200.5,
            first_token_ms: 130,
            input_tokens: 12,
            output_tokens: 34,
          },
          { kind: "generation", model: "m1", duration_ms: 3, error_type: "timeout" },
          { kind: "stream", chunks: 5, first_chunk_ms: 2, duration_ms: 10 },
          { kind: "count", name: "pages_total", value: 3, labels: { kind: "scan" } },
          { kind: "gauge", name: "depth", value: -1.5, labels: {} },
          { kind: "observe", name: "score", values: [0.5, 1], labels: {} },
        ],
        refused: 0,
      },
    },
    {
      name: "measures that make no sense are left out and counted",
      from: "host",
      body: '{"measure":7,"measures":[{"kind":"count","name":"?","value":1},' +
        '{"kind":"count","name":"pages_total","value":-1},{"kind":"generation","model":""},7]}',
      meaning: { kind: "measure", call: 7, dropped: 0, measures: [], refused: 4 },
    },
    {
      name: "a reply",
      from: "host",
      body: '{"reply":7,"status":"ok","result":[{"page":1},null]}',
      meaning: {
        kind: "reply",
        call: 7,
        reply: { kind: "fan_out", outputs: [{ payload: { page: 1 } }, null] },
      },
    },
    {
      name: "a reply that tells of a failure",
      from: "host",
      body: '{"reply":8,"status":"error","error":"timeout_error","message":"5 s passed"}',
      meaning: {
        kind: "reply",
        call: 8,
        reply: {
          kind: "failure",
          failure: { code: "timeout_error", message: "5 s passed", severity: "fatal" },
        },
      },
    },
    { name: "no frame: a client's list", from: "client", body: "[]", meaning: null },
    { name: "no frame: a call of nothing", from: "client", body: '{"call":7}', meaning: null },
    {
      name: "no frame: a call without a number",
      from: "client",
      body: '{"call":"7","message":{}}',
      meaning: null,
    },
    {
      name: "no frame: a raw body in an unknown encoding",
      from: "client",
      body: '{"call":7,"raw":{"body":"","encoding":"hex"}}',
      meaning: null,
    },
    { name: "no frame: a host's text", from: "host", body: '"x"', meaning: null },
    { name: "no frame: a reply to nothing", from: "host", body: '{"reply":-1}', meaning: null },
    { name: "no frame: broken JSON", from: "host", body: '{"reply":7', meaning: null },
    { name: "no hello: not JSON behind the word", from: "host", body: "ASYA/1 x", meaning: null },
    {
      name: "no hello: no version",
      from: "client",
      body: 'ASYA/1 {"features":[]}',
      meaning: null,
    },
  ];
  return {
    about: "Frames of a session, each side's as the other must read it; null: not understood.",
    cases: said.map((vector) => ({ ...vector, frame: frameHex(vector.body) })),
  };
}

/** Ids that are computed: of messages and of jobs. */
export function makeIdentity(): Record<string, unknown> {
  const input = "asya1-00112233445566778899aabbccddeeff";
  const origins = [
    { input, attempt: 1, destination: "ocr", ordinal: 0 },
    { input, attempt: 1, destination: "ocr", ordinal: 1 },
    { input, attempt: 2, destination: "ocr", ordinal: 0 },
    { input, attempt: 1, destination: 'q "é"', ordinal: 0 },
  ];
  const namespace = Uint8Array.fromHex("b7b2fb8c5c3e4f659a0e41d7a1c05a5a");
  const jobIds = ["order-7", "42", "é😀"].map((messageId) => {
    const hash = Uint8Array.fromHex(sha("sha1", namespace, messageId).slice(0, 32));
    hash[6] = 0x50 | (hash[6]! & 0x0f);
    hash[8] = 0x80 | (hash[8]! & 0x3f);
    const job = hash.toHex().replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    return { message_id: messageId, job_id: job };
  });
  return {
    about:
      'message_id = "asya1-" + the first 32 hexadecimal digits of SHA-256 over the JSON text ' +
      "[input,attempt,destination,ordinal] without spaces. A job id is the version 5 UUID " +
      "(RFC 9562) of the AMQP message_id in the namespace given here.",
    namespace: "b7b2fb8c-5c3e-4f65-9a0e-41d7a1c05a5a",
    message_ids: origins.map((origin) => ({
      ...origin,
      message_id: `asya1-${
        sha(
          "sha256",
          `[${JSON.stringify(origin.input)},${origin.attempt},` +
            `${JSON.stringify(origin.destination)},${origin.ordinal}]`,
        ).slice(0, 32)
      }`,
    })),
    own_form: [
      { id: input, own: true },
      { id: "asya1-00112233445566778899AABBCCDDEEFF", own: false },
      { id: `${input}0`, own: false },
      { id: "42", own: false },
      { id: "", own: false },
    ],
    job_ids: jobIds,
  };
}

if (import.meta.main) {
  const files = {
    frames: makeFrames(),
    sessions: makeSessions(),
    identity: makeIdentity(),
  };
  for (const [name, content] of Object.entries(files)) {
    const path = new URL(`./${name}.json`, import.meta.url);
    await Deno.writeTextFile(path, `${JSON.stringify(content, null, 2)}\n`);
  }
}

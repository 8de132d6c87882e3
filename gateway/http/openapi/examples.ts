import type { JsonObject } from "@asya/protocol";

const id = "7d1f6a52-32a6-4f3f-9a43-0d6c1a0cfe4b";

/** A job in the midst of its work. */
export const exampleJob: JsonObject = {
  id,
  status: "Running",
  tool: "read_document",
  route: { steps: ["ocr", "classify"], current: 1, metadata: { team: "papers" } },
  payload: { page: "s3://scans/1.png" },
  timeout_seconds: 300,
  deadline: "2026-01-01T00:05:00.000Z",
  progress_percent: 55,
  current_step: "classify",
  steps_completed: 1,
  total_steps: 2,
  created_at: "2026-01-01T00:00:00.000Z",
  updated_at: "2026-01-01T00:00:02.000Z",
  update_count: 4,
};

const url = `https://asya.example/jobs/${id}`;

/** The answer to a call that does not wait. */
export const exampleResult: JsonObject = {
  content: [{
    type: "text",
    text: `Job created successfully with ID: ${id}\nStatus URL: ${url}\nStream URL: ${url}/stream`,
  }],
  structuredContent: { job_id: id, status_url: url, stream_url: `${url}/stream` },
};

/** A job's updates, as they are streamed. */
export const exampleStream = `event: status
data: Running

id: 1
event: update
data: {"job_id":"${id}","status":"Running","message":"received","progress_percent":5,` +
  `"step":"ocr","step_index":0,"step_status":"received","timestamp":"2026-01-01T00:00:01.000Z"}

`;

/** A step that is being worked on. */
export const exampleProgress: JsonObject = {
  step: "ocr",
  step_index: 0,
  total_steps: 2,
  status: "processing",
  actor_name: "ocr",
  message: "page 3 of 4",
  fraction: 0.75,
};

/** A job that has succeeded. */
export const exampleFinal: JsonObject = {
  job_id: id,
  status: "succeeded",
  result: { kind: "invoice" },
  metadata: { s3_uri: "s3://results/1.json" },
  timestamp: "2026-01-01T00:00:04Z",
};

/** The id of the job in the examples. */
export const exampleId: string = id;

/** A letter of a job that was given up. */
export const exampleLetter: JsonObject = {
  id: "0b7e2f7a54f0c1d7a1c9f6f1d8a3b2c4",
  job_id: id,
  tool: "read_document",
  error: "processing_error",
  message: "no such page",
  step: "ocr",
  actor: "ocr",
  attempt: 1,
  from: "error-end",
  created: "2026-01-01T00:00:00.000Z",
  queued_at: "2026-01-01T00:00:03.000Z",
  bytes: 152,
  stored: "s3://results/errors/1.json",
  replayable: true,
  error_details: { message: "no such page", type: "RangeError", severity: "fatal", step: "ocr" },
  route: { steps: ["ocr", "classify"], current: 0, metadata: {} },
  payload: { page: "s3://scans/1.png" },
  headers: {},
  original_message: `{"job_id":"${id}","route":{"steps":["ocr","classify"],"current":0,` +
    `"metadata":{}},"headers":{},"payload":{"page":"s3://scans/1.png"}}`,
};

const slots = (last: number): number[] => [...Array.from({ length: 59 }, () => 0), last];

/** A mesh that has just begun to work. */
export const exampleOverview: JsonObject = {
  at: "2026-01-01T00:00:05.000Z",
  slot_seconds: 5,
  jobs: { Pending: 0, Running: 1, Succeeded: 3, Failed: 0 },
  rates: { started: slots(4), succeeded: slots(3), failed: slots(0) },
  actors: [{
    name: "ocr",
    completed: slots(4),
    failed: slots(0),
    busy_seconds: slots(2.75),
    depth: [...Array.from({ length: 58 }, () => null), 3, 0],
    queue: { ready: 0, consumers: 2 },
  }],
  dead_letters: 0,
};

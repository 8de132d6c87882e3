/**
 * One job's page: follows what happens to the job, shows at once what is streamed, and refreshes the
 * rest of the page with every other update, until the job has ended.
 */
import { chunkText } from "./chunk_text.js";
import { createRefresh } from "./live.js";

/** Characters of streamed text that are kept on the page; the gateway keeps the rest. */
const MAX_CHARS = 200_000;

const ENDS = ["Succeeded", "Failed"];

const refresh = createRefresh();

/** Writes a chunk behind the others; who has scrolled up to read is left there. */
function showChunk({ step = "", branch = "", partial }) {
  const section = document.getElementById("streamed");
  const box = section?.querySelector("pre");
  if (!box) return;
  section.hidden = false;
  const isAtEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 8;
  const before = box.dataset.step === undefined ? undefined : { ...box.dataset };
  box.append(chunkText({ step, branch, value: partial }, before));
  Object.assign(box.dataset, { step, branch });
  if (box.textContent.length > MAX_CHARS) box.textContent = box.textContent.slice(-MAX_CHARS / 2);
  if (isAtEnd) box.scrollTop = box.scrollHeight;
}

function follow(url) {
  const source = new EventSource(url);
  const idle = setInterval(refresh, IDLE_MS);
  source.addEventListener("partial", ({ data }) => showChunk(JSON.parse(data)));
  source.addEventListener("update", ({ data }) => {
    // The gateway closes a stream that has told everything; a browser would ask for it again.
    if (ENDS.includes(JSON.parse(data).status)) {
      source.close();
      clearInterval(idle);
    }
    refresh();
  });
  source.addEventListener("error", () => {
    // The stream was refused, as to somebody who has to sign in again: the page will say so.
    if (source.readyState === EventSource.CLOSED) refresh();
  });
}

/** How often times that go on are brought up to date while nothing happens. */
const IDLE_MS = 5_000;

const { stream } = document.getElementById("job")?.dataset ?? {};
if (stream) follow(stream);

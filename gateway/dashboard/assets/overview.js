/** Keeps the overview as the mesh is: whenever the gateway has new figures, they are shown. */
import { createRefresh } from "./live.js";

const refresh = createRefresh();
let source;

function stop() {
  source?.close();
  source = undefined;
}

/** Nobody's figures are fetched while nobody looks; a source that broke off comes back by itself. */
function listen() {
  if (document.hidden) return stop();
  if (source !== undefined) return;
  source = new EventSource("/dashboard/overview/stream");
  source.addEventListener("overview", refresh);
  source.addEventListener("error", () => {
    // The stream was refused, as to somebody who has to sign in again: the page will say so.
    if (source?.readyState === EventSource.CLOSED) refresh();
  });
}

document.addEventListener("visibilitychange", listen);
addEventListener("pageshow", listen);
addEventListener("pagehide", stop);
listen();

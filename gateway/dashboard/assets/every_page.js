/**
 * What every page does: its relative times stay true, and what can be copied is. A text is written only where it changed, so
 * that nothing that is selected or read aloud is disturbed.
 */
import { ago } from "./ago.js";

const TICK_MS = 1_000;

/** The gateway's clock may be another than the browser's; the page says what it read. */
function clockOffsetMs() {
  const served = Date.parse(document.querySelector("meta[name=served-at]")?.content ?? "");
  return Number.isNaN(served) ? 0 : served - (performance.timeOrigin + performance.now());
}

const offsetMs = clockOffsetMs();

function tick() {
  const nowMs = Date.now() + offsetMs;
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const text = ago(Date.parse(time.dateTime), nowMs);
    if (time.textContent !== text) time.textContent = text;
  }
}

setInterval(() => document.hidden || tick(), TICK_MS);
document.addEventListener("visibilitychange", tick);

/** A page that is gone back to was sent already: its forms, sent again, are meant anew. */
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const key of document.querySelectorAll("input[type=hidden][name=key]")) key.value = "";
});

document.documentElement.dataset.script = "";
document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("button[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.dataset.copied = "";
});

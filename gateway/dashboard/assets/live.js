/**
 * Keeps parts of a page as the gateway would show them at this moment: the page is asked for again,
 * and what differs within its elements with `data-live` is changed in place. What has the focus, is
 * opened, scrolled or typed stays as it is. Everything shown was escaped by the gateway; this is the
 * one place where the browser reads HTML, and it never runs what it reads.
 */

/** The least time between the end of one refresh and the beginning of the next. */
const LEAST_MS = 1_000;

/** The most, while the gateway does not answer; and how long an answer may take. */
const MOST_MS = 30_000;

const policy = globalThis.trustedTypes?.createPolicy("asya", { createHTML: (html) => html });

/** Parses a page; its scripts do not run. */
function parsePage(html) {
  return new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");
}

/** What a node is known by among its neighbours, so that what moved is not made anew. */
function keyOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.dataset?.key ?? node.id : "";
}

function isSameKind(one, other) {
  return one.nodeType === other.nodeType && one.nodeName === other.nodeName &&
    keyOf(one) === keyOf(other);
}

/** What the reader does with an element, and no page knows: it stays. */
const OWN_ATTRIBUTES = { DETAILS: ["open"], DIALOG: ["open"], INPUT: ["value", "checked"] };

function morphAttributes(from, to) {
  const own = OWN_ATTRIBUTES[from.nodeName] ?? [];
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !own.includes(name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value && !own.includes(name)) from.setAttribute(name, value);
  }
}

/** Makes the children of one element those of another, and keeps as many of them as it can. */
export function morphChildren(from, to) {
  const keyed = new Map([...from.children].filter(keyOf).map((child) => [keyOf(child), child]));
  let at = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const key = keyOf(wanted);
    const known = key === "" ? at : keyed.get(key);
    if (known && isSameKind(known, wanted)) {
      if (known === at) at = at.nextSibling;
      else from.insertBefore(known, at);
      morph(known, wanted);
    } else from.insertBefore(document.importNode(wanted, true), at);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function morph(from, to) {
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  // What somebody may be typing, and what a script of the page looks after.
  if (from.nodeName === "TEXTAREA" || from.nodeName === "SELECT" || from.dataset?.own === "") {
    return;
  }
  if (from.isEqualNode(to)) return;
  morphAttributes(from, to);
  morphChildren(from, to);
}

/** Shows at the page's top that it is not what it was, or that it is again. */
function showConnection(isLost) {
  document.documentElement.toggleAttribute("data-lost", isLost);
}

/** Where the page is to be had: an answer to a form is at another place. */
function pageUrl() {
  return document.querySelector("[data-page]")?.dataset.page ?? location.href;
}

/** Who has to sign in, may no longer see it, or looks at what was deleted, is shown that. */
const NOT_HERE = [401, 403, 404];

/** Asks for this page as it is at this moment. */
async function fetchPage() {
  const response = await fetch(pageUrl(), {
    headers: { accept: "text/html" },
    signal: AbortSignal.timeout(MOST_MS),
  });
  if (NOT_HERE.includes(response.status)) location.assign(pageUrl());
  if (!response.ok) throw new Error(`the page answers with ${response.status}`);
  return parsePage(await response.text());
}

/** Changes everything with `data-live` into what another page has under the same id. */
export function adopt(page) {
  for (const region of document.querySelectorAll("[data-live]")) {
    const wanted = page.getElementById(region.id);
    if (wanted) morph(region, wanted);
  }
}

/**
 * Creates what refreshes the page when it is told to: once for however many wishes, not more often
 * than every {@linkcode LEAST_MS}, and not while nobody looks.
 *
 * @param {(page: Document) => void} [onPage] is told of each page
 */
export function createRefresh(onPage = () => {}) {
  let isWanted = false;
  let isBusy = false;
  let waitMs = LEAST_MS;
  const run = async () => {
    if (isBusy || !isWanted || document.hidden) return;
    isBusy = true;
    isWanted = false;
    try {
      const page = await fetchPage();
      adopt(page);
      onPage(page);
      waitMs = LEAST_MS;
      showConnection(false);
    } catch {
      // The gateway is away, or about to stop: it is asked again, less and less often.
      isWanted = true;
      waitMs = Math.min(MOST_MS, waitMs * 2);
      showConnection(true);
    }
    // Waits until the page may be asked for again.
    setTimeout(() => {
      isBusy = false;
      run();
    }, waitMs);
  };
  document.addEventListener("visibilitychange", run);
  return () => {
    isWanted = true;
    run();
  };
}

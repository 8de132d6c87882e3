/**
 * Does something with many dead letters one by one, and shows how far it is. Each is sent as the form
 * would send it alone, so that whatever breaks off in between leaves only whole replays and purges
 * behind; without this script, the gateway does all of them before it answers.
 */

/** Asks for one letter; says what became of it, in a sentence. */
async function ask(form, doing, id) {
  const body = new URLSearchParams({ do: doing, id, confirmed: form.dataset.confirmed ?? "" });
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body,
      headers: { accept: "application/json" },
    });
    if (response.headers.get("content-type")?.startsWith("application/json")) {
      return await response.json();
    }
    return { ok: false, text: `the gateway answers with ${response.status}` };
  } catch {
    return { ok: false, text: "the gateway cannot be reached" };
  }
}

function lineOf(id, { text, href }) {
  const line = document.createElement("li");
  const link = document.createElement("a");
  link.href = href ?? `/dashboard/dead-letters/${encodeURIComponent(id)}`;
  link.textContent = text;
  line.append(link);
  return line;
}

/** Shows how far it is, and at the end what did not go well. */
async function run(form, doing, ids) {
  const box = document.getElementById("batch");
  const bar = box.querySelector("progress");
  const words = box.querySelector("[role=status]");
  const problems = box.querySelector("ul");
  const buttons = document.querySelectorAll("main button");
  box.hidden = false;
  problems.replaceChildren();
  bar.max = ids.length;
  bar.value = 0;
  buttons.forEach((button) => button.disabled = true);
  let done = 0;
  for (const id of ids) {
    words.textContent = `${bar.value} of ${ids.length}`;
    const became = await ask(form, doing, id);
    if (became.ok) done++;
    else problems.append(lineOf(id, became));
    bar.value++;
  }
  const verb = doing === "purge" ? "purged" : "replayed";
  words.textContent = `${done} of ${ids.length} ${verb}`;
  buttons.forEach((button) => button.disabled = false);
  box.querySelector("a.on").hidden = false;
  box.querySelector("a.on").focus();
}

for (const form of document.querySelectorAll("form[data-batch]")) {
  form.addEventListener("submit", (event) => {
    const doing = event.submitter?.value;
    const ids = new FormData(form).getAll("id");
    // What is purged is asked about first, by the gateway.
    const isReady = doing === "replay" || form.dataset.confirmed === "yes";
    if (ids.length === 0 || !isReady) return;
    event.preventDefault();
    run(form, doing, ids);
  });
}

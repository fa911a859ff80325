// @ts-check
/** What could not be saved is seen: a strip above the page while there is no connection, a line and a dashed ring in each row. */

/** @typedef {{url: string, name: string}} Kept */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
/** @type {(name: string, values?: Record<string, string>) => string} */
const say = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), one("#todos-texts")?.dataset[name] ?? "");
const strip = Object.assign(document.createElement("div"), { className: "todos-strip", id: "todos-strip" });
strip.setAttribute("role", "status");
/** What could not be saved, by its key. @type {Map<string, Kept>} */
let failed = new Map();
let isOffline = false;

function show() {
  const count = failed.size;
  const text = isOffline && count ? say(count === 1 ? "offlineOne" : "offline", { count: String(count) }) : "";
  if (text && !strip.isConnected) document.body.prepend(strip);
  if (strip.textContent !== text) strip.textContent = text;
  if (!text) strip.remove();
  document.querySelectorAll(".todos-row .todos-kept").forEach((line) => line.remove());
  document.querySelectorAll(".todos-unsaved").forEach((row) => row.classList.remove("todos-unsaved"));
  failed.forEach(mark);
}

/** @param {Kept} kept @param {string} key */
function mark({ url, name }, key) {
  const row = one(`#main #todo-row-${url.match(/[0-9a-f-]{36}/)}`);
  const line = one(":scope > .todos-line", row ?? undefined);
  if (!row || !line) return;
  row.classList.add("todos-unsaved");
  const text = Object.assign(document.createElement("p"), { className: "todos-kept", textContent: say("rowKept", { name }) });
  for (const act of ["retry", "discard"]) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: say(act) });
    button.addEventListener("click", () => document.dispatchEvent(new CustomEvent(`todos:kept-${act}`, { detail: { key } })));
    text.append(button);
  }
  line.append(text);
}

document.addEventListener("todos:kept", (event) => {
  ({ failed, isOffline } = /** @type {CustomEvent} */ (event).detail);
  show();
});
document.addEventListener("todos:swapped", show);
document.addEventListener("htmx:afterSwap", ({ target }) => /** @type {Element} */ (target).matches(".todos-row") && show());

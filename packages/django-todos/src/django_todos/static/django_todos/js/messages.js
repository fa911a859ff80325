// @ts-check
/**
 * Says what happened: a line for screen readers (`todos:say`), a toast (`todos:toast`), and what a page brings at its top.
 * A sentence is named: it stands in #todos-texts, in the reader's language.
 */

/** @typedef {{name?: string, text?: string, values?: Record<string, unknown>, retry?: () => void}} Message */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
/** @type {(name: string, values?: Record<string, unknown>) => string} */
const say = (name, values = {}) =>
  Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, String(value)), one("#todos-texts")?.dataset[name] ?? "");
/** @param {Event} event @returns {Message} */
const message = (event) => /** @type {CustomEvent} */ (event).detail;
/** @param {Message} detail */
const words = ({ name = "", text, values }) => text ?? say(name, values);

const SHOWN = 8000;
const region = one("#todos-toasts");
/** What the toast would try again, one after the other. @type {(() => void)[]} */
let pending = [];
let timer = 0;

document.addEventListener("todos:say", (event) => {
  const spoken = one("#todos-say");
  const text = words(message(event));
  if (!spoken || !text) return;
  spoken.textContent = "";
  setTimeout(() => (spoken.textContent = text), 60); // the same words twice are said twice
});

document.addEventListener("todos:toast", (event) => {
  const detail = message(event);
  const box = document.createElement("div");
  box.className = "todos-toast";
  box.append(Object.assign(document.createElement("span"), { textContent: words(detail) }));
  const { retry } = detail;
  if (!retry || !one("#todos-toasts [data-todos-stays]")) pending = [];
  if (retry) {
    pending.push(retry);
    box.dataset.todosStays = "";
    const again = Object.assign(document.createElement("button"), { type: "button", className: "todos-toast-act", textContent: say("retry") });
    again.addEventListener("click", () => (dismiss(), pending.forEach((run) => run())));
    box.append(again);
  }
  box.append(closeButton());
  region?.replaceChildren(box);
});

/** @returns {HTMLElement} */
function closeButton() {
  const button = Object.assign(document.createElement("button"), { type: "button" });
  button.dataset.todosDismiss = "";
  button.setAttribute("aria-label", say("close"));
  const cross = one("#todos-texts svg")?.cloneNode(true);
  if (cross) button.append(cross);
  return button;
}

/** What an action's page says at its top becomes a toast; that something was undone is only said. @param {HTMLElement | null} bar */
function take(bar) {
  if (!bar) return;
  bar.remove();
  const text = bar.firstElementChild?.textContent?.trim() ?? "";
  if (!one("button, a", bar) && text === say("undone")) return void document.dispatchEvent(new CustomEvent("todos:say", { detail: { text } }));
  bar.className = "todos-toast";
  bar.id = "toast";
  bar.removeAttribute("role");
  bar.querySelectorAll("a, button").forEach((act) => (act.className = "todos-toast-act"));
  bar.append(closeButton());
  region?.replaceChildren(bar);
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (/** @type {CustomEvent} */ (event).detail.target?.id === "main") take(one("#main #message-bar"));
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, serverResponse } = /** @type {CustomEvent} */ (event).detail;
  if (target.id === "todo") take(new DOMParser().parseFromString(serverResponse, "text/html").getElementById("message-bar"));
});

function hold() {
  clearTimeout(timer);
}

function dismiss() {
  hold();
  const within = region?.contains(document.activeElement);
  region?.replaceChildren();
  if (within) document.dispatchEvent(new CustomEvent("todos:focus", { detail: {} }));
}

function start() {
  hold();
  const toast = one("#todos-toasts > *");
  if (toast && !("todosStays" in toast.dataset)) timer = window.setTimeout(dismiss, SHOWN);
}

document.addEventListener("todos:dismiss", dismiss);
document.addEventListener("click", (event) => {
  if (/** @type {Element} */ (event.target).closest("[data-todos-dismiss]")) dismiss();
});
for (const name of ["pointerenter", "focusin"]) region?.addEventListener(name, hold);
for (const name of ["pointerleave", "focusout"]) region?.addEventListener(name, start);
if (region) new MutationObserver(() => region.firstElementChild && start()).observe(region, { childList: true });

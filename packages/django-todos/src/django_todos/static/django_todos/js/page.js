// @ts-check
/** First on every page: what the browser's clock says, and what is loaded on first use. */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
/** @param {string} name @param {object} [detail] */
const emit = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`todos:${name}`, { detail }));
// In a host's own base the frame says what on our own pages the body does.
for (const { name, value } of one(".todos-within")?.attributes ?? []) if (name.startsWith("data-todos-")) document.body.setAttribute(name, value);
const nonce = one("script[nonce]")?.nonce ?? "";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const { todosZoneUrl, todosZone } = document.body.dataset;
if (todosZoneUrl && zone && zone !== todosZone) {
  const token = /** @type {HTMLInputElement | null} */ (one(".todos [name=csrfmiddlewaretoken]"))?.value ?? "";
  fetch(todosZoneUrl, { method: "POST", body: new URLSearchParams({ zone, csrfmiddlewaretoken: token }) }).then((answer) => answer.ok && emit("refresh"), () => {});
}

/* What is loaded on first use: the body's data-todos-load-NAME holds its addresses, a click on [data-todos-NAME] asks for it. */

/** @type {Map<string, Promise<unknown>>} */
const loading = new Map();
/** @type {Set<string>} */
const loaded = new Set();
const parts = document.body.getAttributeNames().flatMap((name) => name.split("data-todos-load-")[1] ?? []);

/** @param {string} url */
const append = (url) => new Promise((resolve, reject) => {
  const isStyle = new URL(url, location.href).pathname.endsWith(".css");
  const part = isStyle ? Object.assign(document.createElement("link"), { rel: "stylesheet", href: url, nonce }) : Object.assign(document.createElement("script"), { type: "module", src: url, nonce });
  part.onload = resolve;
  part.onerror = () => reject(part.remove());
  document.head.append(part);
});

/** @param {string} name @param {() => void} then @param {boolean} [quiet]  nobody has asked for it: it is tried again the next time */
function load(name, then, quiet) {
  const urls = document.body.getAttribute(`data-todos-load-${name}`)?.trim().split(/\s+/) ?? [];
  if (!loading.has(name)) loading.set(name, Promise.all(urls.map(append)).then(() => loaded.add(name)));
  loading.get(name)?.then(then, () => loading.delete(name) && !quiet && emit("toast", { name: "failed", retry: () => load(name, then) }));
}

document.addEventListener("todos:load", (event) => {
  const { name, then = () => {}, quiet } = /** @type {CustomEvent} */ (event).detail;
  load(name, then, quiet);
});

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const name = parts.find((part) => !loaded.has(part) && target.closest(`[data-todos-${part}]`));
  if (!name) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // it is done again when the part is there
  const home = `#${CSS.escape(target.closest("[id]")?.id ?? "")}`;
  const again = () => (target.isConnected ? target : one(`:is(${home}, ${home} *)[data-todos-${name}]`)); // its row may be another by then
  load(name, () => again()?.dispatchEvent(new MouseEvent("click", event)));
}, true);

if (one(".todos-pick")) load("select", () => {}); // the page came with its squares
if (one("[data-todos-shortcuts-switch]")) load("help", () => {});

// With the first todo that is open, or where something waits to be saved; then whoever sends is listening already.
addEventListener("DOMContentLoaded", () => {
  if (one("#todo-form") || Object.keys(sessionStorage).some((key) => key.startsWith("todos-kept:"))) load("save", () => {});
});

// @ts-check
/** The menu of a row's grip; loaded with the first row in use. */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
/** @type {(selector: string, from?: ParentNode) => HTMLElement[]} */
const all = (selector, from = document) => [...from.querySelectorAll(selector)].map((found) => /** @type {HTMLElement} */ (found));
const float = () => one("#todos-float");
/** @param {string} id */
const gripOf = (id) => document.getElementById(id)?.querySelector(":scope > .todos-line > .todos-grip");
const ajax = (/** @type {string} */ url, /** @type {object} */ context) => /** @type {any} */ (window).htmx?.ajax("GET", url, context);

/** @param {HTMLElement} at  a row, or its grip */
async function openMove(at) {
  const row = /** @type {HTMLElement} */ (at.closest(".todos-row"));
  if (float()?.dataset.todosRow === row.id) return close(true);
  const url = new URL("move/", /** @type {HTMLAnchorElement} */ (one(".todos-title", row)).href);
  url.searchParams.set("next", one("#main")?.dataset.todosHere ?? location.pathname);
  url.searchParams.set("view", /** @type {HTMLInputElement | null} */ (one("[name=view]", row.closest("form") ?? document))?.value ?? "");
  await ajax(url.pathname + url.search, { source: ".todos", target: "#todos-float", select: "#move-menu", swap: "innerHTML", headers: { "HX-Boosted": "true" } });
  show(row.id);
}

/** The menu beside its grip; with the focus on what is wrong in it, if something is. @param {string} id */
function show(id) {
  const box = float();
  const row = document.getElementById(id);
  if (!box || !row) return;
  const grip = /** @type {HTMLElement | null} */ (gripOf(id) ?? null);
  box.dataset.todosRow = id;
  document.body.dataset.todosActed = id;
  grip?.setAttribute("aria-expanded", "true");
  const at = (grip?.offsetParent ? grip : row).getBoundingClientRect();
  box.style.insetBlockStart = `${Math.max(8, Math.min(at.bottom, innerHeight - box.offsetHeight - 8)) + scrollY}px`;
  box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8)) + scrollX}px`;
  (one("[aria-invalid=true]", box) ?? one("button", box))?.focus();
}

/** @param {boolean} back  focus the grip again, or where there is no order the title of its row */
function close(back) {
  const box = float();
  if (!box?.firstElementChild) return;
  const row = box.dataset.todosRow ?? "";
  const grip = /** @type {HTMLElement | null} */ (gripOf(row) ?? null);
  grip?.setAttribute("aria-expanded", "false");
  box.replaceChildren();
  delete box.dataset.todosRow;
  if (back) document.dispatchEvent(new CustomEvent("todos:focus", { detail: { row, part: grip?.offsetParent ? "grip" : "title" } }));
}

document.addEventListener("todos:sending", (event) => {
  const { form } = /** @type {CustomEvent} */ (event).detail;
  const id = float()?.contains(form) ? float()?.dataset.todosRow ?? "" : "";
  if (!id) return;
  document.dispatchEvent(new CustomEvent("todos:then", { detail: { run: () => document.dispatchEvent(new CustomEvent("todos:moved", { detail: { row: id } })) } }));
});

// What the menu asked for and could not be done comes back as the page of moving: its menu stands in place of the other.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (!float()?.firstElementChild || detail.target.id !== "main") return;
  if (detail.xhr.status !== 422 || !detail.serverResponse.includes('id="move-menu"')) return close(false);
  detail.target = float();
  detail.selectOverride = "#move-menu";
  const id = float()?.dataset.todosRow ?? "";
  document.addEventListener("htmx:afterSettle", () => show(id), { once: true });
});

document.addEventListener("todos:move", (event) => void openMove(/** @type {CustomEvent} */ (event).detail.row));
document.addEventListener("todos:escape", (event) => {
  if (!float()?.firstElementChild) return;
  event.preventDefault();
  close(true);
});

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (!float()?.contains(target) && !target.closest(".todos-grip")) close(false);
});

document.addEventListener("keydown", (event) => {
  const at = /** @type {HTMLElement} */ (event.target);
  if (!at.closest("#move-menu") || !/^Arrow(Up|Down)$/.test(event.key) || !at.matches("button")) return;
  const items = all("#todos-float button").filter((item) => item.checkVisibility());
  event.preventDefault();
  items.at((items.indexOf(at) + (event.key === "ArrowDown" ? 1 : -1)) % items.length)?.focus();
});

// @ts-check
/** Keys. Single ones act unless a field, a dialog or a popover has the focus, and where the person wants them at all. */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
/** @param {string} name @param {object} [detail] */
const emit = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`todos:${name}`, { detail, cancelable: true }));
const FIELD = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
const PRIORITY = /** @type {Record<string, string>} */ ({ 1: "high", 2: "medium", 3: "low", 0: "none" });
const row = () => /** @type {HTMLElement | null} */ (document.activeElement?.closest("#main .todos-row") ?? one("#main .todos-row[aria-current]"));
/** @param {string} part */
const inRow = (part) => /** @type {HTMLElement | null} */ (row()?.querySelector(`:scope > .todos-line .todos-${part}`) ?? null);
let going = 0;

/** @param {KeyboardEvent} event */
function escape(event) {
  const active = /** @type {HTMLElement | null} */ (document.activeElement);
  if (!emit("escape")) return; // somebody has closed something
  if (active?.matches(FIELD)) return event.preventDefault(), active.closest("#todo") ? one("#todo")?.focus({ preventScroll: true }) : active.blur();
  if (active?.closest("#todos-toasts")) return emit("dismiss");
  if (one("#todos-panel > *")) return emit("close");
  if (one("[data-todos-select-end]")) return one("[data-todos-select-end]")?.click();
  emit("cursor", { row: null });
  event.preventDefault();
}

/** Follow a link to a field that the page it leads to does not focus by itself. @param {string} link @param {string} field */
function follow(link, field) {
  sessionStorage.setItem("todos-focus", field);
  one(link)?.click();
}

/** @param {string} priority */
function setPriority(priority) {
  const at = row();
  if (!inRow("grip") && !(/** @type {HTMLButtonElement | null} */ (inRow("check"))?.disabled === false)) return;
  const view = /** @type {HTMLInputElement | null} */ (one("[name=view]", at?.closest("form") ?? document))?.value ?? "";
  document.body.dataset.todosActed = at?.id;
  emit("post", { ask: () => ({ url: new URL("set/", /** @type {HTMLAnchorElement} */ (inRow("title")).href).pathname, values: { priority, view } }), row: at?.id });
}

/** @type {Record<string, () => unknown>} */
const ACTS = {
  q: () => one("[data-todos-add]:not([data-todos-day-add])")?.click(),
  "/": () => (one("#search-text") ? one("#search-text")?.focus() : follow('[href$="/search/"]', "#search-text")),
  j: () => emit("step", { step: 1 }),
  k: () => emit("step", { step: -1 }),
  x: () => (inRow("pick") ?? inRow("check"))?.click(),
  v: () => row() && emit("pick", { row: row() }),
  m: () => row() && emit("load", { name: "rowmenu", then: () => emit("move", { row: row() }) }),
  e: () => inRow("title") && emit("open", { link: inRow("title"), edit: true }),
  g: () => (going = window.setTimeout(() => (going = 0), 1500)),
  z: () => one("[data-todos-undo]")?.click(),
  "?": () => emit("load", { name: "help", then: () => emit("help") }),
};

/** @param {string} key @returns {boolean} */
function letter(key) {
  if (going) {
    clearTimeout(going);
    going = 0;
    one(`[data-todos-go="${CSS.escape(key)}"]`)?.click();
  } else if (key in PRIORITY && row()) setPriority(PRIORITY[key]);
  else if (key in ACTS) ACTS[key]();
  else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  const at = /** @type {HTMLElement} */ (event.target);
  if (event.defaultPrevented || event.isComposing || at.closest?.(".todos-widget") || !one(".todos-frame")) return;
  if (event.key === "Escape" && !one("dialog[open]") && !one(":popover-open")) return escape(event);
  if ((at.matches(FIELD) && !at.closest("dialog:not([open])")) || one("dialog[open]")) return; // a dialog that has just closed keeps the focus a moment longer
  // The open todo is no list; nor is the page's body while one is open: what is typed there had been meant for a field.
  const isElsewhere = at.closest("#todos-panel") || at === document.body && one("#todos-panel > *");
  if (event.altKey && event.key.startsWith("Arrow")) return void (emit("arrow", { key: event.key }) || event.preventDefault());
  if (event.shiftKey && /^Arrow(Up|Down)$/.test(event.key) && row()) return event.preventDefault(), void emit("pick", { step: event.key === "ArrowDown" ? 1 : -1 });
  if (event.ctrlKey || event.metaKey || event.altKey || !("todosShortcuts" in document.body.dataset)) return;
  if (isElsewhere || one(":popover-open") && !one("#sidebar:popover-open")) return;
  if (letter(event.key)) event.preventDefault();
});

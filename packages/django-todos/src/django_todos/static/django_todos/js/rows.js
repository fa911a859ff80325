// @ts-check
/** Rows: the one under the cursor (`todos:step`), the one acted on last, where the focus goes (`todos:focus`), a tick under way. */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
/** @type {(selector: string, from?: ParentNode) => HTMLElement[]} */
const all = (selector, from = document) => [...from.querySelectorAll(selector)].map((found) => /** @type {HTMLElement} */ (found));

const HOLD = 400;
const FOCUSABLE = ["check", "grip", "pick"];
const rows = () => all("#main .todos-row").filter((row) => row.offsetParent !== null);
/** @type {(row: Element | null, part: string) => HTMLElement | null} */
const inLine = (row, part) => row && row.querySelector(`:scope > .todos-line .todos-${part}`);
const focused = () => /** @type {HTMLElement | null} */ (document.activeElement?.closest("#main .todos-row") ?? null);

/** @param {Element | null} row */
function setCursor(row) {
  all("#main .todos-row[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
  row?.setAttribute("aria-current", "true");
}

document.addEventListener("todos:cursor", (event) => setCursor(/** @type {CustomEvent} */ (event).detail.row));

document.addEventListener("todos:step", (event) => {
  const { step } = /** @type {CustomEvent} */ (event).detail;
  const list = rows();
  const at = list.indexOf(/** @type {HTMLElement} */ (focused() ?? one("#main .todos-row[aria-current]")));
  const next = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + step))];
  if (!next) return;
  setCursor(next);
  inLine(next, "title")?.focus();
  next.firstElementChild?.scrollIntoView({ block: "nearest" });
});

document.addEventListener("todos:focus", (event) => {
  const { row: id = document.body.dataset.todosActed, part = "title", near } = /** @type {CustomEvent} */ (event).detail;
  const row = document.getElementById(id ?? "") ?? document.getElementById(near ?? "");
  const target = inLine(row, part) ?? inLine(row, "title") ?? one("#quick-add-text") ?? one("#main");
  const box = target?.getBoundingClientRect();
  target?.focus({ preventScroll: !!box && box.top >= 0 && box.bottom <= innerHeight });
});

/* What survives when #main is swapped: the focus and the cursor, by row; what is typed, by field; what is selected. */

/** @typedef {{row?: string, part: string, near?: string, cursor?: string, typed: Map<string, string>, picked: string[]}} Kept */
/** @type {Kept | null} */
let kept = null;

/** @returns {Kept} */
function remember() {
  const active = /** @type {HTMLElement | null} */ (document.activeElement);
  const elsewhere = !active || active === document.body || !!active.closest("#todos-float, #todos-toasts");
  const row = focused() ?? (elsewhere ? document.getElementById(document.body.dataset.todosActed ?? "") : null);
  const list = rows().filter((other) => other === row || !row?.contains(other));
  const at = list.indexOf(/** @type {HTMLElement} */ (row));
  const fields = /** @type {HTMLInputElement[]} */ (all("#main :is(textarea, input[type=text], input[type=search], input:not([type]))[id]"));
  return {
    row: row?.id,
    part: FOCUSABLE.find((name) => active?.classList.contains(`todos-${name}`)) ?? "title",
    near: (list[at + 1] ?? list[at - 1])?.id,
    cursor: one("#main .todos-row[aria-current]")?.id,
    typed: new Map(fields.filter((field) => field.value !== field.defaultValue).map((field) => [field.id, field.value])),
    picked: /** @type {HTMLInputElement[]} */ (all("#main .todos-pick:checked")).map((box) => box.value),
  };
}

/** @param {Kept} was */
function restore({ row, part, near, cursor, typed, picked }) {
  typed.forEach((value, id) => {
    const field = /** @type {HTMLInputElement | null} */ (document.getElementById(id));
    if (field && field.getAttribute("aria-invalid") !== "true") field.value = value;
  });
  picked.forEach((value) => {
    const box = /** @type {HTMLInputElement | null} */ (one(`.todos-pick[value="${CSS.escape(value)}"]`));
    if (box) box.checked = true;
  });
  setCursor(document.getElementById(cursor ?? "") ?? document.getElementById(one("#todos-panel")?.dataset.todosRow ?? ""));
  const wrong = one("#main [aria-invalid=true]");
  if (wrong) wrong.focus();
  else if (row && document.activeElement === document.body) document.dispatchEvent(new CustomEvent("todos:focus", { detail: { row, part, near } }));
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, shouldSwap } = /** @type {CustomEvent} */ (event).detail;
  if (target.id === "main" && shouldSwap) kept = remember();
});

// At once, not when it has settled: the next key may come before that.
document.addEventListener("htmx:afterSwap", (event) => {
  const { target } = /** @type {CustomEvent} */ (event).detail;
  if (target?.id !== "main" || !kept) return;
  const was = kept;
  kept = null;
  restore(was);
  document.dispatchEvent(new CustomEvent("todos:swapped"));
});

/* A tick: the row says that it is being saved when that takes a while; afterwards the same part of it has the focus. */

let saving = 0;

document.addEventListener("todos:sending", (event) => {
  const { by } = /** @type {CustomEvent} */ (event).detail;
  const row = by?.matches(".todos-check") ? by.closest(".todos-row") : null;
  if (row) saving = window.setTimeout(() => row.classList.add("todos-saving"), HOLD);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target } = /** @type {CustomEvent} */ (event).detail;
  if (!target.matches?.(".todos-row")) return;
  const part = FOCUSABLE.find((name) => document.activeElement?.classList.contains(`todos-${name}`)) ?? "title";
  const held = target.contains(document.activeElement) ? { row: target.id, part } : null;
  const isCursor = target.hasAttribute("aria-current");
  const inPanel = !!target.closest("#todos-panel");
  document.addEventListener("htmx:afterSwap", () => {
    if (isCursor) setCursor(document.getElementById(target.id));
    if (held && document.activeElement === document.body) document.dispatchEvent(new CustomEvent("todos:focus", { detail: held }));
    if (inPanel) document.dispatchEvent(new CustomEvent("todos:refresh")); // the same row stands in the list
  }, { once: true });
});

document.addEventListener("htmx:afterRequest", () => {
  clearTimeout(saving);
  all(".todos-saving").forEach((row) => row.classList.remove("todos-saving"));
});

/* Fetched when first needed: what stands over a row, with the first row in use; selecting, with what asks for it. */

/** @param {string} name @param {() => void} then @param {boolean} [quiet] */
const fetched = (name, then, quiet) => document.dispatchEvent(new CustomEvent("todos:load", { detail: { name, then, quiet } }));
const again = { name: "" };
/** What began before its script was there (a press, Alt and an arrow) begins again with it. @param {Event} event */
const inUse = (event) => {
  const at = /** @type {Element} */ (event.target);
  if (!(event.type === "todos:arrow" ? focused() ?? one("#main .todos-row[aria-current]") : at.closest?.(":is(#main, #todos-panel) .todos-row"))) return;
  if (event.type === "todos:arrow") event.preventDefault();
  if (event.type === "pointerdown" || event.type === "todos:arrow") again.name = event.type;
  fetched("rowmenu", () => {
    USES.forEach((name) => document.removeEventListener(name, inUse));
    if (again.name !== event.type) return;
    at.dispatchEvent(event.type === "pointerdown" ? new PointerEvent("pointerdown", event) : new CustomEvent(event.type, { detail: /** @type {CustomEvent} */ (event).detail, cancelable: true }));
  }, true);
};
const USES = ["pointerover", "focusin", "pointerdown", "todos:arrow"];
USES.forEach((name) => document.addEventListener(name, inUse));
for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => again.name === "pointerdown" && (again.name = ""));

document.addEventListener("todos:pick", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  fetched("select", () => document.dispatchEvent(new CustomEvent("todos:select", { detail })));
});
document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const row = event.ctrlKey || event.metaKey || event.shiftKey ? target.closest("#main .todos-row") : null;
  if (!row || target.closest(".todos-pick, .todos-acts, .todos-grip")) return;
  event.preventDefault();
  event.stopPropagation();
  document.dispatchEvent(new CustomEvent("todos:pick", { detail: { row, extend: event.shiftKey } }));
}, true);

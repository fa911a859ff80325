// @ts-check
/** Several rows at once: circles turn into squares where they stand, and a bar below does one thing to all of them. Loaded on first use. */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
/** @type {(selector: string, from?: ParentNode) => HTMLElement[]} */
const all = (selector, from = document) => [...from.querySelectorAll(selector)].map((found) => /** @type {HTMLElement} */ (found));
/** @param {string} name @param {object} [detail] */
const emit = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`todos:${name}`, { detail }));
const { bulk = "", pick = "", all: selectAll = "" } = one("#todos-row-menu")?.dataset ?? {};
const form = () => one("#todos-rows-form");
const isOn = () => !!form()?.matches(".todos-selecting");
/** @param {Element | null} row @returns {HTMLInputElement | null} */
const boxOf = (row) => row && row.querySelector(":scope > .todos-line > .todos-pick");
const rows = () => all(".todos-row", form() ?? document).filter((row) => row.offsetParent && boxOf(row));

/** The rows that are selected, while rows are selected here: a page that is swapped meanwhile gets them back. @type {string[] | null} */
let held = null;
/** @type {Element | null} */
let anchor = null;
let bar = "";

async function start() {
  const of = form();
  if (!of || isOn()) return;
  held = [];
  of.classList.add("todos-selecting");
  for (const row of all(".todos-row", of)) {
    const check = /** @type {HTMLButtonElement | null} */ (row.querySelector(":scope > .todos-line > .todos-check"));
    if (!check || check.disabled || row.closest("#completed")) continue;
    const box = Object.assign(document.createElement("input"), { type: "checkbox", className: "todos-pick", name: "todo", value: row.id.replace("todo-row-", "") });
    box.setAttribute("aria-label", pick.replace("{title}", one(".todos-title", row)?.textContent?.trim() ?? ""));
    check.before(box);
  }
  const every = Object.assign(document.createElement("button"), { type: "button", className: "todos-bulk-all", textContent: selectAll.replace("{count}", String(rows().length)) });
  every.addEventListener("click", () => (rows().forEach((row) => set(row, true)), told()));
  one(".todos-head-line")?.append(every);
  bar ||= await fetch(bulk).then((answer) => (answer.ok ? answer.text() : ""), () => "");
  if (!bar) return end(), emit("toast", { name: "failed", retry: start });
  const part = new DOMParser().parseFromString(bar, "text/html").getElementById("bulk-bar");
  if (part && isOn() && !one("#bulk-bar")) of.append(part);
  told();
}

function end() {
  const on = document.activeElement?.closest(".todos-row") ?? anchor;
  held = anchor = null;
  form()?.classList.remove("todos-selecting");
  all("#main .todos-pick, #bulk-bar, .todos-bulk-all").forEach((part) => part.remove());
  emit("focus", { row: on?.id });
}

/** @param {Element | null} row @param {boolean} [on] */
function set(row, on) {
  const box = boxOf(row);
  if (box) box.checked = on ?? !box.checked;
}

/** How many are selected, said by the bar. */
function told() {
  const picked = /** @type {HTMLInputElement[]} */ (all("#main .todos-pick:checked"));
  if (held) held = picked.map((box) => box.value);
  const line = one("[data-todos-selected]");
  if (line) line.textContent = (one("#todos-texts")?.dataset.selected ?? "").replace("{count}", String(picked.length)).replace("{total}", String(rows().length));
  const date = one(".todos-bulk [data-todos-date]");
  if (date) date.dataset.title = line?.textContent ?? "";
}

document.addEventListener("todos:select", async (event) => {
  const { row: asked = null, extend = false, step = 0 } = /** @type {CustomEvent} */ (event).detail;
  const wasOn = isOn();
  const started = start();
  let row = asked ?? one("#main .todos-row[aria-current]");
  if (step) {
    if (!wasOn || !anchor?.isConnected) set((anchor = row), true);
    emit("step", { step });
    row = one("#main .todos-row[aria-current]");
  }
  if (row && (extend || step) && anchor?.isConnected) {
    const list = rows();
    const [from, to] = [list.indexOf(/** @type {HTMLElement} */ (anchor)), list.indexOf(/** @type {HTMLElement} */ (row))].sort((a, b) => a - b);
    if (step) list.forEach((other) => set(other, false));
    list.slice(Math.max(0, from), to + 1).forEach((other) => set(other, true));
  } else if (row) {
    set(row);
    anchor = row;
  }
  getSelection()?.removeAllRanges();
  told();
  await started;
});

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (target.closest("[data-todos-select]")) return event.preventDefault(), emit("select");
  if (held && target.closest("[data-todos-select-end]")) return event.preventDefault(), end();
  const row = target.closest("#todos-rows-form .todos-row");
  if (!held || !boxOf(row) || target.closest(".todos-pick") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault(); // a tap anywhere in a row is one on its square
  event.stopPropagation();
  emit("select", { row });
}, true);

document.addEventListener("change", (event) => {
  const box = /** @type {Element} */ (event.target);
  if (box.matches(".todos-pick")) (anchor = box.closest(".todos-row")), told();
});
document.addEventListener("keydown", (event) => {
  const field = /** @type {HTMLElement} */ (event.target);
  if (event.key !== "Enter" || !field.matches(".todos-bulk input")) return;
  event.preventDefault(); // else the first button of the form would be meant: a row's
  /** @type {HTMLElement | null} */ (field.nextElementSibling)?.click();
});
document.addEventListener("todos:sending", (event) => {
  if (/** @type {CustomEvent} */ (event).detail.by?.closest(".todos-bulk")) held = null;
});
document.addEventListener("todos:swapped", () => {
  if (!held || isOn()) return told();
  const were = held;
  void start();
  rows().forEach((row) => set(row, were.includes(boxOf(row)?.value ?? "")));
  told();
});
told();

// @ts-check
/** What stands over the row in use, and a row's menu (⋯, right click, Shift+F10, a long press). Loaded with the first row in use. */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
/** @type {(selector: string, from?: ParentNode) => HTMLElement[]} */
const all = (selector, from = document) => [...from.querySelectorAll(selector)].map((found) => /** @type {HTMLElement} */ (found));
/** @param {string} name @param {object} [detail] */
const emit = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`todos:${name}`, { detail }));
const source = /** @type {HTMLTemplateElement} */ (one("#todos-row-menu"));
const made = /** @type {DocumentFragment} */ (source.content.cloneNode(true));
const acts = /** @type {HTMLElement} */ (one(".todos-acts", made));
const menu = /** @type {HTMLElement} */ (one(".todos-ctx", made));
const [due, bars, more] = all("button", acts);
const WIDE = matchMedia("(hover: hover) and (min-width: 56rem)");
const HOLD = 500;
const OURS = ":is(#main, #todos-panel) .todos-row, :is(#main, #todos-panel) .todos-row *";
const isInPanel = (/** @type {Element} */ row) => !!row.closest("#todos-panel");

/** @param {Element | null | undefined} at  @returns {HTMLElement | null} */
const rowAt = (at) => (at?.matches(OURS) ? /** @type {HTMLElement | null} */ (at.closest(".todos-row")) : null);
/** @param {Element} row @param {string} part */
const inLine = (row, part) => /** @type {HTMLElement | null} */ (row.querySelector(`:scope > .todos-line .todos-${part}`));
const title = (/** @type {Element} */ row) => /** @type {HTMLAnchorElement} */ (inLine(row, "title"));
/** Who can't change a todo has a circle that can't be pressed; while rows are selected the bar does it all. @param {Element} row */
const isOurs = (row) => /** @type {HTMLButtonElement | null} */ (inLine(row, "check"))?.disabled === false && !row.closest(".todos-selecting");

/* The buttons over the row */

/** @param {HTMLElement | null} row */
function stand(row) {
  if (!row || !WIDE.matches || !isOurs(row) || acts.contains(document.activeElement) || menu.matches(":popover-open")) return;
  const isCurrent = row.hasAttribute("aria-current");
  [due, bars, more].forEach((button) => (button.tabIndex = isCurrent ? 0 : -1));
  if (acts.parentElement === row.firstElementChild) return;
  const now = inLine(row, "due");
  due.className = `todos-act-due ${now?.className.match(/todos-due-\w+/)?.[0] ?? ""}`;
  due.replaceChildren(...(now?.childNodes.length ? [...now.childNodes].map((node) => node.cloneNode(true)) : [icon("calendar")]));
  due.setAttribute("aria-label", [now?.textContent?.replace(/\s+/g, " ").trim(), now?.childNodes.length ? source.dataset.change : source.dataset.give].filter(Boolean).join(". "));
  due.dataset.title = title(row).textContent?.trim();
  row.firstElementChild?.append(acts);
}

/** @param {string} name */
const icon = (name) => {
  const svg = /** @type {SVGElement} */ (one("svg", more)?.cloneNode(true));
  one("use", svg)?.setAttribute("href", `#todos-i-${name}`);
  return svg;
};

document.addEventListener("pointerover", (event) => event.pointerType === "mouse" && stand(rowAt(/** @type {Element} */ (event.target))));
document.addEventListener("focusin", (event) => stand(rowAt(/** @type {Element} */ (event.target))));
document.addEventListener("todos:swapped", () => stand(rowAt(document.activeElement)));
// Not under a mouse that is being pressed: its click would go to neither of the two.
stand(rowAt(document.activeElement) ?? rowAt(one(".todos-row:hover .todos-line:hover:not(:active)")));

/* The menu */

/** @type {HTMLElement | null} */
let row = null;
/** @type {HTMLElement | null} */
let opener = null;
let isPress = false; // opened by a press: the click that ends it is none

/** @param {string} day  ISO @param {number} days */
function dayAfter(day, days) {
  const at = new Date(`${day}T00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** The days that have a button of their own. @returns {Record<string, string>} */
function days() {
  const { today = "", weekStart = "0" } = source.dataset;
  const weekday = (new Date(`${today}T00:00Z`).getUTCDay() + 6) % 7;
  const next = (/** @type {number} */ wanted) => dayAfter(today, ((wanted - weekday + 6) % 7) + 1);
  return { today, tomorrow: dayAfter(today, 1), weekend: next(5), week: next(Number(weekStart)) };
}

/** @param {HTMLElement} of @param {{x: number, y: number, only?: string}} where @param {HTMLElement | null} by */
function open(of, { x, y, only = "" }, by) {
  row = of;
  opener = by ?? title(of);
  const name = title(of).textContent?.trim() ?? "";
  const due = one(":scope > .todos-line .todos-due time", of)?.getAttribute("datetime")?.slice(0, 10);
  const priority = /todos-p-(\w+)/.exec(inLine(of, "check")?.className ?? "")?.[1] ?? "none";
  const dates = days();
  menu.setAttribute("aria-label", name);
  /** @type {HTMLElement} */ (one(".todos-ctx-title", menu)).textContent = name;
  const seen = new Set();
  for (const button of all("[data-day]", menu)) {
    const day = dates[button.dataset.day ?? ""];
    const at = new Date(`${day}T00:00Z`);
    const words = /** @type {HTMLElement} */ (one("span", button));
    if (button.dataset.day !== "today") words.textContent = at.toLocaleDateString(document.documentElement.lang, { weekday: "short", timeZone: "UTC" });
    button.setAttribute("aria-label", [words.textContent, button.title, at.toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "long", timeZone: "UTC" })].filter(Boolean).join(", "));
    button.dataset.iso = day;
    button.hidden = seen.has(day); // tomorrow may be the weekend
    seen.add(day);
    button.setAttribute("aria-checked", String(day === due));
  }
  all("[data-priority]", menu).forEach((button) => button.setAttribute("aria-checked", String(button.dataset.priority === priority)));
  all("[data-do=copy]", menu).forEach((button) => (button.hidden = !navigator.clipboard));
  all("[data-do=select]", menu).forEach((button) => (button.hidden = isInPanel(of)));
  menu.classList.toggle("todos-ctx-only", !!only);
  of.closest("#main, #todos-panel")?.append(menu); // in a landmark
  of.classList.add("todos-row-held");
  by?.setAttribute("aria-expanded", "true");
  menu.showPopover();
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(8, y + menu.offsetHeight + 8 > innerHeight ? Math.min(y, innerHeight) - menu.offsetHeight - 8 : y)}px`;
  (one(only ? "[data-priority][aria-checked=true]" : "[data-do]", menu))?.focus();
}

/** @param {boolean} [back] */
function close(back = true) {
  if (!menu.matches(":popover-open")) return;
  menu.hidePopover();
  row?.classList.remove("todos-row-held");
  opener?.setAttribute("aria-expanded", "false");
  if (opener && !opener.matches(".todos-acts button")) opener.removeAttribute("aria-expanded");
  if (back) opener?.focus({ preventScroll: true });
}

/** @param {HTMLElement} button */
function act(button) {
  const of = /** @type {HTMLElement} */ (row);
  const { do: what = "", iso, priority } = button.dataset;
  const link = title(of);
  const view = /** @type {HTMLInputElement | null} */ (one("[name=view]", of.closest("form") ?? document))?.value ?? "";
  /** @param {string} end @param {object} values @param {string} [part] */
  const post = (end, values, part) => emit("post", { ask: () => ({ url: new URL(`${end}/`, link.href).pathname, values: { view, ...values } }), row: part, inPanel: isInPanel(of) });
  document.body.dataset.todosActed = of.id;
  close(what !== "edit");
  if (what === "edit") emit("open", { link, edit: true });
  else if (what === "day") post("set", { due: iso });
  else if (what === "priority") post("set", { priority }, of.id);
  else if (what === "duplicate" || what === "delete") post(what, {});
  else if (what === "move") emit("move", { row: of });
  else if (what === "select") emit("pick", { row: of });
  else if (what === "copy") void navigator.clipboard.writeText(link.href).then(() => emit("toast", { text: source.dataset.copied }));
  else if (what === "date") openDate(of);
}

/** @param {HTMLElement} of */
function openDate(of) {
  if (!acts.isConnected || acts.parentElement !== of.firstElementChild) of.firstElementChild?.append(acts);
  due.dataset.title = title(of).textContent?.trim();
  due.click();
}

/** Up and down go by lines, left and right within one, a letter to the next that begins with it. @param {KeyboardEvent} event */
function step(event) {
  const items = all("[data-do]", menu).filter((item) => item.offsetParent);
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const line = (/** @type {HTMLElement} */ item) => item.closest(".todos-pickrow") ?? item;
  const lines = [...new Set(items.map(line))];
  const here = lines.indexOf(line(items[at] ?? items[0]));
  const turned = getComputedStyle(menu).direction === "rtl" ? -1 : 1;
  const go = (/** @type {number} */ by) => {
    const next = lines.at((here + by) % lines.length);
    return items.find((item) => line(item) === next && item.getAttribute("aria-checked") === "true") ?? items.find((item) => line(item) === next);
  };
  const keys = /** @type {Record<string, () => HTMLElement | undefined>} */ ({
    ArrowDown: () => go(1),
    ArrowUp: () => go(-1),
    ArrowRight: () => items.at((at + turned) % items.length),
    ArrowLeft: () => items.at((at - turned) % items.length),
    Home: () => items[0],
    End: () => items.at(-1),
  });
  const starts = (/** @type {HTMLElement} */ item) => item.textContent?.trim().toLowerCase().startsWith(event.key.toLowerCase());
  const letter = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey;
  const next = keys[event.key]?.() ?? (letter ? [...items.slice(at + 1), ...items].find(starts) : null);
  if (next || letter) event.preventDefault();
  next?.focus();
}

menu.addEventListener("keydown", (event) => {
  event.stopPropagation(); // no key of the page while its menu is open
  if (event.key === "Escape" || event.key === "Tab") return event.preventDefault(), close();
  step(event);
});
menu.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-do]"));
  if (button) act(button);
});

for (const button of [bars, more])
  button.addEventListener("click", () => {
    const of = rowAt(button);
    if (!of || menu.matches(":popover-open")) return close();
    const box = button.getBoundingClientRect();
    open(of, { x: box.right - 264, y: box.bottom + 2, only: button.dataset.act === "bars" ? "priority" : "" }, button);
  });

// A click elsewhere closes the menu and does nothing else, as menus do.
document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (!menu.matches(":popover-open") || menu.contains(target) || target.closest(".todos-acts")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!isPress) close();
}, true);
// Before anybody looks where the focus is: on the row again, which is found after the swap.
document.addEventListener("htmx:beforeSwap", (event) => /** @type {CustomEvent} */ (event).detail.target?.contains?.(menu) && close(), true);
addEventListener("resize", () => close());

document.addEventListener("contextmenu", (event) => {
  const at = /** @type {Element} */ (event.target);
  const of = rowAt(at);
  if (!of || event.defaultPrevented || event.shiftKey && event.button === 2 || !isOurs(of) || at.closest("input, textarea")) return;
  event.preventDefault();
  close(false);
  const isKey = event.button !== 2 || !event.clientX; // Shift+F10: under the title
  const box = title(of).getBoundingClientRect();
  open(of, isKey ? { x: box.left, y: box.bottom + 4 } : { x: event.clientX, y: event.clientY }, isKey ? /** @type {HTMLElement} */ (document.activeElement) : null);
});

/* A long press. Where rows can be dragged, it lifts (move.js); let go where it was, it says `todos:pressed`. */

let press = 0;
/** @param {HTMLElement} of @param {{x: number, y: number}} where */
function pressed(of, where) {
  if (menu.matches(":popover-open") || !isOurs(of)) return;
  isPress = true;
  open(of, where, null);
}
document.addEventListener("todos:pressed", (event) => pressed(/** @type {CustomEvent} */ (event).detail.row, /** @type {CustomEvent} */ (event).detail));
document.addEventListener("pointerdown", (event) => {
  isPress = false;
  clearTimeout(press);
  const of = rowAt(/** @type {Element} */ (event.target));
  if (!of || event.pointerType !== "touch" || of.closest("[data-todos-order], [data-todos-days]")) return;
  press = window.setTimeout(() => pressed(of, { x: event.clientX, y: event.clientY }), HOLD);
});
for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => clearTimeout(press));
document.addEventListener("scroll", () => clearTimeout(press), { passive: true });

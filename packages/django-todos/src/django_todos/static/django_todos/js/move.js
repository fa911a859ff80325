// @ts-check
/** Moving a todo: by keys, by its grip, by a long press. Every move is one that the move menu offers too. */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
/** @type {(selector: string, from?: ParentNode) => HTMLElement[]} */
const all = (selector, from = document) => [...from.querySelectorAll(selector)].map((found) => /** @type {HTMLElement} */ (found));
/** @param {string} name @param {object} [detail] */
const emit = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`todos:${name}`, { detail }));
const ORDERED = "[data-todos-order], [data-todos-days]";
const HOLD = 400;
const INDENT = 28;
/** @param {Element | null} row */
const gripOf = (row) => row?.querySelector(":scope > .todos-line > .todos-grip");
const turned = (/** @type {Element} */ row) => getComputedStyle(row).direction === "rtl";

/** @param {string} id  of the row @param {(row: HTMLElement) => Record<string, string> | null} where  asked when earlier moves are done */
function move(id, where) {
  document.body.dataset.todosActed = id;
  emit("post", {
    ask: () => {
      const row = document.getElementById(id);
      const values = row && where(row);
      return values && { url: new URL("move/", /** @type {HTMLAnchorElement} */ (one(".todos-title", row)).href).pathname, values };
    },
  });
  emit("then", { run: () => emit("moved", { row: id }) });
}

document.addEventListener("todos:moved", (event) => {
  const row = document.getElementById(/** @type {CustomEvent} */ (event).detail.row);
  if (!row?.parentElement || row.closest("[data-todos-days]")) return; // by day, the message says where it went
  const siblings = all(":scope > .todos-row", row.parentElement);
  emit("say", { name: "place", values: { place: siblings.indexOf(row) + 1, count: siblings.length } });
});

/* By day: a row is dropped on a day, or moved by days. */

/** The first day that todos can move to, on a page by day: the viewer's today. @param {Element} row */
const firstDay = (row) => /** @type {HTMLElement | null} */ (row.closest("[data-todos-days]"))?.dataset.todosDays ?? "";

/** So many days from an ISO date. @param {string} day @param {number} days */
function dayAfter(day, days) {
  const at = new Date(`${day}T00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** The day that a row stands under; what is overdue stands before today. @param {Element} row */
function dayOf(row) {
  const section = /** @type {HTMLElement | null} */ (row.closest("[data-todos-day]"));
  return section?.dataset.todosDay || dayAfter(firstDay(row), -1);
}

/** @param {number} days @returns {(row: HTMLElement) => Record<string, string> | null} */
const byDays = (days) => (row) => {
  const day = dayAfter(dayOf(row), days);
  if (day >= firstDay(row)) return { to: "day", day };
  emit("say", { name: "edge" });
  return null;
};

document.addEventListener("todos:arrow", (event) => {
  const { key } = /** @type {CustomEvent} */ (event).detail;
  const row = /** @type {HTMLElement | null} */ (document.activeElement?.closest("#main .todos-row") ?? one("#main .todos-row[aria-current]"));
  if (!row?.closest(ORDERED) || !gripOf(row)) return;
  const [inward, outward] = turned(row) ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
  const to = { ArrowUp: "up", ArrowDown: "down", [inward]: "in", [outward]: "out" }[key];
  if (!to || (firstDay(row) && !/^Arrow(Up|Down)$/.test(key))) return;
  event.preventDefault();
  move(row.id, firstDay(row) ? byDays(to === "up" ? -1 : 1) : () => ({ to }));
});

/* Dragging */

/** @type {{row: HTMLElement, ghost: HTMLElement, line: HTMLElement, x: number, y: number, dx: number, dy: number, to: Record<string, string> | null} | null} */
let drag = null;
let press = 0;

/** How deep a row stands in its list. @param {Element} row */
function depthOf(row) {
  let depth = 0;
  for (let up = row.parentElement?.closest(".todos-row"); up; up = up.parentElement?.closest(".todos-row")) depth += 1;
  return depth;
}

/** @param {HTMLElement} row @param {PointerEvent} event */
function lift(row, event) {
  const box = /** @type {HTMLElement} */ (row.firstElementChild).getBoundingClientRect();
  const ghost = document.createElement("div");
  ghost.className = "todos-row-drag";
  ghost.append(/** @type {HTMLElement} */ (row.firstElementChild).cloneNode(true));
  ghost.inert = true;
  ghost.style.inlineSize = `${box.width}px`;
  const line = document.createElement("div");
  line.className = "todos-drop";
  line.hidden = true;
  one(".todos")?.append(ghost, line);
  row.classList.add("todos-dragging");
  document.body.classList.add("todos-no-select");
  drag = { row, ghost, line, x: event.clientX, y: event.clientY, dx: event.clientX - box.left, dy: event.clientY - box.top, to: null };
  emit("say", { name: "lifted" });
  follow(event);
}

/** @param {PointerEvent} event */
function follow(event) {
  if (!drag) return;
  drag.ghost.style.left = `${event.clientX - drag.dx}px`;
  drag.ghost.style.top = `${event.clientY - drag.dy}px`;
  if (event.clientY < 60) scrollBy(0, -12);
  else if (event.clientY > innerHeight - 60) scrollBy(0, 12);
  if (firstDay(drag.row)) followDay(drag, event.clientY);
  else followOrder(drag, event);
}

/** @param {NonNullable<typeof drag>} held @param {PointerEvent} event */
function followOrder(held, event) {
  const list = all(".todos-row", /** @type {HTMLElement} */ (held.row.closest("[data-todos-order]"))).filter((row) => !held.row.contains(row) && !row.closest("#completed"));
  const found = list.findIndex((row) => {
    const box = /** @type {HTMLElement} */ (row.firstElementChild).getBoundingClientRect();
    return event.clientY < box.top + box.height / 2;
  });
  const at = found < 0 ? list.length : found;
  const [above, below] = [list[at - 1], list[at]];
  const side = turned(held.row) ? -1 : 1;
  const wanted = depthOf(held.row) + Math.round((side * (event.clientX - held.x)) / INDENT);
  const lowest = below && above?.contains(below) ? depthOf(below) : below ? Math.min(depthOf(below), above ? depthOf(above) + 1 : 0) : 0;
  const deepest = Number(one("#todos-texts")?.dataset.maxDepth);
  const highest = above ? Math.min(deepest, depthOf(above) + (above.classList.contains("todos-done") ? 0 : 1)) : 0;
  const level = Math.max(lowest, Math.min(highest, wanted));
  held.to = place(above, below, level);
  const edge = (above ?? below)?.closest("ul.todos-rows")?.getBoundingClientRect();
  const y = below ? below.firstElementChild?.getBoundingClientRect().top : above?.firstElementChild?.getBoundingClientRect().bottom;
  held.line.hidden = !held.to;
  if (!edge || y === undefined) return;
  const indent = 44 + level * INDENT;
  held.line.style.top = `${y - 1 + scrollY}px`;
  held.line.style.left = `${(side > 0 ? edge.left + indent : edge.left) + scrollX}px`;
  held.line.style.inlineSize = `${edge.width - indent}px`;
}

/** @param {NonNullable<typeof drag>} held @param {number} y */
function followDay(held, y) {
  const over = all("[data-todos-day]").find((section) => {
    const box = section.getBoundingClientRect();
    return y >= box.top && y < box.bottom;
  });
  const day = over?.dataset.todosDay ?? "";
  held.to = day && day !== dayOf(held.row) ? { to: "day", day } : null;
  all(".todos-day-target").forEach((section) => section.classList.remove("todos-day-target"));
  if (held.to) over?.classList.add("todos-day-target");
}

/**
 * Where "between these two, at this level" is, in the server's words.
 * @param {HTMLElement | undefined} above
 * @param {HTMLElement | undefined} below
 * @param {number} level
 * @returns {Record<string, string> | null}
 */
function place(above, below, level) {
  const uuid = (/** @type {Element} */ row) => row.id.replace("todo-row-", "");
  if (!above) return below ? { to: "before", anchor: uuid(below) } : null;
  if (level > depthOf(above)) return above.contains(below ?? null) && below ? { to: "before", anchor: uuid(below) } : { to: "under", anchor: uuid(above) };
  /** @type {Element} */
  let anchor = above;
  while (depthOf(anchor) > level) anchor = /** @type {Element} */ (anchor.parentElement?.closest(".todos-row"));
  return { to: "after", anchor: uuid(anchor) };
}

/** @param {boolean} drop */
function letGo(drop) {
  clearTimeout(press);
  if (!drag) return;
  const { row, ghost, line, to } = drag;
  drag = null;
  ghost.remove();
  line.remove();
  row.classList.remove("todos-dragging");
  all(".todos-day-target").forEach((section) => section.classList.remove("todos-day-target"));
  if (drop && to) move(row.id, () => to);
  setTimeout(() => document.body.classList.remove("todos-no-select")); // after the click that ends the drag
}

document.addEventListener("pointerdown", (event) => {
  const at = /** @type {Element} */ (event.target);
  const row = /** @type {HTMLElement | null} */ (at.closest(":is([data-todos-order], [data-todos-days]) .todos-row"));
  if (!row || event.button || !gripOf(row) || at.closest("#completed")) return;
  const start = { x: event.clientX, y: event.clientY };
  const isGrip = !!at.closest(".todos-grip");
  if (!isGrip && event.pointerType !== "touch") return;
  const stop = () => {
    clearTimeout(press);
    removeEventListener("pointermove", moved);
    removeEventListener("pointerup", up);
    removeEventListener("pointercancel", cancel);
  };
  /** @param {PointerEvent} next */
  const moved = (next) => {
    const far = Math.hypot(next.clientX - start.x, next.clientY - start.y);
    if (drag) follow(next);
    else if (isGrip && far > 4) lift(row, next);
    else if (!isGrip && far > 10) stop(); // a scroll, not a press
  };
  /** @param {PointerEvent} next */
  const up = (next) => {
    const isPress = drag && !isGrip && Math.hypot(next.clientX - start.x, next.clientY - start.y) < 10;
    stop();
    letGo(!isPress);
    if (isPress) emit("pressed", { row, x: start.x, y: start.y }); // it was lifted and let go: its menu
  };
  const cancel = () => (stop(), letGo(false));
  addEventListener("pointermove", moved);
  addEventListener("pointerup", up);
  addEventListener("pointercancel", cancel);
  if (!isGrip) press = window.setTimeout(() => lift(row, event), HOLD);
});

document.addEventListener("todos:escape", (event) => drag && (event.preventDefault(), letGo(false)));
document.addEventListener("touchmove", (event) => drag && event.preventDefault(), { passive: false });
document.addEventListener("contextmenu", (event) => drag && event.preventDefault());
document.addEventListener("click", (event) => document.body.classList.contains("todos-no-select") && (event.preventDefault(), event.stopPropagation()), true);

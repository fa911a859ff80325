// @ts-check
/** The month of the date popover: six weeks, one day of them in the tab order; `todos:month {day, chosen}` on it says which. */

/** @type {(selector: string, from?: ParentNode) => HTMLElement} */
const one = (selector, from = document) => /** @type {HTMLElement} */ (from.querySelector(selector));
const month = () => one("#date-picker .todos-date-month");
const data = () => one("#date-picker").dataset;
const DAY = ".todos-day-btn";

/** @param {string} day */
const date = (day) => new Date(`${day}T00:00Z`);
/** @param {string} day @param {Intl.DateTimeFormatOptions} options */
const format = (day, options) => new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: "UTC", ...options }).formatToParts(date(day));
/** @param {string} day @param {"long" | "narrow"} weekday */
const weekdayOf = (day, weekday) => format(day, { weekday })[0].value;
/** @param {string} day */
const monthOf = (day) => format(day, { month: "long" }).map(({ value }) => value).join("");
/** As it is said beside a day: "листопада", and "11" where the catalog says 月. @param {string} day */
const monthBesideOf = (day) => format(day, { month: "long", day: "numeric" }).find(({ type }) => type === "month")?.value ?? "";

/** @param {string} day @param {number} days */
function plus(day, days) {
  const moved = date(day);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}

/** The same day of another month, or its last. @param {string} day @param {number} months */
function plusMonths(day, months) {
  const moved = date(`${day.slice(0, 7)}-01`);
  moved.setUTCMonth(moved.getUTCMonth() + months);
  const last = date(moved.toISOString().slice(0, 10));
  last.setUTCMonth(last.getUTCMonth() + 1, 0);
  return plus(moved.toISOString().slice(0, 10), Math.min(Number(day.slice(8)), last.getUTCDate()) - 1);
}

/** How far into its week a day is. @param {string} day */
const into = (day) => (date(day).getUTCDay() + 6 - Number(data().weekStart) + 7) % 7;

/** @param {string} day  in which month @param {string} at  the day in the tab order */
function cell(day, at) {
  const { today, chosen, day: order = "" } = data();
  const button = Object.assign(document.createElement("button"), { type: "button", className: "todos-day-btn", textContent: String(Number(day.slice(8))) });
  button.dataset.todosDay = day;
  button.tabIndex = day === at ? 0 : -1;
  button.classList.toggle("todos-day-out", day.slice(0, 7) !== at.slice(0, 7));
  button.ariaLabel = order.replace("{day}", button.textContent ?? "").replace("{month}", monthBesideOf(day));
  button.ariaPressed = String(day === chosen);
  if (day === today) button.setAttribute("aria-current", "date");
  const td = document.createElement("td");
  td.append(button);
  return td;
}

/** @param {string} at */
function draw(at) {
  const head = one("h2", month());
  const first = `${at.slice(0, 7)}-01`;
  const begin = plus(first, -into(first));
  const named = format(first, { month: "long", year: "numeric" });
  /** The month and what is written to it without a space: 11月. @param {Intl.DateTimeFormatPart} part @param {number} at */
  const ofMonth = ({ type, value }, at) => type === "month" || (named[at - 1]?.type === "month" && !value.startsWith(" "));
  head.replaceChildren(...named.map((part, at) => (ofMonth(part, at) ? part.value : Object.assign(document.createElement("span"), { textContent: part.value }))));
  one("caption", month()).textContent = named.map(({ value }) => value).join("");
  for (const step of [-1, 1]) one(`[data-todos-months="${step}"]`, month()).ariaLabel = monthOf(plusMonths(first, step));
  const heads = [0, 1, 2, 3, 4, 5, 6].map((day) => Object.assign(document.createElement("th"), { scope: "col", abbr: weekdayOf(plus(begin, day), "long"), textContent: weekdayOf(plus(begin, day), "narrow") }));
  one("thead", month()).replaceChildren(row(heads));
  one("tbody", month()).replaceChildren(...[0, 7, 14, 21, 28, 35].map((week) => row(heads.map((_, day) => cell(plus(begin, week + day), at)))));
  mark(); // what is known already; the rest is asked for
  const { todosSrc } = month().dataset;
  /** @type {any} */ (window).htmx.ajax("GET", `${todosSrc}?first=${begin}`, { source: month(), target: "#todos-date-busy", select: "#todos-date-busy", swap: "outerHTML" });
}

/** @param {HTMLElement[]} cells */
function row(cells) {
  const tr = document.createElement("tr");
  tr.append(...cells);
  return tr;
}

/** The dots below days with something to do. */
function mark() {
  for (const day of one("#todos-date-busy").textContent?.split(/\s+/) ?? []) {
    const button = day && one(`${DAY}[data-todos-day="${day}"]:not([data-busy])`, month());
    if (!button) continue;
    button.dataset.busy = "";
    button.ariaLabel = (data().hasTodos ?? "").replace("{day}", button.ariaLabel ?? "");
  }
}

document.addEventListener("htmx:afterSwap", (event) => /** @type {CustomEvent} */ (event).detail.requestConfig?.elt === month() && mark());

/** @param {string} day */
function go(day) {
  const was = one(`${DAY}[tabindex="0"]`, month());
  if (day.length !== 10) return; // where the calendar ends
  if (day.slice(0, 7) !== was.dataset.todosDay?.slice(0, 7)) draw(day);
  const now = one(`${DAY}[data-todos-day="${day}"]`, month());
  was.tabIndex = -1;
  now.tabIndex = 0;
  return now;
}

document.addEventListener("todos:month", (event) => draw(/** @type {CustomEvent} */ (event).detail.day));

document.addEventListener("click", (event) => {
  const step = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("#date-picker [data-todos-months]"));
  const at = step && one(`${DAY}[tabindex="0"]`, month()).dataset.todosDay;
  if (step && at) go(plusMonths(at, Number(step.dataset.todosMonths)));
});

document.addEventListener("keydown", (event) => {
  const { todosDay: at } = /** @type {HTMLElement} */ (event.target).dataset;
  if (!at || !/** @type {Element} */ (event.target).matches(DAY) || event.ctrlKey || event.altKey || event.metaKey) return;
  const forward = document.documentElement.dir === "rtl" ? -1 : 1;
  const to = /** @type {Record<string, () => string>} */ ({
    ArrowLeft: () => plus(at, -forward),
    ArrowRight: () => plus(at, forward),
    ArrowUp: () => plus(at, -7),
    ArrowDown: () => plus(at, 7),
    Home: () => plus(at, -into(at)),
    End: () => plus(at, 6 - into(at)),
    PageUp: () => plusMonths(at, event.shiftKey ? -12 : -1),
    PageDown: () => plusMonths(at, event.shiftKey ? 12 : 1),
  })[event.key];
  if (!to) return;
  event.preventDefault();
  go(to())?.focus();
}, true);

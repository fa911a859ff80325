// @ts-check
/**
 * The date popover: one for rows, the open todo and the selection. What opens it has `data-todos-date`; what is chosen is told
 * there as `todos:date {date, time, zone, words}`, and done here unless somebody prevents that. Under 56rem it is a sheet.
 */

/** @typedef {{date: string, time: string, zone: string}} When */
/** @type {(selector: string, from?: ParentNode | null) => HTMLInputElement | null} */
const one = (selector, from = document) => from?.querySelector(selector) ?? null;
/** @param {string} name @param {object} [detail] */
const emit = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`todos:${name}`, { detail }));
const MANY = "many"; // todos, of many dates or none
const RULE = "#set-repeat [popovertarget]"; // where an open todo has its repeat
const NARROW = matchMedia("(max-width: 55.99rem)");
const pop = () => /** @type {HTMLDialogElement} */ (/** @type {unknown} */ (one("#date-picker")));
/** @param {string} id */
const field = (id) => /** @type {HTMLInputElement} */ (one(`#todos-date-${id}`));
const htmx = () => /** @type {any} */ (window).htmx;

/** @type {HTMLElement | null} */
let opener = null;
/** What it was when the popover opened. @type {When} */
let was = { date: "", time: "", zone: "" };
let wanted = false; // Enter was pressed before the text was read
/** What was left before its text was read. @type {HTMLElement | null} */
let unread = null;
/** Texts that are no date, by the row that they were typed for. @type {Map<string | undefined, string>} */
const kept = new Map();
const keyOf = (/** @type {Element} */ at) => at.closest(".todos-row")?.id;

/** The inputs of the value that an opener stands for. @param {Element} at @param {string} part */
const inputOf = (at, part) => one(`[name$="_${part}"]:not([name^="initial-"])`, at.closest("[data-todos-when]"));

/** @param {HTMLElement} at @returns {When} */
function valueOf(at) {
  const { date, time = "", zone = "" } = at.dataset;
  if (at.closest(".todos-bulk")) return { date: MANY, time: "", zone: "" };
  if (date !== undefined) return { date, time, zone };
  const [day = "", clock = ""] = one("time", at.closest(".todos-line"))?.getAttribute("datetime")?.split("T") ?? [];
  return { date: inputOf(at, "date")?.value ?? day, time: inputOf(at, "time")?.value ?? clock, zone: inputOf(at, "tz")?.value ?? "" };
}

/** Where the focus returns to: what opened it; of due words, which can't have it, the title of their row. @param {HTMLElement} at */
const home = (at) => (at.matches("button, summary") ? at : one(".todos-title", at.closest(".todos-row")));

/** @param {HTMLElement} at */
async function open(at) {
  const zone = pop()?.dataset.tz;
  const today = zone && new Intl.DateTimeFormat("sv", { timeZone: zone }).format();
  if (pop()?.dataset.today !== today) pop()?.remove(); // a day has passed
  if (!pop()) {
    await htmx().ajax("GET", document.body.dataset.todosDateUrl, { source: "#todos-float", target: "body", swap: "beforeend" });
    if (!pop()) return;
    pop().addEventListener("keydown", (event) => event.stopPropagation()); // single keys are not meant
    pop().addEventListener("toggle", (event) => /** @type {ToggleEvent} */ (event).newState === "closed" && closed());
    pop().addEventListener("close", closed);
  }
  const around = at.closest("dialog") ?? document.body; // beside an open dialog it could not be used
  if (pop().parentElement !== around) around.append(pop());
  opener = at;
  unread = null;
  was = valueOf(at);
  fill(at);
  if (at.matches("button")) at.ariaExpanded = "true";
  home(at)?.focus();
  document.body.dataset.todosActed = at.closest(".todos-row")?.id ?? document.body.dataset.todosActed ?? "";
  if (NARROW.matches) pop().showModal();
  else pop().showPopover(), place();
  (NARROW.matches ? one(".todos-day-btn[tabindex='0']", pop()) : field("text"))?.focus();
}

/** @param {HTMLElement} at */
function fill(at) {
  const { title, what = "due", repeat } = at.dataset;
  const row = at.closest(".todos-row");
  const rule = one('.todos-meta [href="#todos-i-repeat"]', row)?.closest(".todos-bit")?.lastChild?.textContent?.trim();
  const sheet = pop();
  sheet.ariaLabel = sheet.dataset[what] ?? "";
  /** @type {HTMLElement} */ (one(".todos-pop-head > span", sheet)).textContent = title ?? one(".todos-title", row)?.textContent?.trim() ?? one("#todo-title")?.textContent ?? one("[data-todos-selected]")?.textContent ?? "";
  sheet.dataset.chosen = was.date;
  field("text").value = kept.get(keyOf(at)) ?? "";
  field("text").ariaInvalid = field("text").value ? "true" : null;
  if (field("text").value || field("read").dataset.text) htmx().trigger(field("text"), "todos-read");
  field("time").value = was.time;
  /** @type {HTMLElement} */ (one(".todos-date-more", sheet)).hidden = !!at.closest(".todos-bulk, .todos-over-foot");
  field("rule").textContent = repeat || rule || sheet.dataset.never || "";
  /** @type {HTMLElement} */ (field("rule").parentElement).hidden = what === "start";
  setZone(was.zone);
  sheet.dispatchEvent(new CustomEvent("todos:month", { detail: { day: was.date && was.date !== MANY ? was.date : sheet.dataset.today }, bubbles: true }));
}

/** Europe/Lisbon is Lisbon to a reader. @param {string} zone */
const city = (zone) => zone.split("/").pop()?.replaceAll("_", " ") ?? "";

/** @param {string} zone */
function setZone(zone) {
  const select = field("tz");
  if (!one(`[value="${zone}"]`, select)) select.append(new Option(city(zone), zone));
  select.value = zone;
  const said = one("summary span span", pop());
  if (said) said.textContent = /** @type {any} */ (select).selectedOptions[0].text;
}

/** Below what opened it, or above where there is room; always inside the window. */
function place() {
  if (!opener || !pop().matches(":popover-open")) return;
  const { style, offsetWidth: width, offsetHeight: height } = pop();
  const at = opener.getBoundingClientRect();
  const isRtl = document.documentElement.dir === "rtl";
  const start = isRtl ? at.right + 12 - width : at.left - 12;
  const below = at.bottom + 2;
  style.left = `${Math.max(8, Math.min(start, innerWidth - width - 8))}px`;
  style.top = `${below + height <= innerHeight - 8 || at.top < height + 8 ? Math.max(8, Math.min(below, innerHeight - height - 8)) : at.top - height - 2}px`;
}
addEventListener("resize", () => pop() && place());

const shut = () => (pop().matches(":popover-open") ? pop().hidePopover() : pop().close());

/** What the text says, where it says something: its words and that. @returns {[string, Partial<When>]} */
function typed() {
  const text = field("text").value.trim();
  const { text: read, date, time, zone } = field("read").dataset;
  if (!text || read !== field("text").value || date === undefined) return ["", {}];
  return [text, date && time ? { date, time, zone } : date ? { date } : { date, time: "", zone: "" }];
}

/** It is left: what was changed in it is done. */
function closed() {
  if (!opener) return;
  const at = opener.isConnected ? opener : document.getElementById(opener.id) ?? opener;
  opener = null;
  if (at.matches("button")) at.ariaExpanded = "false";
  if (document.activeElement === document.body) home(at)?.focus();
  if (document.activeElement === document.body) emit("focus"); // its row is another one by now
  finish(at);
}

/** @param {HTMLElement} at */
function finish(at) {
  const text = field("text").value.trim();
  const [words, said] = typed();
  if (text && field("read").dataset.text !== field("text").value) {
    unread = at;
    return htmx().trigger(field("text"), "todos-read");
  }
  kept.delete(keyOf(at));
  if (text && !words) return refuse(at, text);
  const now = { date: pop().dataset.chosen ?? "", time: field("time").value, zone: field("tz").value, ...said };
  if (!now.date && now.time && !was.date && !words) now.date = dayOf(now.time);
  if (!now.date) now.time = "";
  if (!now.time) now.zone = "";
  if (now.date === was.date && now.time === was.time && now.zone === was.zone) return;
  tell(at, now, words);
}

/** A text that is no date: an open todo has a field where it stays with the reason; a row's popover has it again. @param {HTMLElement} at @param {string} text */
function refuse(at, text) {
  if (at.closest("[data-todos-when]")) return keep(at, { ...was, date: text });
  kept.set(keyOf(at), text);
  emit("toast", { text: `“${text}”: ${field("read").textContent?.trim()}` });
}

/** @param {HTMLElement} at @param {When} now @param {string} [words] */
function tell(at, now, words = "") {
  if (at.dispatchEvent(new CustomEvent("todos:date", { detail: { ...now, words }, bubbles: true, cancelable: true }))) keep(at, now);
}

/** The next day that has this time. @param {string} time */
function dayOf(time) {
  const { today = "", tz } = pop().dataset;
  const clock = new Intl.DateTimeFormat("sv", { timeZone: tz, timeStyle: "short" }).format();
  return time > clock ? today : (/** @type {HTMLElement[]} */ ([...pop().querySelectorAll("[data-todos-day]")])[1].dataset.todosDay ?? today);
}

/** @param {HTMLElement} at @param {When} now */
function keep(at, now) {
  const row = at.closest(".todos-row");
  const many = one("[name=date]", at.closest(".todos-bulk"));
  if (many) {
    if (now.time) many.type = "text"; // a field for days would drop it
    many.value = now.date && now.time ? `${now.date}T${now.time}` : now.date;
    one('[name=do][value="date"]', at.closest(".todos-bulk"))?.click();
  } else if (at.closest("[data-todos-when]")) {
    const inputs = [inputOf(at, "date"), inputOf(at, "time"), inputOf(at, "tz")];
    const values = [now.date, now.time, now.zone];
    if (inputs[0]) inputs[0].type = "text"; // that takes words, too
    const changed = inputs.filter((input, part) => input && input.value !== values[part] && [(input.value = values[part])]);
    for (const input of changed) for (const name of ["input", "change"]) input?.dispatchEvent(new Event(name, { bubbles: true }));
  } else if (row) {
    const url = new URL("set/", /** @type {HTMLAnchorElement} */ (/** @type {unknown} */ (one(".todos-title", row))).href).pathname;
    const isTimed = now.time !== was.time || now.zone !== was.zone;
    document.body.dataset.todosActed = row.id;
    emit("post", { ask: () => ({ url, values: { due: now.date, ...(isTimed && now.date ? { due_time: now.time, due_tz: now.zone } : {}) } }), inPanel: !!row.closest("#todos-panel") });
  }
}

/** Enter: what was typed is set once it has been read. */
function settle() {
  const text = field("text");
  if (!text.value.trim()) return shut();
  wanted = field("read").dataset.text !== text.value;
  if (wanted) return htmx().trigger(text, "todos-read");
  text.ariaInvalid = String(!typed()[0]);
  if (typed()[0]) shut();
}

document.addEventListener("htmx:afterSwap", () => {
  const at = unread;
  if (at && field("read").dataset.text === field("text").value) (unread = null), finish(at);
});
document.addEventListener("htmx:afterSwap", () => wanted && pop()?.contains(document.activeElement) && field("read").dataset.text === field("text").value && settle());

document.addEventListener("click", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const at = /** @type {HTMLElement | null} */ (target.closest("[data-todos-date]"));
  const day = /** @type {HTMLElement | null} */ (target.closest("#date-picker [data-todos-day]"));
  if (at?.dataset.clear !== undefined) {
    was = valueOf(at);
    tell(at, { date: "", time: "", zone: "" });
  } else if (at) {
    event.preventDefault(); // without a script it may open something else
    void open(at);
  } else if (day) {
    field("text").value = "";
    pop().dataset.chosen = day.dataset.todosDay;
    if (!day.dataset.todosDay) field("time").value = "";
    shut();
  } else if (target.closest("#date-picker [data-todos-shut]") || target === pop()) shut();
  else if (target.closest("#todos-date-rule")) {
    const from = opener;
    shut();
    if (!from?.dispatchEvent(new CustomEvent("todos:repeat", { bubbles: true, cancelable: true }))) return;
    const link = one(".todos-title", from.closest(".todos-row"));
    const rule = one(RULE);
    if (link) emit("open", { link, edit: RULE });
    else if (rule) rule.click(), rule.focus();
  }
});

document.addEventListener("keydown", (event) => {
  const { id = "" } = /** @type {HTMLElement} */ (event.target);
  if (event.key !== "Enter" || event.isComposing || !["todos-date-text", "todos-date-time"].includes(id)) return;
  event.preventDefault();
  if (id === "todos-date-text") settle();
  else shut();
}, true);

document.addEventListener("input", (event) => {
  if (event.target === field("text")) (wanted = false), (field("text").ariaInvalid = null);
});
document.addEventListener("change", (event) => event.target === field("tz") && setZone(field("tz").value));

// All the zones there are, when they are asked for.
document.addEventListener("toggle", (event) => {
  if (!(/** @type {Element} */ (event.target).matches(".todos-date-zone[open]"))) return;
  const select = field("tz");
  const zones = Intl.supportedValuesOf("timeZone").filter((zone) => !one(`[value="${zone}"]`, select));
  select.append(...zones.map((zone) => new Option(city(zone), zone)).sort((a, b) => a.text.localeCompare(b.text)));
  place();
}, true);

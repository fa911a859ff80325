// @ts-check
/**
 * The open todo saves itself, set by set (#set-title, …), as one leaves it. What is typed is kept in sessionStorage from
 * the first key on, with the value that was seen before, until the server has said yes; wherever the todo is shown
 * meanwhile, what is kept stands in it.
 */

/** @typedef {{url: string, name: string, data: [string, string][], left: boolean}} Kept */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
/** @param {string} name @param {object} [detail] */
const emit = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`todos:${name}`, { detail }));
/** @type {(name: string, values?: Record<string, string>) => string} */
const say = (name, values = {}) => (one("#todos-texts")?.dataset[name] ?? "").replace("{name}", values.name ?? "");

const KEY = `todos-kept:${document.body.dataset.todosUser ?? ""}`;
/** @returns {Record<string, Kept>} */
const kept = () => JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
/** @param {string} key @param {Kept | null} entry */
function keep(key, entry) {
  const all = kept();
  if (entry) all[key] = entry;
  else delete all[key];
  sessionStorage.setItem(KEY, JSON.stringify(all));
  if (!entry) told(key, false);
}

/** Keys of what could not be saved. @type {Set<string>} */
const failed = new Set();
let isOffline = false;

/** @param {string} key @param {boolean} isFailed */
function told(key, isFailed) {
  if (isFailed) failed.add(key);
  else if (!failed.delete(key)) return;
  const all = Object.entries(kept()).filter(([one]) => failed.has(one));
  emit("kept", { failed: new Map(all), isOffline });
}

const form = () => /** @type {HTMLFormElement | null} */ (one("#todo-form"));
const shown = () => form()?.getAttribute("action") ?? "";
const sets = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#todo-form [data-todos-set]")]);
/** @type {(target: EventTarget | null) => HTMLElement | null} */
const setOf = (target) => (target instanceof Element ? target.closest("#todo-form [data-todos-set]") : null);
/** @param {Element} set */
const keyOf = (set) => `${shown()} ${set.id}`;
/** @param {Element} set */
const fields = (set) => /** @type {HTMLInputElement[]} */ ([...set.querySelectorAll("[name]")]);
/** @param {Element} set @returns {[string, string][]} */
function read(set) {
  const names = new Set(fields(set).map(({ name }) => name));
  return [...new FormData(/** @type {HTMLFormElement} */ (form()))].filter(([name]) => names.has(name)).map(([name, value]) => [name, String(value)]);
}
/** @type {(data: [string, string][], name: string) => string[]} */
const values = (data, name) => data.filter(([key]) => key === name).map(([, value]) => value);
const HELPS = /^(initial-|keep_)/;

/** @param {Element} set */
function isChanged(set) {
  const data = read(set);
  return fields(set).some(({ name }) => !HELPS.test(name) && String(values(data, name)) !== String(values(data, `initial-${name}`)));
}

/** @param {Element} set @param {[string, string][]} data */
function write(set, data) {
  const rest = new Map(data.map(([name]) => [name, values(data, name)]));
  for (const field of fields(set)) {
    const said = rest.get(field.name) ?? [];
    if (field.type === "checkbox" || field.type === "radio") field.checked = said.includes(field.value);
    else if (said.length) {
      if (field.type === "date") field.type = "text"; // that takes words, too
      field.value = said.shift() ?? "";
    }
  }
}

/** @param {Element} set @param {boolean} left  to be sent, now or when that can be */
function remember(set, left) {
  keep(keyOf(set), isChanged(set) || sending === keyOf(set) || one(".todos-conflict", set) ? { url: shown(), name: /** @type {HTMLElement} */ (set).dataset.todosSet ?? "", data: read(set), left } : null);
}

/* Sending: one at a time, in the page's queue. */

let sent = "";
/** Whose answer is awaited: what it says now may be what it said before that was sent, and is another value than that. */
let sending = "";
let waiting = 0;
/** A field that is replaced is not left. */
let swapping = false;
/** The set that had the focus before. */
let within = "";

/** @param {string} text @param {boolean} [bad] */
function status(text, bad = false) {
  const line = one("#todo-saved");
  if (!line) return;
  line.textContent = text;
  line.classList.toggle("todos-saved-bad", bad);
}

/** @param {string} key */
function send(key) {
  emit("post", {
    ask: () => {
      const entry = kept()[key];
      if (!entry) return null;
      sent = JSON.stringify(entry.data);
      sending = key;
      waiting = window.setTimeout(() => status(say("saving")), 400);
      const data = Object.fromEntries(entry.data.map(([name]) => [name, values(entry.data, name)]));
      const view = /** @type {HTMLInputElement | null} */ (one("#main [name=view]"))?.value ?? "";
      return { url: entry.url, values: { ...data, only: key.split(" set-")[1], view }, target: "body", swap: "none", headers: { "Todos-Save": key } };
    },
  });
}

const sendAll = () => Object.entries(kept()).forEach(([key, { left }]) => left && send(key));

/** @param {Element | null} set */
function leave(set) {
  if (!set?.isConnected || one(".todos-conflict", set)) return;
  remember(set, true);
  if (kept()[keyOf(set)]) send(keyOf(set));
}

/** @type {EventTarget | null} */
let pressed = null;
document.addEventListener("pointerdown", (event) => (pressed = event.target), true);
document.addEventListener("keydown", () => (pressed = null), true);
document.addEventListener("input", (event) => {
  const set = setOf(event.target);
  if (set) remember(set, false);
});
document.addEventListener("change", (event) => {
  const set = setOf(event.target);
  const { type, name } = /** @type {HTMLInputElement} */ (event.target);
  if (!set || HELPS.test(name) || "todosLeave" in set.dataset) return;
  if (/^(radio|select-one)$/.test(type) || !event.isTrusted) leave(set); // date.js sets its values by itself
});
document.addEventListener("focusout", (event) => {
  const set = swapping ? null : setOf(event.target);
  if (set && ![event.relatedTarget, pressed].some((to) => to instanceof Node && set.contains(to))) leave(set);
});
document.addEventListener("todos:leave", (event) => leave(setOf(event.target)));
document.addEventListener("visibilitychange", () => document.hidden && sets().filter(isChanged).forEach(leave));
// A page that goes may be the tab being closed, with its sessionStorage; what arrives twice is saved once.
addEventListener("pagehide", () => {
  sets().filter(isChanged).forEach((set) => remember(set, true));
  const token = /** @type {HTMLInputElement | null} */ (one("[name=csrfmiddlewaretoken]", form() ?? document))?.value ?? "";
  for (const [key, { url, data, left }] of Object.entries(kept()))
    if (left) navigator.sendBeacon(url, new URLSearchParams([...data, ["only", key.split(" set-")[1]], ["csrfmiddlewaretoken", token]]));
});
document.addEventListener("submit", (event) => {
  if (event.target !== form() || /** @type {SubmitEvent} */ (event).submitter?.hasAttribute("formaction") || !("htmx" in window)) return;
  event.preventDefault();
  for (const set of sets()) {
    if (!isChanged(set) && !one(".todos-conflict", set)) continue;
    remember(set, true);
    send(keyOf(set));
  }
}, true);

/* What comes back. */

/** Sets in whose fields what is kept has been put. @type {WeakSet<Element>} */
const seen = new WeakSet();

/** @param {string} [refused]  the one that came back with what is wrong: only its values are older than what is kept */
function restore(refused) {
  for (const set of sets()) {
    if (seen.has(set)) continue;
    seen.add(set);
    const data = kept()[keyOf(set)]?.data;
    if (data) write(set, keyOf(set) === refused ? data.filter(([name]) => !HELPS.test(name)) : data);
  }
  emit("restored");
}

/** What is in an answer for this page: not what somebody is at, or what else is kept. @param {string} key */
function parts(key) {
  const [path, id] = key.split(" ");
  const mine = path === shown() ? sets().filter((set) => set.id === id || (!set.contains(document.activeElement) && !kept()[keyOf(set)])) : [];
  const row = `#todo-row-${path.match(/[0-9a-f-]{36}/)}`;
  const reminders = path === shown() && !one("#reminders")?.contains(document.activeElement) ? ["#reminders"] : []; // before which date
  return [...mine.map((set) => `#${set.id}`), ...reminders, ...(one(row) ? [row] : []), "#sidebar"];
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, xhr, etc, serverResponse } = /** @type {CustomEvent} */ (event).detail;
  const key = requestConfig.headers["Todos-Save"];
  swapping = true;
  within = setOf(document.activeElement)?.id ?? "";
  clearTimeout(waiting);
  if (key === sending) sending = ""; // what the answer brings is as it was saved
  if (!key || ![200, 409, 422].includes(xhr.status)) return;
  const entry = kept()[key];
  etc.selectOOB = parts(key).join();
  if (xhr.status !== 200) return;
  if (key.startsWith(`${shown()} `)) {
    const isNew = serverResponse.includes('id="todo-undo"'); // else it had been saved before: then that stays, with its way back
    if (isNew || !one("#todo-undo")) status(say("saved"));
    if (isNew) etc.selectOOB += ",#todo-saved:innerHTML";
  }
  if (!entry || JSON.stringify(entry.data) === sent) return keep(key, null);
  const stored = /** @type {[string, string][]} */ (JSON.parse(sent)).filter(([name]) => !HELPS.test(name)).map(([name, value]) => [`initial-${name}`, value]);
  keep(key, { ...entry, data: [...entry.data.filter(([name]) => !HELPS.test(name)), .../** @type {[string, string][]} */ (stored)] });
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { requestConfig, xhr } = /** @type {CustomEvent} */ (event).detail;
  const key = requestConfig?.headers["Todos-Save"];
  swapping = false;
  if (key === sending) sending = "";
  const refused = [409, 422].includes(xhr.status) && !xhr.getResponseHeader("Retry-After");
  restore(refused ? key : "");
  if (within && document.activeElement === document.body) one(`#${within} :is(textarea, select, [popovertarget], :checked, [data-todos-date], input:not([type=hidden], [type=radio]))`)?.focus();
  within = "";
  if (!key || !refused) return;
  const { name } = kept()[key] ?? { name: "" };
  if (!key.startsWith(`${shown()} `)) return emit("toast", { text: say("unsaved", { name }) });
  status(say("unsaved", { name }), true);
  const set = one(`#${key.split(" ")[1]}`);
  const at = setOf(document.activeElement);
  if (set && (!at || at === set || !kept()[keyOf(at)])) one(".todos-conflict input, [aria-invalid=true]", set)?.focus();
});

document.addEventListener("todos:unsent", (event) => {
  const { key, status: code } = /** @type {CustomEvent} */ (event).detail;
  if (!key) return;
  clearTimeout(waiting);
  const entry = kept()[key];
  const set = key.startsWith(`${shown()} `) ? one(`#${key.split(" ")[1]}`) : null;
  if (!entry) return;
  if (code > 401 && code < 500 && code !== 409) return keep(key, { ...entry, left: false }); // gone, or not one's to change: said in a toast, and no more tried
  event.preventDefault();
  isOffline = !code;
  told(key, true);
  status(say("unsaved", { name: entry.name }), true);
  if (!set || code === 401) return;
  one(".todos-kept", set)?.remove();
  const line = Object.assign(document.createElement("p"), { className: "todos-kept", textContent: say(code ? "broken" : "kept") });
  const again = Object.assign(document.createElement("button"), { type: "button", textContent: say("retry") });
  again.addEventListener("click", () => send(key));
  line.append(again);
  set.append(line);
});

document.addEventListener("htmx:load", () => swapping || restore());
addEventListener("online", sendAll);
document.addEventListener("todos:kept-retry", (event) => send(/** @type {CustomEvent} */ (event).detail.key));
document.addEventListener("todos:kept-discard", (event) => {
  const { key } = /** @type {CustomEvent} */ (event).detail;
  keep(key, null);
  const set = key.startsWith(`${shown()} `) ? one(`#${key.split(" ")[1]}`) : null;
  if (!set) return;
  write(set, read(set).flatMap(([name, value]) => (name.startsWith("initial-") ? [[name.slice(8), value]] : [])));
  one(".todos-kept", set)?.remove();
  status("");
  emit("restored");
});
document.addEventListener("todos:signed-in", sendAll);
restore();
sendAll();

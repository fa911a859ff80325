// @ts-check
/**
 * django-todos: what pages do beyond plain links and forms. One module, no build, nothing but the page's own htmx.
 *
 * Everything here rides on the pages' plain forms: they are posted with fetch, and of the page that the server answers
 * with, #main and #sidebar are put in place. Ticking, "More" and the panel use htmx and its fragments. Without this
 * file every action still works.
 */

/** @typedef {{row?: string, part?: string, panel?: boolean, near?: string}} Focus  a row's id, what in it has the focus, whether it is the one in the panel, the row to focus when it is gone */

const MENUS = "details.todos-menu[open]";
const SENT = "#todos-rows-form, #todo-rows-form, #quick-add, #move-menu form, #toast, #message-bar, #todo-delete-form, .todos-subtask-add form";
const KEPT = ["quick-add", "search-form"]; // what somebody may be typing in stays the same element
const WIDE = matchMedia("(min-width: 72rem)");
const HOLD = 400;

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
/** @type {(selector: string, from?: ParentNode) => HTMLElement[]} */
const all = (selector, from = document) => [...from.querySelectorAll(selector)].map((found) => /** @type {HTMLElement} */ (found));
/** @type {(name: string, values?: Record<string, unknown>) => string} */
const say = (name, values = {}) =>
  Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, String(value)), one("#todos-texts")?.dataset[name] ?? "");
const htmx = () => /** @type {any} */ (window).htmx;
const token = () => /** @type {HTMLInputElement | null} */ (one(".todos [name=csrfmiddlewaretoken]"))?.value ?? "";

/** The list or view that the page shows; the address bar may name a todo opened beside it. */
let page = new URL(location.href);
/** The row that was acted on last: where focus goes after Undo. */
let acted = "";
/** @type {Focus | null} */
let pending = null;
/** The row under the cursor, while htmx replaces it. */
let cursor = "";

all(".todos").forEach((root) => root.classList.add("todos-js"));

/* Saying things ------------------------------------------------------------------------------------ */

/** @param {string} text */
function announce(text) {
  const region = one("#todos-say");
  if (!region || !text) return;
  region.textContent = "";
  setTimeout(() => (region.textContent = text), 60);
}

let toastTimer = 0;

function holdToast() {
  clearTimeout(toastTimer);
}

function startToast() {
  holdToast();
  const toast = one("#todos-toasts > *");
  if (toast && !("todosStays" in toast.dataset)) toastTimer = window.setTimeout(dismissToast, 8000);
}

function dismissToast() {
  holdToast();
  const region = one("#todos-toasts");
  if (region?.contains(document.activeElement)) rowFocus({ row: acted, part: "title" });
  region?.replaceChildren();
}

/**
 * Show a toast of our own making.
 * @param {string} text
 * @param {{label: string, run: () => void}} [act]
 */
function toast(text, act) {
  const box = document.createElement("div");
  box.className = "todos-toast";
  if (act) box.dataset.todosStays = "";
  box.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (act) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "todos-toast-act", textContent: act.label });
    button.addEventListener("click", () => (dismissToast(), act.run()));
    box.append(button);
  }
  box.append(closeButton("data-todos-dismiss"));
  one("#todos-toasts")?.replaceChildren(box);
}

/** @param {string} attribute */
function closeButton(attribute) {
  const button = Object.assign(document.createElement("button"), { type: "button" });
  button.setAttribute(attribute, "");
  button.setAttribute("aria-label", say("close"));
  button.append(icon("close"));
  return button;
}

/** @param {string} name */
function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "todos-i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#todos-i-${name}`);
  svg.append(use);
  return svg;
}

/**
 * The message that a page carries at its top becomes a toast.
 * @param {ParentNode} main
 * @param {boolean} quiet  only say it
 */
function takeMessage(main, quiet) {
  const bar = /** @type {HTMLFormElement | null} */ (one("#message-bar", main));
  if (!bar) return;
  bar.remove();
  const text = bar.firstElementChild?.textContent?.trim() ?? "";
  if (quiet || (!one("[data-todos-undo]", bar) && text === say("undone"))) return announce(text);
  bar.className = "todos-toast";
  bar.id = "toast";
  bar.removeAttribute("role");
  all("a, button", bar).forEach((act) => (act.className = "todos-toast-act"));
  bar.append(closeButton("data-todos-dismiss"));
  one("#todos-toasts")?.replaceChildren(bar);
}

/* Rows and focus ----------------------------------------------------------------------------------- */

const rows = () => all("#main .todos-row").filter((row) => row.offsetParent !== null);
/** @type {(row: Element | null) => HTMLAnchorElement | null} */
const titleOf = (row) => row && /** @type {HTMLAnchorElement | null} */ (row.querySelector(":scope > .todos-line .todos-title"));
/** @type {(row: Element | null, part: string) => HTMLElement | null} */
const inLine = (row, part) => row && row.querySelector(`:scope > .todos-line > .todos-${part}`);
const focusedRow = () => /** @type {HTMLElement | null} */ (document.activeElement?.closest("#main .todos-row") ?? null);
const currentRow = () => focusedRow() ?? one("#main .todos-row[aria-current]");

/** @param {Focus} where */
function rowFocus({ row: id, part = "title", panel = false, near }) {
  const row = (id ? one(`${panel ? "#todos-panel " : ""}#${CSS.escape(id)}`) : null) ?? document.getElementById(near ?? "");
  const target = part === "title" ? titleOf(row) : inLine(row, part) ?? titleOf(row);
  (target ?? quickText())?.focus({ preventScroll: !!target && visible(target) });
}

/** @param {HTMLElement} element */
function visible(element) {
  const box = element.getBoundingClientRect();
  return box.top >= 0 && box.bottom <= innerHeight;
}

/** @param {HTMLElement | null} row */
function setCursor(row) {
  all("#main .todos-row[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
  row?.setAttribute("aria-current", "true");
}

/** @param {number} step */
function stepCursor(step) {
  const list = rows();
  const at = list.indexOf(/** @type {HTMLElement} */ (currentRow()));
  const next = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + step))];
  if (!next) return;
  setCursor(next);
  titleOf(next)?.focus();
  next.firstElementChild?.scrollIntoView({ block: "nearest" });
}

/** What to focus when `row` is gone: the next one, else the one before. @param {Element | null} row */
function neighbour(row) {
  const list = rows().filter((other) => other === row || !row?.contains(other));
  const at = list.indexOf(/** @type {HTMLElement} */ (row));
  return (list[at + 1] ?? list[at - 1])?.id ?? "";
}

/** @type {() => HTMLTextAreaElement | null} */
const quickText = () => /** @type {HTMLTextAreaElement | null} */ (one("#quick-add-text"));

/* Sending plain forms, and putting the answer in place ------------------------------------------------ */

let queue = Promise.resolve();

/**
 * Post a form as the browser would, and show what comes back. One after the other, so that their order stays.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 * @param {{focus?: Focus, added?: string, menu?: string}} [options]
 */
function send(form, submitter, options = {}) {
  const data = new FormData(form);
  const name = submitter?.getAttribute("name");
  if (name) data.append(name, submitter?.getAttribute("value") ?? "");
  const url = submitter?.getAttribute("formaction") || form.getAttribute("action") || location.href;
  if (data.has("next") && one("#todos-panel")?.contains(form) && form.id === "todo-delete-form") data.set("next", page.pathname + page.search);
  queue = queue.then(() => post(url, data, options));
  return queue;
}

/**
 * @param {string} url
 * @param {FormData} data
 * @param {{focus?: Focus, added?: string, menu?: string}} options  menu: the row whose move menu it came from
 */
async function post(url, data, options) {
  if (!data.has("csrfmiddlewaretoken")) data.set("csrfmiddlewaretoken", token());
  const again = () => void (queue = queue.then(() => post(url, data, options)));
  let response;
  try {
    response = await fetch(url, { method: "POST", body: data });
  } catch {
    giveBack(options.added);
    return toast(say("failed"), { label: say("retry"), run: () => (clearQuick(options.added), again()) });
  }
  if (!response.ok && response.status !== 409 && response.status !== 422) {
    giveBack(options.added);
    if (response.status < 500) return toast(say("refused"));
    return toast(say("broken"), { label: say("retry"), run: () => (clearQuick(options.added), again()) });
  }
  const doc = new DOMParser().parseFromString(await response.text(), "text/html");
  const row = document.getElementById(options.menu ?? "");
  const menu = response.status === 422 && row ? doc.getElementById("move-menu") : null;
  if (row && menu) return showMoveMenu(row, menu);
  if (response.status === 422 && doc.getElementById("quick-add-error")) return refuse(doc, options.added);
  place(doc, new URL(response.url), options);
}

/**
 * A line that does not hold: it comes back to the page it was typed on, with what is wrong.
 * @param {Document} doc
 * @param {string} [added]  what stood in quick add
 */
function refuse(doc, added) {
  const [line, form] = [one("#quick-add", doc), one("#quick-add")];
  if (!added || !line || !form || quickText()?.value) {
    giveBack(added);
    return toast(one("#quick-add-error", doc)?.textContent?.trim() ?? "");
  }
  form.replaceWith(line);
  process(line);
  quickText()?.focus();
}

/** @param {string} [text] */
function giveBack(text) {
  const field = quickText();
  if (text && field && !field.value) field.value = text;
  if (text) grow(field);
}

/** @param {string} [text] */
function clearQuick(text) {
  const field = quickText();
  if (text && field?.value === text) field.value = "";
  if (text) grow(field);
}

/**
 * @param {Document} doc
 * @param {URL} url
 * @param {{focus?: Focus, added?: string, quiet?: boolean}} options
 */
function place(doc, url, options) {
  const main = doc.getElementById("main");
  const panelTodo = one("#todos-panel > #todo");
  if (!main || !one("#main")) return location.assign(url);
  if (panelTodo && main.querySelector("#todo")) {
    takeMessage(main, false);
    panelTodo.replaceWith(/** @type {Element} */ (main.querySelector("#todo")));
    process(one("#todos-panel"));
    return void refresh();
  }
  if (url.pathname !== page.pathname) return location.assign(url);
  const before = new Set(rows().map((row) => row.id));
  const held = remember();
  const fresh = /** @type {HTMLElement[]} */ ([...main.querySelectorAll(".todos-row")]).filter((row) => !before.has(row.id));
  takeMessage(main, !!options.quiet || (!!options.added && fresh.length > 0));
  if (options.added && fresh[0]) {
    acted = fresh[0].id;
    announce(say("added", { title: titleOf(fresh[0])?.textContent?.trim() }));
  }
  replace(main);
  const sidebar = doc.getElementById("sidebar");
  if (sidebar) one("#sidebar")?.replaceChildren(...sidebar.childNodes);
  process(one("#main"));
  if (options.focus) rowFocus(options.focus);
  else if (held) rowFocus(held);
  markOpen();
  countSelected();
}

/** New contents for #main; an element that is typed in stays where it is. @param {HTMLElement} main */
function replace(main) {
  const old = /** @type {HTMLElement} */ (one("#main"));
  for (const id of KEPT) {
    const kept = one(`#${id}`, old);
    const twin = one(`#${id}`, main);
    if (!kept || !twin || !kept.parentElement || !twin.parentElement) continue;
    if (one("[aria-invalid]", twin) || one("[aria-invalid]", kept)) continue;
    const siblings = [...twin.parentElement.childNodes];
    const at = siblings.indexOf(twin);
    [...kept.parentElement.childNodes].forEach((node) => node !== kept && node.remove());
    kept.before(...siblings.slice(0, at));
    kept.after(...siblings.slice(at + 1));
    return;
  }
  old.replaceChildren(...main.childNodes);
}

/** @param {Element | null} element */
function process(element) {
  if (element) htmx()?.process(element);
  all("textarea", element ?? undefined).forEach((field) => grow(/** @type {HTMLTextAreaElement} */ (field)));
}

/** Where the focus is, if it is in a row. @returns {Focus | null} */
function remember() {
  const row = focusedRow();
  if (!row) return null;
  const active = /** @type {HTMLElement} */ (document.activeElement);
  const part = ["check", "grip", "pick"].find((name) => active.classList.contains(`todos-${name}`)) ?? "title";
  return { row: row.id, part };
}

/** Fetch the page again and put it in place, after what is under way: an older answer never covers a newer one. @param {URL} [url] */
function refresh(url = page) {
  queue = queue.then(() => load(url));
  return queue;
}

/** @param {URL} url */
async function load(url) {
  try {
    const response = await fetch(url);
    if (response.ok) place(new DOMParser().parseFromString(await response.text(), "text/html"), new URL(response.url), { quiet: true });
  } catch {
    /* What is on the page stays; the next action will say that there is no connection. */
  }
}

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented || !form.matches(SENT)) return;
  event.preventDefault();
  const submitter = /** @type {HTMLElement | null} */ (event.submitter);
  if (form.id === "quick-add") return addTodo(form);
  const row = /** @type {HTMLElement | null} */ (submitter?.closest(".todos-row") ?? null);
  if (row) acted = row.id;
  if (form.id === "toast" || form.id === "message-bar") {
    dismissToast();
    return void send(form, submitter, { focus: { row: acted } });
  }
  const float = /** @type {HTMLElement | null} */ (form.closest("#todos-float"));
  if (float) {
    const id = float.dataset.todosRow ?? "";
    const near = neighbour(document.getElementById(id));
    acted = id;
    closeFloat(false);
    return void send(form, submitter, { focus: { row: id, part: "grip", near }, menu: id }).then(() => sayPlace(id));
  }
  if (form.id === "todo-delete-form" && one("#todos-panel")?.contains(form)) {
    const open = one("#main .todos-row[aria-current]");
    const next = neighbour(open);
    closePanel(false);
    return void send(form, submitter, { focus: { row: next } });
  }
  const picked = /** @type {HTMLElement | null} */ (one(".todos-pick:checked", form)?.closest(".todos-row") ?? null);
  const keep = all(".todos-pick:checked", form).map((box) => /** @type {HTMLInputElement} */ (box).value);
  void send(form, submitter, picked ? { focus: { row: picked.id, part: "pick" } } : {}).then(() => {
    keep.forEach((value) => {
      const box = /** @type {HTMLInputElement | null} */ (one(`.todos-pick[value="${value}"]`));
      if (box) box.checked = true;
    });
    countSelected();
  });
});

/** @param {HTMLFormElement} form */
function addTodo(form) {
  const field = quickText();
  const text = field?.value ?? "";
  if (!field || !text.trim()) return;
  void send(form, null, { added: text });
  field.value = "";
  htmx()?.trigger(field, "htmx:abort");
  one("#quick-add-chips")?.replaceChildren();
  countLines();
  grow(field);
}

/* htmx: ticking a row, opening the panel, the folded part ------------------------------------------- */

let saving = 0;
/** Where the caret goes when a chip has been turned back into words. */
let caret = -1;

document.addEventListener("htmx:beforeRequest", (event) => {
  const element = /** @type {CustomEvent} */ (event).detail.elt;
  const row = element.closest?.(".todos-row");
  if (!row || !element.matches(".todos-check")) return;
  acted = row.id;
  pending = { row: row.id, part: "check", panel: !!one("#todos-panel")?.contains(row) };
  if (row.hasAttribute("aria-current")) cursor = row.id;
  row.addEventListener("htmx:beforeSwap", replaced);
  saving = window.setTimeout(() => row.classList.add("todos-saving"), HOLD);
});

/**
 * The rows were replaced while a tick was under way: show what is there now, and the answer's message. Listens on the
 * row, since what happens to a row that has left the page does not reach the document.
 * @param {Event} event
 */
function replaced(event) {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (detail.target.isConnected) return;
  detail.shouldSwap = false;
  const answer = new DOMParser().parseFromString(detail.xhr.responseText, "text/html");
  one("#todos-toasts")?.replaceChildren(...(answer.getElementById("todos-toasts")?.childNodes ?? []));
  void refresh();
}

document.addEventListener("htmx:afterRequest", () => {
  clearTimeout(saving);
  all(".todos-saving").forEach((row) => row.classList.remove("todos-saving"));
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  // A preview that was under way when its words were added.
  if (detail.target?.id === "quick-add-chips" && !quickText()?.value.trim()) detail.shouldSwap = false;
  if (![409, 422].includes(detail.xhr.status)) return;
  detail.shouldSwap = true; // the form again, with what is wrong or what somebody else wrote
  detail.isError = false;
});

for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"])
  document.addEventListener(name, (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    const { xhr } = detail;
    const elt = detail.requestConfig?.elt ?? detail.elt;
    if (elt.closest?.(".todos-quick")) return; // only the preview; what was typed is still there
    if (xhr.status === 401) return location.reload(); // signed out meanwhile: the page itself leads to signing in
    const again = () => (elt.matches?.("form") ? elt.requestSubmit() : elt.click?.());
    if (name === "htmx:responseError" && xhr.status < 500) return toast(say("refused"));
    toast(say(name === "htmx:responseError" ? "broken" : "failed"), { label: say("retry"), run: again });
  });

document.addEventListener("htmx:afterSettle", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (target.id === "quick-add-chips") {
    if (caret < 0) return;
    quickText()?.focus();
    quickText()?.setSelectionRange(caret, caret);
    caret = -1;
    return; // what follows waits for the row
  }
  if (pending && document.getElementById(pending.row ?? "")) {
    if (cursor) setCursor(document.getElementById(cursor));
    if (document.activeElement === document.body) rowFocus(pending);
    if (pending.panel) void refresh(); // the same row stands in the list
    pending = null;
    cursor = "";
  }
  if (target.id === "todo" || target.querySelector?.("#todo")) {
    const panel = one("#todos-panel");
    if (panel?.contains(target)) {
      process(panel);
      if (/** @type {CustomEvent} */ (event).detail.requestConfig?.verb === "post") void refresh();
    }
    one("[aria-invalid=true], [role=alert]", target)?.focus();
  }
});

/**
 * Open a todo beside its list.
 * @param {HTMLAnchorElement} link
 * @param {boolean} edit  put the caret into its title
 */
async function openPanel(link, edit) {
  const panel = /** @type {HTMLElement} */ (one("#todos-panel"));
  const url = new URL(link.href);
  url.searchParams.set("next", page.pathname + page.search);
  setCursor(link.closest(".todos-row"));
  panel.dataset.todosRow = link.closest(".todos-row")?.id ?? "";
  await htmx().ajax("GET", url.pathname + url.search, { target: "#todos-panel", swap: "innerHTML" });
  if (history.state?.todosPanel) history.replaceState({ todosPanel: true }, "", link.href);
  else history.pushState({ todosPanel: true }, "", link.href);
  if (edit) one(".todos-todo-title", panel)?.focus();
}

/** @param {boolean} back  also leave the todo's address */
function closePanel(back) {
  const panel = one("#todos-panel");
  if (!panel?.firstElementChild) return;
  panel.replaceChildren();
  if (back && history.state?.todosPanel) history.back();
  else if (history.state?.todosPanel) history.replaceState(null, "", page);
  rowFocus({ row: panel.dataset.todosRow });
}

function markOpen() {
  const panel = one("#todos-panel");
  if (panel?.firstElementChild) setCursor(document.getElementById(panel.dataset.todosRow ?? ""));
}

addEventListener("popstate", (event) => {
  const open = one("#todos-panel > *");
  if (event.state?.todosPanel || (!open && location.pathname !== page.pathname)) return location.reload();
  if (open) closePanel(false);
  page = new URL(location.href);
});

/* Clicks ----------------------------------------------------------------------------------------------- */

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  all(MENUS).forEach((menu) => !menu.contains(target) && menu.removeAttribute("open"));
  const float = one("#todos-float");
  if (float?.firstElementChild && !float.contains(target) && !target.closest(".todos-grip")) closeFloat(false);
  if (target.closest("[data-todos-dismiss]")) return dismissToast();
  const help = target.closest("[data-todos-help]");
  if (help && one("#todos-help")) return event.preventDefault(), void openHelp();
  if (target.closest("[data-todos-add]") && quickText()) return event.preventDefault(), quickText()?.focus();
  const grip = /** @type {HTMLElement | null} */ (target.closest(".todos-grip"));
  if (grip && !dragged) return void openMoveMenu(grip);
  if (target.closest("[data-todos-close]") && one("#todos-panel")?.contains(target)) return event.preventDefault(), closePanel(true);
  const chip = /** @type {HTMLElement | null} */ (target.closest(".todos-chip"));
  if (chip) caret = Number(chip.dataset.todosEnd ?? -1);
  const quick = target.closest(".todos-quick");
  if (quick && !target.closest("button, textarea")) quickText()?.focus();
  const link = /** @type {HTMLAnchorElement | null} */ (target.closest("#main .todos-title"));
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || !WIDE.matches || !htmx() || !one("#todos-panel")) return;
  if (one(".todos-bulk")) {
    event.preventDefault();
    return inLine(link.closest(".todos-row"), "pick")?.click();
  }
  if (one("#main #todo")) return;
  event.preventDefault();
  void openPanel(link, event.detail === 0);
});

document.addEventListener("change", (event) => {
  const box = /** @type {HTMLInputElement} */ (event.target);
  if (box.matches(".todos-pick")) countSelected();
  if (box.matches("[data-todos-shortcuts-switch]")) void setShortcuts(box.checked);
  if (box.matches("#search-form select, #search-form [type=checkbox]")) searchNow();
});

for (const name of ["pointerenter", "focusin"]) one("#todos-toasts")?.addEventListener(name, holdToast);
for (const name of ["pointerleave", "focusout"]) one("#todos-toasts")?.addEventListener(name, startToast);
const region = one("#todos-toasts");
if (region) new MutationObserver(() => region.firstElementChild && startToast()).observe(region, { childList: true });

function countSelected() {
  const count = one("[data-todos-selected]");
  if (count) count.textContent = say("selected", { count: all(".todos-pick:checked").length });
}

/* Fields ----------------------------------------------------------------------------------------------- */

const GROWS = CSS.supports("field-sizing", "content");

/** @param {HTMLTextAreaElement | null | undefined} field */
function grow(field) {
  if (GROWS || !field || !field.matches(".todos-quick-text, .todos-todo-title")) return;
  field.style.blockSize = "auto";
  field.style.blockSize = `${field.scrollHeight}px`;
}

function countLines() {
  const button = one("#quick-add [type=submit]");
  const count = (quickText()?.value ?? "").split("\n").filter((line) => line.trim()).length;
  if (button) button.textContent = count > 1 ? say("addMany", { count }) : say("add");
}

/** The names of time zones, offered where one is asked for. @param {HTMLInputElement} field */
function offerZones(field) {
  if (!one("#todos-zones")) {
    const list = Object.assign(document.createElement("datalist"), { id: "todos-zones" });
    list.append(...Intl.supportedValuesOf("timeZone").map((name) => new Option(name, name)));
    document.body.append(list);
  }
  field.setAttribute("list", "todos-zones");
}

document.addEventListener("focusin", (event) => {
  const field = /** @type {HTMLInputElement} */ (event.target);
  if (field.matches(".todos [name=due_tz], .todos [name=start_tz], .todos [name=time_zone]")) offerZones(field);
});

let searchTimer = 0;
/** @type {() => HTMLFormElement | null} */
const searchForm = () => /** @type {HTMLFormElement | null} */ (one("#search-form"));

function searchNow() {
  const form = searchForm();
  if (!form) return;
  const found = [...new FormData(form)].filter(([, value]) => value).map(([name, value]) => [name, String(value)]);
  const url = new URL(`?${new URLSearchParams(found)}`, page);
  page = url;
  history.replaceState(history.state, "", url);
  void refresh(url);
}

document.addEventListener("input", (event) => {
  const field = /** @type {HTMLElement} */ (event.target);
  if (field.matches("textarea")) grow(/** @type {HTMLTextAreaElement} */ (field));
  if (field.id === "quick-add-text") countLines();
  if (field.id === "search-text") {
    clearTimeout(searchTimer);
    searchTimer = window.setTimeout(searchNow, 350);
  }
});

/* Move menu and help -------------------------------------------------------------------------------- */

/** @param {string} url @param {string} id */
async function part(url, id) {
  const response = await fetch(url);
  return new DOMParser().parseFromString(await response.text(), "text/html").getElementById(id);
}

/** @param {HTMLElement} grip */
async function openMoveMenu(grip) {
  const float = /** @type {HTMLElement} */ (one("#todos-float"));
  const row = /** @type {HTMLElement} */ (grip.closest(".todos-row"));
  if (float.dataset.todosRow === row.id) return closeFloat(true);
  const url = new URL("move/", titleOf(row)?.href);
  url.searchParams.set("next", page.pathname + page.search);
  url.searchParams.set("view", /** @type {HTMLInputElement | null} */ (one("[name=view]", row.closest("form") ?? document))?.value ?? "");
  const menu = await part(url.href, "move-menu");
  if (menu) showMoveMenu(row, menu);
}

/** The menu beside its grip; with the focus on what is wrong in it, if something is. @param {HTMLElement} row @param {HTMLElement} menu */
function showMoveMenu(row, menu) {
  const float = /** @type {HTMLElement} */ (one("#todos-float"));
  const grip = inLine(row, "grip");
  float.replaceChildren(menu);
  float.dataset.todosRow = row.id;
  grip?.setAttribute("aria-expanded", "true");
  const box = (grip?.offsetParent ? grip : row).getBoundingClientRect();
  float.style.insetBlockStart = `${Math.max(8, Math.min(box.bottom, innerHeight - float.offsetHeight - 8)) + scrollY}px`;
  float.style.left = `${Math.max(8, Math.min(box.left, innerWidth - float.offsetWidth - 8)) + scrollX}px`;
  (one("[aria-invalid=true]", menu) ?? one("button", menu))?.focus();
}

/** @param {boolean} back  focus the grip again */
function closeFloat(back) {
  const float = one("#todos-float");
  if (!float) return;
  const grip = inLine(document.getElementById(float.dataset.todosRow ?? ""), "grip");
  grip?.setAttribute("aria-expanded", "false");
  float.replaceChildren();
  delete float.dataset.todosRow;
  if (back) grip?.focus();
}

async function openHelp() {
  const dialog = /** @type {HTMLDialogElement} */ (one("#todos-help"));
  if (!dialog.firstElementChild) {
    const help = await part(dialog.dataset.todosSrc ?? "", "keyboard");
    if (!help) return location.assign(dialog.dataset.todosSrc ?? "");
    const head = document.createElement("div");
    head.className = "todos-dialog-head";
    const title = Object.assign(document.createElement("h1"), { id: "keyboard-title", textContent: one("#keyboard-title", help)?.textContent });
    const close = closeButton("data-todos-help-close");
    close.className = "todos-btn-icon";
    close.addEventListener("click", () => dialog.close());
    head.append(title, close);
    dialog.replaceChildren(head, ...all(":scope > :not(header)", help));
  }
  dialog.showModal();
  one("button", dialog)?.focus();
}

/** The preferences' own form, with one box changed. @param {boolean} on */
async function setShortcuts(on) {
  document.body.toggleAttribute("data-todos-shortcuts", on);
  const url = document.body.dataset.todosPreferences ?? "";
  const form = /** @type {HTMLFormElement | null} */ (await part(url, "preferences-form"));
  if (!form) return;
  const data = new FormData(form);
  data.delete("shortcuts");
  if (on) data.set("shortcuts", "on");
  const response = await fetch(url, { method: "POST", body: data });
  announce(response.ok ? say(on ? "shortcutsOn" : "shortcutsOff") : say("refused"));
}

/* Moving: keys, grip, long press ---------------------------------------------------------------------- */

/** @param {HTMLElement} row @param {Record<string, string>} values @param {string} [focus] */
function move(row, values, focus = "title") {
  acted = row.id;
  queue = queue.then(() => postMove(row, values, focus));
  void queue.then(() => sayPlace(row.id));
}

/** @param {HTMLElement} row @param {Record<string, string>} values @param {string} focus */
function postMove(row, values, focus) {
  const data = new FormData();
  Object.entries({ ...values, next: page.pathname + page.search }).forEach(([name, value]) => data.set(name, value));
  const near = neighbour(document.getElementById(row.id));
  return post(new URL("move/", titleOf(row)?.href).href, data, { focus: { row: row.id, part: focus, near } });
}

/** @param {string} id */
function sayPlace(id) {
  const row = document.getElementById(id);
  if (!row?.parentElement || row.closest("[data-todos-days]")) return; // by day, the message says where it went
  const siblings = all(":scope > .todos-row", row.parentElement);
  announce(say("place", { place: siblings.indexOf(row) + 1, count: siblings.length }));
}

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

/** @param {HTMLElement} row @param {number} days */
function moveByDays(row, days) {
  acted = row.id;
  queue = queue.then(() => {
    const at = document.getElementById(row.id); // where it is after the moves before this one
    if (!at) return;
    const day = dayAfter(dayOf(at), days);
    if (day < firstDay(at)) return announce(say("edge"));
    return postMove(at, { to: "day", day }, "title");
  });
}

/** @type {{row: HTMLElement, ghost: HTMLElement, line: HTMLElement, x: number, y: number, dx: number, dy: number, to: Record<string, string> | null} | null} */
let drag = null;
let dragged = false;
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
  document.querySelector(".todos")?.append(ghost, line);
  row.classList.add("todos-dragging");
  document.body.classList.add("todos-no-select");
  drag = { row, ghost, line, x: event.clientX, y: event.clientY, dx: event.clientX - box.left, dy: event.clientY - box.top, to: null };
  dragged = true;
  announce(say("lifted"));
  follow(event);
}

/** @param {PointerEvent} event */
function follow(event) {
  if (!drag) return;
  drag.ghost.style.left = `${event.clientX - drag.dx}px`;
  drag.ghost.style.top = `${event.clientY - drag.dy}px`;
  if (event.clientY < 60) scrollBy(0, -12);
  else if (event.clientY > innerHeight - 60) scrollBy(0, 12);
  if (firstDay(drag.row)) return followDay(event.clientY);
  const list = all(".todos-row", /** @type {HTMLElement} */ (drag.row.closest("[data-todos-order]"))).filter(
    (row) => !drag?.row.contains(row) && !row.closest("#completed"),
  );
  let at = list.findIndex((row) => {
    const box = /** @type {HTMLElement} */ (row.firstElementChild).getBoundingClientRect();
    return event.clientY < box.top + box.height / 2;
  });
  if (at < 0) at = list.length;
  const [above, below] = [list[at - 1], list[at]];
  const turned = getComputedStyle(drag.row).direction === "rtl" ? -1 : 1;
  const wanted = depthOf(drag.row) + Math.round((turned * (event.clientX - drag.x)) / 28);
  const lowest = below && above?.contains(below) ? depthOf(below) : below ? Math.min(depthOf(below), above ? depthOf(above) + 1 : 0) : 0;
  const highest = above ? Math.min(Number(say("maxDepth")), depthOf(above) + (above.classList.contains("todos-done") ? 0 : 1)) : 0;
  const level = Math.max(lowest, Math.min(highest, wanted));
  drag.to = target(above, below, level);
  const edge = (above ?? below)?.closest("ul.todos-rows")?.getBoundingClientRect();
  const y = below ? below.firstElementChild?.getBoundingClientRect().top : above?.firstElementChild?.getBoundingClientRect().bottom;
  drag.line.hidden = !drag.to;
  if (!edge || y === undefined) return;
  const indent = 44 + level * 28;
  drag.line.style.top = `${y - 1 + scrollY}px`;
  drag.line.style.left = `${(turned > 0 ? edge.left + indent : edge.left) + scrollX}px`;
  drag.line.style.inlineSize = `${edge.width - indent}px`;
}

/** On a page by day a row is dropped on a day. @param {number} y */
function followDay(y) {
  if (!drag) return;
  const { row } = drag;
  const over = all("[data-todos-day]").find((section) => {
    const box = section.getBoundingClientRect();
    return y >= box.top && y < box.bottom;
  });
  const day = over?.dataset.todosDay ?? "";
  drag.to = day && day !== dayOf(row) ? { to: "day", day } : null;
  all(".todos-day-target").forEach((section) => section.classList.remove("todos-day-target"));
  if (drag.to) over?.classList.add("todos-day-target");
}

/**
 * Where "between these two, at this level" is, in the server's words.
 * @param {HTMLElement | undefined} above
 * @param {HTMLElement | undefined} below
 * @param {number} level
 * @returns {Record<string, string> | null}
 */
function target(above, below, level) {
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
  document.body.classList.remove("todos-no-select");
  if (drop && to) move(row, to, "grip");
  setTimeout(() => (dragged = false));
}

document.addEventListener("pointerdown", (event) => {
  const at = /** @type {Element} */ (event.target);
  const row = /** @type {HTMLElement | null} */ (at.closest(":is([data-todos-order], [data-todos-days]) .todos-row"));
  if (!row || event.button || !inLine(row, "grip") || at.closest("#completed")) return;
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
  const up = () => (stop(), letGo(true));
  const cancel = () => (stop(), letGo(false));
  addEventListener("pointermove", moved);
  addEventListener("pointerup", up);
  addEventListener("pointercancel", cancel);
  if (!isGrip) press = window.setTimeout(() => lift(row, event), HOLD);
});
document.addEventListener("touchmove", (event) => drag && event.preventDefault(), { passive: false });
document.addEventListener("contextmenu", (event) => drag && event.preventDefault());
document.addEventListener("click", (event) => dragged && (event.preventDefault(), event.stopPropagation()), true);

/* Keys ------------------------------------------------------------------------------------------------- */

const PRIORITY = /** @type {Record<string, string>} */ ({ 1: "high", 2: "medium", 3: "low", 0: "none" });
let going = 0;

/** @param {KeyboardEvent} event */
function escape(event) {
  const active = /** @type {HTMLElement | null} */ (document.activeElement);
  const menu = active?.closest(MENUS) ?? one(MENUS);
  if (drag) return letGo(false);
  if (one("#todos-float > *")) return closeFloat(true);
  if (menu) return menu.removeAttribute("open"), one("summary", menu)?.focus();
  if (active?.matches("input, textarea, select")) return active.blur();
  if (one("#todos-toasts > *")?.contains(active)) return dismissToast();
  if (one("#todos-panel > *")) return closePanel(true);
  if (one("[data-todos-select-end]")) return one("[data-todos-select-end]")?.click();
  setCursor(null);
  event.preventDefault();
}

/** @param {KeyboardEvent} event */
function altArrow(event) {
  const row = focusedRow() ?? currentRow();
  if (!row?.closest("[data-todos-order], [data-todos-days]") || !inLine(row, "grip")) return;
  if (firstDay(row)) {
    if (/^Arrow(Up|Down)$/.test(event.key)) event.preventDefault(), moveByDays(row, event.key === "ArrowUp" ? -1 : 1);
    return;
  }
  const turned = getComputedStyle(row).direction === "rtl";
  const to = { ArrowUp: "up", ArrowDown: "down", ArrowRight: turned ? "out" : "in", ArrowLeft: turned ? "in" : "out" }[event.key];
  if (!to) return;
  event.preventDefault();
  move(row, { to });
}

/** @param {string} key @returns {boolean} */
function letter(key) {
  const row = currentRow();
  if (going) {
    clearTimeout(going);
    going = 0;
    one(`[data-todos-go="${CSS.escape(key)}"]`)?.click();
    return true;
  }
  /** @type {Record<string, () => unknown>} */
  const acts = {
    q: () => (quickText() ? quickText()?.focus() : one("[data-todos-add]")?.click()),
    "/": () => (one("#search-text") ? one("#search-text")?.focus() : follows(one('[href$="/search/"]'), "#search-text")),
    j: () => stepCursor(1),
    k: () => stepCursor(-1),
    x: () => (inLine(row, "check") ?? inLine(row, "pick"))?.click(),
    e: () => editRow(row),
    g: () => (going = window.setTimeout(() => (going = 0), 1500)),
    z: () => one("[data-todos-undo]")?.click(),
    "?": () => openHelp(),
  };
  if (key in PRIORITY && row) setPriority(row, PRIORITY[key]);
  else if (acts[key]) acts[key]();
  else return false;
  return true;
}

/** @param {HTMLElement | null} row */
function editRow(row) {
  const link = titleOf(row);
  if (!link) return;
  if (WIDE.matches && htmx() && one("#todos-panel") && !one("#main #todo")) void openPanel(link, true);
  else follows(link, "#id_title");
}

/**
 * Go to another page whose field a key asked for: it has the focus there, although no page moves it by itself.
 * @param {HTMLElement | null} link
 * @param {string} field
 */
function follows(link, field) {
  sessionStorage.setItem("todos-focus", field);
  link?.click();
}

/** @param {HTMLElement} row @param {string} priority */
function setPriority(row, priority) {
  if (!inLine(row, "grip") && !(/** @type {HTMLButtonElement | null} */ (inLine(row, "check"))?.disabled === false)) return;
  const view = /** @type {HTMLInputElement | null} */ (one("[name=view]", row.closest("form") ?? document))?.value ?? "";
  acted = row.id;
  pending = { row: row.id, part: "title" };
  if (row.hasAttribute("aria-current")) cursor = row.id;
  const url = new URL("set/", titleOf(row)?.href).pathname;
  htmx()?.ajax("POST", url, { target: `#${row.id}`, swap: "outerHTML", values: { priority, view, csrfmiddlewaretoken: token() } });
}

document.addEventListener("keydown", (event) => {
  const at = /** @type {HTMLElement} */ (event.target);
  if (event.defaultPrevented || event.isComposing || at.closest?.(".todos-widget") || !one(".todos-frame")) return;
  const field = at.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  if (at.id === "quick-add-text" && event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    return /** @type {HTMLFormElement} */ (at.closest("form")).requestSubmit();
  }
  if (at.matches(".todos-todo-title") && event.key === "Enter") {
    event.preventDefault();
    return /** @type {HTMLTextAreaElement} */ (at).form?.requestSubmit();
  }
  if (event.key === "Escape" && !one("dialog[open]") && !one(".todos-side:popover-open")) return escape(event);
  if (at.closest("#move-menu") && /^Arrow(Up|Down)$/.test(event.key) && at.matches("button")) {
    const items = all("#todos-float button");
    event.preventDefault();
    return items.at((items.indexOf(at) + (event.key === "ArrowDown" ? 1 : -1)) % items.length)?.focus();
  }
  if (field || one("dialog[open]")) return;
  if (event.altKey && event.key.startsWith("Arrow")) return altArrow(event);
  if (event.ctrlKey || event.metaKey || event.altKey || !("todosShortcuts" in document.body.dataset)) return;
  if (letter(event.key)) event.preventDefault();
});

/* The reader's clock ------------------------------------------------------------------------------------ */

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const { todosZoneUrl, todosZone } = document.body.dataset;
if (todosZoneUrl && zone && zone !== todosZone) {
  const data = new FormData();
  data.set("zone", zone);
  data.set("csrfmiddlewaretoken", token());
  fetch(todosZoneUrl, { method: "POST", body: data }).catch(() => {});
}

process(one("#main"));
countSelected();

const asked = sessionStorage.getItem("todos-focus");
sessionStorage.removeItem("todos-focus");
if (asked) one(asked)?.focus();

// @ts-check
/**
 * Sends the pages' plain forms by htmx, one after the other, and puts what comes back in its place: a row where a row was
 * ticked, the open todo in its panel, else #main and #sidebar of the page that the action leads to.
 *
 * No action leads to an address that can't be reloaded: what is refused (422, 409) is shown where one is. What only has to be
 * sent again (Retry-After) leaves the page as it is, and is offered in a toast.
 */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
const htmx = () => /** @type {any} */ (window).htmx;
/** @param {string} name @param {object} [detail] */
const emit = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`todos:${name}`, { detail, cancelable: true }));
/** The address of the page that #main shows; the address bar may name a todo opened beside it. */
const here = () => one("#main")?.dataset.todosHere ?? location.pathname + location.search;
/** The address of the todo beside it. */
const opened = () => `${one("#todo-form")?.getAttribute("action")}?${new URLSearchParams({ next: here() })}`;
const token = () => /** @type {HTMLInputElement | null} */ (one(".todos [name=csrfmiddlewaretoken]"))?.value ?? "";

const WHOLE = { "HX-Boosted": "true" }; // the answer is a page, as a browser would get it
const PAGE = { target: "#main", select: "#main > *", selectOOB: "#sidebar", swap: "innerHTML show:none", headers: WHOLE };
const SENDS = "#main form, #todos-panel form, #todos-toasts form, #todos-float form, #todos-over form";

/* A mouse's press on what an answer replaces before it is released would be no click: it is one on what stands there now. */
const PRESSED = "a, button, [role=option]";
/** @type {HTMLElement | null} */
let pressed = null;
/** Where it leads: another toast has the same button. @type {string | null | undefined} */
let led;
/** @param {PointerEvent} event */
const at = (event) => (event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest(PRESSED)) : null);
/** @param {HTMLElement | null} one */
const leads = (one) => one?.getAttribute("href") ?? /** @type {HTMLButtonElement | null} */ (one)?.form?.getAttribute("action");
document.addEventListener("pointerdown", (event) => {
  const isPlain = event.pointerType === "mouse" && !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  pressed = isPlain ? at(event) : null;
  led = leads(pressed);
}, true);
document.addEventListener("pointerup", (event) => {
  const now = pressed && !pressed.isConnected ? at(event) : null;
  if (now && leads(now) === led && (now.matches("[href]") || now.isEqualNode(pressed))) now.click();
}, true);

/** Pages to fill in that are being sent. @type {WeakSet<Element>} */
const underWay = new WeakSet();

/** @param {SubmitEvent} event */
function submitted(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented || !htmx() || form.method !== "post" || form.enctype !== "application/x-www-form-urlencoded") return;
  if (!form.matches(SENDS) || form.closest(".todos-widget, [data-todos-plain]")) return;
  event.preventDefault();
  if (underWay.has(form)) return; // pressed twice
  const by = /** @type {HTMLButtonElement | null} */ (event.submitter);
  const row = by?.closest(".todos-row");
  if (row) document.body.dataset.todosActed = row.id;
  const data = new FormData(form, by);
  if (!data.has("csrfmiddlewaretoken")) data.set("csrfmiddlewaretoken", token());
  const panel = form.closest("#todos-panel #todo");
  const open = form.id === "todo-delete-form" ? null : panel; // what was deleted is not shown again
  if (panel && !open) data.set("next", here());
  if (open) data.set("next", opened());
  emit("sending", { form, by });
  const done = post(by?.getAttribute("formaction") ?? form.getAttribute("action") ?? here(), data, by?.matches(".todos-check") ? row : open, form.id);
  if (!form.matches(".todos-form")) return;
  underWay.add(form);
  void done.then(() => underWay.delete(form));
}

document.addEventListener("submit", submitted);
// What a form within another sends (quick add under a day) is not heard outside that one.
document.addEventListener("submit", (event) => /** @type {Element} */ (event.target).parentElement?.closest("form") && submitted(event), true);

/** What is said of an answer that only has to be sent again. @type {Record<number, string>} */
const NAMES = { 0: "failed", 409: "again", 503: "away", 507: "full" };

let queue = Promise.resolve();
/** What is under way: the form it came from, and what is taken out of the answer. */
let now = { form: "", select: "" };

/**
 * @param {() => {verb: string, url: string, form?: string} | null | undefined} ask  asked when its turn comes: what was there may have been
 *   replaced meanwhile; what it gives beside verb and url is htmx's context of a request
 */
function request(ask) {
  queue = queue.then(() => {
    const wanted = ask();
    if (!wanted) return null;
    const { verb, url, form = "", select, ...context } = { ...PAGE, ...wanted };
    now = { form, select };
    return htmx().ajax(verb, url, { source: one(".todos"), ...context });
  }).catch(() => {});
  return queue;
}

/**
 * @param {string} url
 * @param {FormData} data
 * @param {Element | null} [part]  the row or the todo that the answer replaces; else the page
 * @param {string} [form]  the id of the form it came from
 */
function post(url, data, part, form) {
  const values = Object.fromEntries([...new Set(data.keys())].map((name) => [name, data.getAll(name)]));
  const target = part ? `${one("#todos-panel")?.contains(part) ? "#todos-panel " : ""}#${CSS.escape(part.id)}` : "";
  const isRow = !!part?.matches(".todos-row");
  const place = () => (target && one(target) ? { target, swap: "outerHTML", select: isRow ? "unset" : `#${part?.id}`, headers: isRow ? {} : WHOLE } : {});
  return request(() => ({ verb: "POST", url, values, form, ...place() }));
}

document.addEventListener("todos:post", (event) => {
  const { ask, row, inPanel } = /** @type {CustomEvent} */ (event).detail;
  void request(() => {
    const { url, values, ...context } = ask() ?? {};
    const isOpen = inPanel && one("#todos-panel #todo");
    const place = isOpen ? { target: "#todos-panel #todo", swap: "outerHTML", select: "#todo" } : row && one(`#${row}`) ? { target: `#${row}`, swap: "outerHTML", select: "unset", headers: {} } : {};
    return url && { verb: "POST", url, values: { next: isOpen ? opened() : here(), csrfmiddlewaretoken: token(), ...values }, ...place, ...context };
  });
});

document.addEventListener("todos:refresh", () => {
  if (one("#main :is(.todos-form, .todos-pref, .todos-invite)")) return; // a page to fill in: nobody else changes it, and a chosen file would be lost
  if (htmx() && one("#main")) void request(() => ({ verb: "GET", url: here() }));
});

document.addEventListener("todos:then", (event) => void queue.then(/** @type {CustomEvent} */ (event).detail.run));

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if ([409, 422].includes(detail.xhr.status) && !detail.xhr.getResponseHeader("Retry-After")) Object.assign(detail, { shouldSwap: true, isError: false });
  if (detail.requestConfig?.elt !== one(".todos")) return;
  detail.selectOverride = now.select;
  if (detail.xhr.status === 422 && now.select?.startsWith("#todo") && !detail.serverResponse.includes(`id="${now.select.slice(1)}"`)) {
    detail.shouldSwap = false; // what was refused has a page of its own: here the open todo stays, with what was typed
    return void (emit("unsent", { url: detail.requestConfig.path, status: 422 }) && emit("toast", { name: "refused" }));
  }
  const form = now.form && `#${now.form}`;
  if (detail.xhr.status === 422 && detail.target.id === "main" && form && one(form) && detail.serverResponse.includes(`id="${now.form}"`))
    Object.assign(detail, { target: one(form), selectOverride: form, swapOverride: "outerHTML" }); // it alone, with what is wrong in it
  if (!detail.requestConfig?.headers["HX-Boosted"] || detail.target.id !== "main" || detail.xhr.status >= 400) return;
  const url = new URL(detail.xhr.responseURL || here(), location.href);
  if (url.pathname === new URL(here(), location.href).pathname) return;
  detail.shouldSwap = false;
  location.assign(url);
});

for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"])
  document.addEventListener(name, (event) => {
    const { xhr, requestConfig, etc } = /** @type {CustomEvent} */ (event).detail;
    if (requestConfig?.elt.closest?.(".todos-quick, .todos-tags")) return; // only a preview, or suggestions; what was typed is still there
    const status = xhr?.status ?? 0;
    const retry = () => htmx().ajax(requestConfig.verb, requestConfig.path, { source: requestConfig.elt, target: requestConfig.target, headers: etc?.headers, select: etc?.select, swap: etc?.swapOverride, values: { ...Object.fromEntries(requestConfig.formData), csrfmiddlewaretoken: token() } });
    const form = now.form.startsWith("quick-add") ? /** @type {HTMLFormElement | null} */ (document.getElementById(now.form)) : null; // it has its text again
    const isTaken = !emit("unsent", { url: requestConfig?.path, key: requestConfig?.headers["Todos-Save"], status });
    if (status === 401) emit("load", { name: "signed", then: () => emit("signed-out", { values: requestConfig.formData, retry: isTaken ? null : form ? () => form.requestSubmit() : retry }) });
    else if (!isTaken) emit("toast", name === "htmx:responseError" && status < 500 && !xhr.getResponseHeader("Retry-After") ? { name: "refused" } : { name: NAMES[status] ?? "broken", retry });
  });

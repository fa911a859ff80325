// @ts-check
/** Small help in an open todo, beside its list or on its own page; loaded with the first one, as save.js. */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
/** @param {string} name @param {object} [detail] */
const emit = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`todos:${name}`, { detail }));

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const link = /** @type {HTMLElement | null} */ (target.closest("[data-todos-link]"))?.dataset.todosLink;
  if (!link) return;
  void navigator.clipboard.writeText(new URL(link, location.href).href);
  emit("toast", { name: "copied" });
  target.closest("details")?.removeAttribute("open");
});

document.addEventListener("change", (event) => {
  const field = /** @type {HTMLSelectElement} */ (event.target);
  if (field.matches("[data-todos-submit]")) field.form?.requestSubmit();
});

/* What a value opens: beside it on a wide window, a sheet on a narrow one (its stylesheet). Closed, its value is left. */

const NARROW = matchMedia("(max-width: 55.99rem)");
document.addEventListener("toggle", (event) => {
  const pop = /** @type {HTMLElement} */ (event.target);
  const by = pop.matches(".todos-fly") ? one(`[popovertarget="${pop.id}"]`) : null;
  if (!by) return;
  if (/** @type {ToggleEvent} */ (event).newState === "closed") return void pop.dispatchEvent(new CustomEvent("todos:leave", { bubbles: true }));
  const at = by.getBoundingClientRect();
  const isRtl = document.documentElement.dir === "rtl";
  const start = Math.max(8, Math.min(isRtl ? at.right - pop.offsetWidth : at.left, innerWidth - pop.offsetWidth - 8));
  const top = at.bottom + pop.offsetHeight + 10 <= innerHeight ? at.bottom + 2 : Math.max(8, Math.min(at.top - pop.offsetHeight - 2, innerHeight - pop.offsetHeight - 8));
  if (NARROW.matches) pop.removeAttribute("style");
  else Object.assign(pop.style, { inset: `${top}px auto auto ${start}px`, margin: "0" });
  const controls = /** @type {NodeListOf<HTMLElement>} */ (pop.querySelectorAll(`:is(select, button, [role=listbox]${NARROW.matches ? "" : ", input"}):not(.todos-fly-head *)`)); // no keyboard of a phone opens by itself
  [...controls].find((control) => control.checkVisibility())?.focus();
}, true);

// Its place is not carried over to what replaces it: that would be a style from outside the stylesheets.
for (const name of ["beforetoggle", "htmx:beforeSwap", "htmx:oobBeforeSwap"])
  document.addEventListener(name, (event) => {
    const { newState, detail, target } = /** @type {any} */ (event);
    if (newState === "open") return;
    const from = /** @type {HTMLElement | undefined} */ (name === "htmx:beforeSwap" ? detail.target : target);
    for (const pop of [from, ...(from?.querySelectorAll?.("[popover][style]") ?? [])]) pop?.matches?.(".todos-fly") && pop.removeAttribute("style");
  }, true);

document.addEventListener("click", (event) => {
  const off = /** @type {Element} */ (event.target).closest("[data-todos-repeat-off]");
  if (!off) return;
  for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("#set-repeat :is([name=repeat], [name=repeat_freq])"))) field.value = "";
  off.dispatchEvent(new CustomEvent("todos:leave", { bubbles: true }));
});

let isReminding = false;
document.addEventListener("todos:sending", (event) => (isReminding = /** @type {CustomEvent} */ (event).detail.form.id.startsWith("todo-remind")));
document.addEventListener("htmx:afterSettle", () => {
  if (isReminding && document.activeElement === document.body) one("#reminders [popovertarget]")?.focus(), (isReminding = false);
});

/** The names of time zones, offered where one is asked for. */
document.addEventListener("focusin", (event) => {
  const field = /** @type {HTMLInputElement} */ (event.target);
  if (!field.matches(".todos [name=due_tz], .todos [name=start_tz]")) return;
  if (!one("#todos-zones")) {
    const list = Object.assign(document.createElement("datalist"), { id: "todos-zones" });
    list.append(...Intl.supportedValuesOf("timeZone").map((name) => new Option(name, name)));
    document.body.append(list);
  }
  field.setAttribute("list", "todos-zones");
});

const GROWS = ".todos-todo-title, .todos-notes-text";
/** @param {Event | {target: Element}} event */
function grow({ target }) {
  const field = /** @type {HTMLElement} */ (target);
  if (!field.matches(GROWS) || CSS.supports("field-sizing", "content")) return;
  field.style.blockSize = "auto";
  field.style.blockSize = `${field.scrollHeight}px`;
}
document.addEventListener("input", (event) => grow({ target: /** @type {Element} */ (event.target) }));
const growAll = () => document.querySelectorAll(GROWS).forEach((target) => grow({ target }));
document.addEventListener("htmx:load", growAll);
growAll();

document.addEventListener("keydown", (event) => {
  const field = /** @type {HTMLTextAreaElement} */ (event.target);
  if (!field.matches(".todos-todo-title") || event.key !== "Enter" || event.isComposing) return;
  event.preventDefault(); // a title is one line
  field.form?.requestSubmit();
});

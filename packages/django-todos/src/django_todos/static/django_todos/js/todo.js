// @ts-check
/** Small help in an open todo, beside its list or on its own page; loaded with the first one, as save.js. */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
/** @param {string} name @param {object} [detail] */
const emit = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`todos:${name}`, { detail }));

/* What has no request of its own: the notes turn into their field, a list chosen is moved to, a link is copied. */

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const notes = target.closest(".todos-notes-open.todos-js-only, [data-todos-notes]");
  if (notes && !target.closest("a")) {
    notes.parentElement?.classList.add("todos-notes-editing");
    one("#id_notes")?.focus();
  }
  const link = /** @type {HTMLElement | null} */ (target.closest("[data-todos-link]"))?.dataset.todosLink;
  if (!link) return;
  void navigator.clipboard.writeText(new URL(link, location.href).href);
  emit("toast", { name: "copied" });
  target.closest("details")?.removeAttribute("open");
});

document.addEventListener("focusout", (event) => {
  const set = /** @type {Element} */ (event.target).closest?.(".todos-notes-editing");
  if (set && !set.contains(/** @type {Node | null} */ (event.relatedTarget))) set.classList.remove("todos-notes-editing");
});

document.addEventListener("change", (event) => {
  const field = /** @type {HTMLSelectElement} */ (event.target);
  if (field.matches("[data-todos-submit]")) field.form?.requestSubmit();
});

/** The field for labels suggests the next one after those that stand in it. */
document.addEventListener("input", (event) => {
  const field = /** @type {HTMLInputElement} */ (event.target);
  const list = field.name === "labels" ? one("#todo-labels") : null;
  if (!list) return;
  const before = field.value.includes(",") ? field.value.slice(0, field.value.lastIndexOf(",") + 1) + " " : "";
  for (const option of /** @type {HTMLOptionElement[]} */ ([...list.children])) option.value = before + (option.dataset.name ??= option.value);
});

/* The field for subtasks is empty at once, and takes the next one while the last is on its way. */

let subtask = "";
const subtaskField = () => /** @type {HTMLInputElement | null} */ (one("#subtask-text"));
document.addEventListener("todos:sending", (event) => {
  const field = subtaskField();
  if (/** @type {CustomEvent} */ (event).detail.form.id !== "subtask-form" || !field) return;
  subtask = field.value;
  field.value = "";
});
document.addEventListener("todos:unsent", (event) => {
  const field = subtaskField();
  if (field && /** @type {CustomEvent} */ (event).detail.url === field.form?.getAttribute("action") && !field.value) field.value = subtask;
});
let typed = "";
document.addEventListener("htmx:beforeSwap", () => (typed = subtaskField()?.value ?? ""));
document.addEventListener("htmx:afterSwap", (event) => {
  const field = subtaskField();
  if (/** @type {CustomEvent} */ (event).detail.target?.id === "todo" && field) field.value = typed;
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

/** @param {Event | {target: Element}} event */
function grow({ target }) {
  const field = /** @type {HTMLElement} */ (target);
  if (!field.matches(".todos-todo-title") || CSS.supports("field-sizing", "content")) return;
  field.style.blockSize = "auto";
  field.style.blockSize = `${field.scrollHeight}px`;
}
document.addEventListener("input", (event) => grow({ target: /** @type {Element} */ (event.target) }));
const growAll = () => document.querySelectorAll(".todos-todo-title").forEach((target) => grow({ target }));
document.addEventListener("htmx:load", growAll);
growAll();

document.addEventListener("keydown", (event) => {
  const field = /** @type {HTMLTextAreaElement} */ (event.target);
  if (!field.matches(".todos-todo-title") || event.key !== "Enter" || event.isComposing) return;
  event.preventDefault(); // a title is one line
  field.form?.requestSubmit();
});
